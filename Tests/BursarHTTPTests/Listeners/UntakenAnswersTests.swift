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

    @Test(arguments: [false, true], [1, 2])
    func `a drain waits for what a client has not taken yet, whatever it has asked for meanwhile`(
        isPrepared: Bool, requests: Int
    ) async throws {
        let prepared = PreparedResponse(headers: [:], body: Self.body)
        try await withServer(
            respond: { _ in .now(isPrepared ? Response(prepared: prepared) : Response(status: 200, body: Self.body)) },
            { server in
                let port = try #require(server.addresses.first?.port)
                let descriptor = try #require(LoopbackSocket.connect(port: port))
                #expect(LoopbackSocket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n", to: descriptor))
                #expect(await onOwnThread { Self.read(descriptor, most: 1) } == 1)
                // Unread by the server, which waits until it has written the first: a close over it would be a reset.
                if requests == 2 { #expect(LoopbackSocket.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n", to: descriptor)) }
                let drain = Task { await server.drain(by: .now() + .seconds(60)) }
                // Long enough for a connection at rest to be closed.
                try await Task.sleep(for: .milliseconds(300))
                #expect(await onOwnThread { Self.read(descriptor) } > Self.size)
                close(descriptor)
                await drain.value
            })
    }

    // The kernel alone would take megabytes, and tell of room only when it has much.
    @Test(arguments: [false, true]) func `a client that reads slowly all the time is not one that takes nothing`(isHTTP2: Bool)
        async throws
    {
        var limits = ServerLimits()
        limits.writeStallTime = .seconds(2)
        try await withServer(
            limits: limits, respond: { _ in .now(Response(status: 200, body: Self.body)) },
            { server, port in
                let descriptor = try #require(
                    LoopbackSocket.connect(port: port) { descriptor in
                        var size: Int32 = 16 * 1024
                        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
                    })
                defer { close(descriptor) }
                let windows =
                    HTTP2TestClient.preface + HTTP2TestClient.frame(4, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF])
                    + HTTP2TestClient.windowUpdate(0, 0x7FFE_0000) + HTTP2TestClient.get(1)
                let request = isHTTP2 ? windows : Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
                #expect(send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count)
                for _ in 0..<50 {
                    #expect(await onOwnThread { Self.read(descriptor, most: 32 * 1024) } == 32 * 1024)
                    try await Task.sleep(for: .milliseconds(100))
                }
                #expect(server.counters[.writeStall] == 0)
            })
    }
}
