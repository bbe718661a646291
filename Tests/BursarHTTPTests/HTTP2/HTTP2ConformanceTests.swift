import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

/// What RFC 9113 forbids on streams that are over, and around them (A14): each is an error of the connection and not ignored.
@Suite struct HTTP2ConformanceTests {
    private let protocolError: UInt32 = 1
    private let streamClosed: UInt32 = 5
    private let frameSize: UInt32 = 6

    private func connection() throws -> HTTP2TestConnection {
        try HTTP2TestConnection { $0.path == "/later" ? .after(TestWait()) { Response(status: 200) } : textReply("x") }
    }

    private func expectEnd(
        of connection: HTTP2TestConnection, _ code: UInt32, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(connection.client.goaways.map(\.code) == [code], sourceLocation: sourceLocation)
        connection.wait(.seconds(5))
        #expect(!connection.channel.isActive, sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        "INVALID CONNECTION PREFACE\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    ])
    func `a preface that is none ends the connection`(text: String) throws {
        let connection = try HTTP2TestConnection(greets: false) { _ in textReply("x") }
        try connection.send(Array(text.utf8))
        expectEnd(of: connection, protocolError)
    }

    @Test(arguments: ["/", "/later"])
    func `HEADERS and DATA behind the end of a request are STREAM_CLOSED, whether it is answered or not`(path: String) throws {
        for frame in [Client.get(1, path), Client.data(1, [1], endStream: true), Client.data(1, [], endStream: false)] {
            let connection = try connection()
            try connection.send(Client.get(1, path))
            try connection.send(frame)
            expectEnd(of: connection, streamClosed)
            // The same in one read.
            let other = try self.connection()
            try other.send(Client.get(1, path), frame)
            expectEnd(of: other, streamClosed)
        }
    }

    @Test func `HEADERS and DATA behind RST_STREAM are STREAM_CLOSED`() throws {
        for frame in [Client.get(1), Client.data(1, [1], endStream: true)] {
            let connection = try connection()
            try connection.send(Client.headers(1, Client.requestFields("POST"), endStream: false), Client.reset(1))
            try connection.send(frame)
            expectEnd(of: connection, streamClosed)
        }
    }

    @Test func `a stream's number that was passed over is PROTOCOL_ERROR`() throws {
        let connection = try connection()
        try connection.send(Client.get(5))
        try connection.send(Client.get(3))
        expectEnd(of: connection, protocolError)
    }

    @Test func `DATA on an idle stream and HEADERS with an even number are PROTOCOL_ERROR`() throws {
        for frame in [Client.data(1, [1], endStream: true), Client.get(2)] {
            let connection = try connection()
            try connection.send(frame)
            expectEnd(of: connection, protocolError)
        }
    }

    @Test func `PRIORITY on stream 0, on itself or of another length ends the connection, and another is nothing`() throws {
        for (frame, code) in [
            (Client.frame(2, stream: 0, [0, 0, 0, 1, 1]), protocolError),
            (Client.frame(2, stream: 1, [0, 0, 0, 1, 1]), protocolError),
            (Client.frame(2, stream: 1, [0x80, 0, 0, 1, 1]), protocolError),
            (Client.frame(2, stream: 1, [0, 0, 0, 3]), frameSize),
            (Client.frame(2, stream: 1, []), frameSize)
        ] {
            for size in [1, 4, 100] {
                let connection = try connection()
                for start in stride(from: 0, to: frame.count, by: size) {
                    try connection.send(Array(frame[start..<min(start + size, frame.count)]))
                }
                expectEnd(of: connection, code)
            }
        }
        let connection = try connection()
        try connection.send(
            Client.get(1), Client.frame(2, stream: 1, [0, 0, 0, 3, 1]), Client.frame(2, stream: 9, [0, 0, 0, 0, 1]))
        try connection.send(Client.get(3))
        #expect(connection.client.text(3) == "x")
        #expect(connection.client.goaways.isEmpty)
    }

    @Test func `HEADERS that depend on themselves are an error`() throws {
        let connection = try connection()
        try connection.send(Client.frame(1, flags: 0x25, stream: 1, [0, 0, 0, 1, 16] + Client.block(Client.requestFields())))
        #expect(connection.client.goaways.map(\.code) == [protocolError] || connection.client.resetCode(1) == 1)
    }

    @Test func `what was on its way when we reset or refused a stream is forgiven`() throws {
        var limits = HTTP2Limits()
        limits.discardedBytes = 10
        limits.concurrentStreams = 2
        let connection = try HTTP2TestConnection(http2: limits) {
            $0.path == "/later" ? .after(TestWait()) { Response(status: 200) } : textReply("x")
        }
        // 413, then a reset in the middle of the upload.
        let post = Client.requestFields("POST", more: [("content-length", "1000000")])
        try connection.send(
            Client.headers(1, post, endStream: false), Client.data(1, Array(repeating: 0, count: 20), endStream: false))
        #expect(connection.client.status(1) == "413")
        #expect(connection.client.resetCode(1) != nil)
        try connection.send(Client.data(1, [1, 2, 3], endStream: false), Client.data(1, [1], endStream: true))
        // A head that the library itself refuses.
        let wrong = Client.requestFields("POST", more: [("connection", "close")])
        try connection.send(Client.headers(3, wrong, endStream: false), Client.data(3, [1], endStream: false))
        #expect(connection.client.resetCode(3) == 1)
        try connection.send(Client.data(3, [1], endStream: true))
        // One stream too many, before the client has acknowledged how many there may be.
        try connection.send(Client.get(5, "/later"), Client.get(7, "/later"))
        try connection.send(
            Client.headers(9, Client.requestFields("POST"), endStream: false), Client.data(9, [1], endStream: true))
        #expect(connection.client.resetCode(9) == 7)
        try connection.send(Client.data(9, [1], endStream: true))
        #expect(connection.client.goaways.isEmpty)
        try connection.send(Client.reset(5), Client.get(11))
        #expect(connection.client.text(11) == "x")
    }

    @Test func `of as many streams as may be open at once, what was on its way is forgiven on each`() throws {
        let connection = try connection()
        let streams = (0..<100).map { Int32(2 * $0 + 1) }
        for stream in streams { try connection.send(Client.headers(stream, Client.requestFields("POST"), endStream: false)) }
        connection.wait(.seconds(31))
        for stream in streams { #expect(connection.client.status(stream) == "408") }
        for stream in streams { try connection.send(Client.data(stream, [1], endStream: false)) }
        #expect(connection.client.goaways.isEmpty)
        try connection.send(Client.get(201))
        #expect(connection.client.status(201) == "200")
    }

    @Test func `streams that come behind our last GOAWAY are ignored with their bodies`() throws {
        let connection = try connection()
        try connection.send(Client.get(1, "/later"))
        connection.drain()
        try connection.send(Client.ping(1))
        #expect(connection.client.goaways.map(\.last) == [0x7FFF_FFFF, 1])
        try connection.send(
            Client.headers(3, Client.requestFields("POST"), endStream: false), Client.data(3, [1], endStream: false))
        try connection.send(Client.data(3, [1], endStream: true))
        #expect(connection.client.goaways.count == 2)
        #expect(connection.channel.isActive)
    }

    @Test func `DATA frames of padding alone count as empty (A18)`() throws {
        var limits = HTTP2Limits()
        limits.frames.emptyData = .init(burst: 10, perSecond: 1)
        for isWhole in [true, false] {
            let connection = try HTTP2TestConnection(http2: limits) { _ in textReply("x") }
            try connection.send(Client.headers(1, Client.requestFields("POST"), endStream: false))
            let padded = Client.frame(0, flags: 8, stream: 1, [10] + Array(repeating: 0, count: 10))
            let withData = Client.frame(0, flags: 8, stream: 1, [3, 65, 0, 0, 0])
            for _ in 0..<100 { try connection.send(withData) }
            #expect(connection.client.goaways.isEmpty)
            for _ in 0..<11 {
                if isWhole { try connection.send(padded) } else { for byte in padded { try connection.send([byte]) } }
            }
            #expect(connection.client.goaways.last?.code == 11)
            #expect(connection.counters[.http2Flood] == 1)
        }
    }
}
