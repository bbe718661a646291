import NIOCore
import NIOPosix
import Testing

@testable import BursarHTTP

@Suite struct ListenerSocketsTests {
    @Test func `a connection sends at once what it has: it got that of its listener`() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let found = group.next().makePromise(of: SocketOptionValue.self)
        let bootstrap = ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.getOption(.tcpOption(.tcp_nodelay)).map { found.succeed($0) }
        }
        let listener = ListenerConfiguration(.tcp(host: "127.0.0.1", port: 0))
        let sockets = ListenerSockets(ServerConfiguration(listeners: [listener]), listener)
        let channel = try #require(try await sockets.bind(bootstrap) { _, _ in }.first)
        let client = try await ClientBootstrap(group: group).connect(to: try #require(channel.localAddress)).get()
        #expect(try await found.futureResult.get() == 1)
        try await client.close()
        try await channel.close()
    }
}
