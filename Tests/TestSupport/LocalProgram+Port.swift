import NIOCore
import NIOPosix

extension LocalProgram {
    /// A port that nobody had a moment ago, below those that the system gives by itself (ip_local_port_range): so nobody who asks for any
    /// gets it in between.
    package static func freePort() async throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 10_000..<32_768)
            guard
                let channel = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .bind(host: "127.0.0.1", port: port).get()
            else { continue }
            try await channel.close()
            return port
        }
        throw NoPort()
    }

    package struct NoPort: Error {}
}
