import BursarBasics
import Glibc
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import BursarHTTP

/// A server that stops while a client has not taken its answer; over real sockets.
@Suite(.timeLimit(.minutes(2))) struct UntakenAnswersTests {
    /// More than the kernel's buffers of both ends hold.
    private static let size = 8 << 20
    private static let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)

    /// - Returns: what came until the server closed.
    private static func read(_ descriptor: Int32, most: Int = .max) -> Int {
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        var total = 0
        while total < most {
            let count = recv(descriptor, &piece, min(piece.count, most - total), 0)
            guard count > 0 else { return total }
            total += count
        }
        return total
    }

    @Test(arguments: [false, true]) func `a drain waits for what a client has not taken yet`(isPrepared: Bool) async throws {
        let prepared = PreparedResponse(headers: [:], body: Self.body)
        try await withServer(
            respond: { _ in .now(isPrepared ? Response(prepared: prepared) : Response(status: 200, body: Self.body)) },
            { server in
                let port = try #require(server.addresses.first?.port)
                let descriptor = try #require(LoopbackSocket.connect(port: port))
                defer { close(descriptor) }
                #expect(LoopbackSocket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n", to: descriptor))
                #expect(await onOwnThread { Self.read(descriptor, most: 1) } == 1)
                let drain = Task { await server.drain(by: .now() + .seconds(60)) }
                // Long enough for a connection at rest to be closed.
                try await Task.sleep(for: .milliseconds(300))
                #expect(await onOwnThread { Self.read(descriptor) } > Self.size)
                await drain.value
            })
    }
}
