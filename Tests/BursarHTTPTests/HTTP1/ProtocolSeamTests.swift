import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import BursarHTTP

/// Stands for HTTP/2: keeps whether it was asked for and what it was given. *Mutex.*
private final class FakeHTTP2: HTTP2Starter {
    struct Seen {
        var isAsked = false
        var bytes: [UInt8] = []
    }
    let seen = Mutex(Seen())

    func makeHandler(_ context: ConnectionContext) -> any ChannelHandler {
        seen.withLock { $0.isAsked = true }
        return Sink(self)
    }

    private final class Sink: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let owner: FakeHTTP2
        init(_ owner: FakeHTTP2) { self.owner = owner }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(unwrapInboundIn(data).readableBytesView)
            owner.seen.withLock { $0.bytes += bytes }
        }
    }

    var isAsked: Bool { seen.withLock { $0.isAsked } }
    var bytes: [UInt8] { seen.withLock { $0.bytes } }
}

@Suite struct ProtocolSeamTests {
    private let upgrade =
        "GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"

    @Test(arguments: [1, 5, 23, 24, 100]) func `the preface hands the connection over with all of its bytes`(step: Int) throws {
        let fake = FakeHTTP2()
        let connection = try EmbeddedConnection(http2: fake)
        let bytes = HTTP1Handler.preface + Array("frames".utf8)
        var offset = 0
        while offset < bytes.count {
            let end = min(bytes.count, offset + step)
            try connection.receive(Array(bytes[offset..<end]))
            offset = end
        }
        #expect(fake.isAsked)
        #expect(fake.bytes == bytes)
        #expect(try connection.sent() == "")
        connection.advance(.hours(1))
        #expect(connection.isOpen)
    }

    @Test func `what only begins like the preface is HTTP 1`() throws {
        let connection = try EmbeddedConnection(http2: FakeHTTP2())
        #expect(try connection.answer("P") == "")
        #expect(try connection.answer("RI /x HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("/x"))
    }

    @Test func `the preface is no longer one behind a request, nor where HTTP 2 is off`() throws {
        let connection = try EmbeddedConnection(http2: FakeHTTP2())
        _ = try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try connection.receive(HTTP1Handler.preface)
        #expect(try connection.sent().hasPrefix("HTTP/1.1 505 "))
        let plain = try EmbeddedConnection()
        try plain.receive(HTTP1Handler.preface)
        #expect(try plain.sent().hasPrefix("HTTP/1.1 505 "))
    }

    /// A3: behind a proxy that forwards the offer, later streams passed the proxy's rules.
    @Test func `an offer of h2c is ignored, and the next request is HTTP/1.1 as well`() throws {
        let fake = FakeHTTP2()
        let connection = try EmbeddedConnection(http2: fake)
        #expect(try connection.answer(upgrade).hasPrefix("HTTP/1.1 200 OK"))
        #expect(try connection.answer("GET /next HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("/next"))
        #expect(!fake.isAsked)
    }
}
