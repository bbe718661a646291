import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import BursarHTTP

/// Stands for HTTP/2: keeps how it began and what it was given. *Mutex.*
private final class FakeHTTP2: HTTP2Starter {
    struct Seen {
        var beginning = ""
        var bytes: [UInt8] = []
    }
    let seen = Mutex(Seen())

    func makeHandler(_ context: ConnectionContext, beginning: HTTP2Beginning) -> any ChannelHandler {
        let text =
            switch beginning {
            case .priorKnowledge: "prior"
            case .negotiated: "negotiated"
            case .upgraded(let settings, let request): "upgraded \(settings) \(request.target)"
            }
        seen.withLock { $0.beginning = text }
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

    var beginning: String { seen.withLock { $0.beginning } }
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
        #expect(fake.beginning == "prior")
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

    @Test func `an upgrade is answered 101 and hands over request and further bytes`() throws {
        let fake = FakeHTTP2()
        let connection = try EmbeddedConnection(http2: fake)
        #expect(
            try connection.answer(upgrade + "PRI")
                == "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        #expect(fake.beginning == "upgraded [0, 3, 0, 0, 0, 100] /a")
        #expect(fake.bytes == Array("PRI".utf8))
    }

    @Test func `an upgrade that cannot be is a plain request`() throws {
        let plain = try EmbeddedConnection()
        #expect(try plain.answer(upgrade).hasPrefix("HTTP/1.1 200 OK"))
        let connection = try EmbeddedConnection(http2: FakeHTTP2())
        let bad = upgrade.replacing("AAMAAABk", with: "AAMAAAB*")
        #expect(try connection.answer(bad).hasPrefix("HTTP/1.1 200 OK"))
    }
}
