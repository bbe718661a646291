import BursarBasics
import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

private let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

private func ok(_ body: String, extra: String = "") -> String {
    "HTTP/1.1 200 OK\r\n\(date)Content-Type: text/plain; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\n\(extra)\r\n\(body)"
}

@Suite struct HTTP1HandlerTests {
    @Test func `a request is answered and the connection kept`() throws {
        let connection = try EmbeddedConnection()
        #expect(try connection.answer("GET /a HTTP/1.1\r\nHost: x\r\n\r\n") == ok("/a"))
        #expect(try connection.answer("GET /b HTTP/1.1\r\nHost: x\r\n\r\n") == ok("/b"))
        #expect(connection.isOpen)
    }

    @Test func `a request in single bytes is answered once it is whole`() throws {
        let connection = try EmbeddedConnection { .now(Response(status: 200, bytes: $0.body)) }
        let text = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        for byte in text.utf8.dropLast() { #expect(try connection.answer(String(UnicodeScalar(byte))) == "") }
        #expect(try connection.answer("o").hasSuffix("\r\n\r\nhello"))
    }

    @Test func `pipelined requests are answered in order with one write`() throws {
        let connection = try EmbeddedConnection()
        try connection.receive((0..<5).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
        let part = try connection.channel.readOutbound(as: ByteBuffer.self)
        #expect(part.map { String(buffer: $0) } == (0..<5).map { ok("/\($0)") }.joined())
        #expect(try connection.sent() == "")
    }

    @Test func `HEAD gets the head of GET and no body`() throws {
        let prepared = PreparedResponse(headers: ["content-type": "text/plain"], body: ByteBuffer(string: "body"), etag: "\"e\"")
        let connection = try EmbeddedConnection {
            $0.path == "/p" ? .now(Response(prepared: prepared)) : .now(Response(status: 200, text: "body"))
        }
        #expect(try connection.answer("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") == String(ok("body").dropLast(4)))
        let head = try connection.answer("HEAD /p HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try head + "body" == connection.answer("GET /p HTTP/1.1\r\nHost: x\r\n\r\n"))
        #expect(head.hasSuffix("ETag: \"e\"\r\nContent-Length: 4\r\n\r\n"))
    }

    @Test func `an answer that stands ready goes before a body that is made piece by piece, over HTTP 2 as well`() throws {
        var both = Response(prepared: PreparedResponse(headers: [:], body: ByteBuffer(string: "ready")))
        both.producer = TestProducer([piece("made"), .end])
        let connection = try EmbeddedConnection { [both] _ in .now(both) }
        let text = try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(text == "HTTP/1.1 200 OK\r\n\(date)Content-Length: 5\r\n\r\nready")
        let other = try HTTP2TestConnection { [both] _ in .now(both) }
        try other.send(HTTP2TestClient.get(1))
        #expect(other.client.text(1) == "ready" && other.client.isComplete(1))
    }

    @Test(arguments: [204, 304]) func `an answer without body has no Content-Length`(status: Int) throws {
        let prepared = PreparedResponse(status: status, headers: [:], body: ByteBuffer(string: "no"), etag: "\"e\"")
        let connection = try EmbeddedConnection {
            $0.path == "/p" ? .now(Response(prepared: prepared)) : .now(Response(status: status, bytes: [1, 2]))
        }
        for path in ["/", "/p"] {
            let text = try connection.answer("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(!text.contains("Content-Length"))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
        #expect(connection.isOpen)
    }

    @Test func `a responder cannot break the framing`() throws {
        let headers: HeaderFields = [
            "Content-Length": "9", "Transfer-Encoding": "chunked", "Connection": "close", "Date": "x", "Age": "1", "X-A": "b"
        ]
        let prepared = PreparedResponse(headers: headers, body: ByteBuffer(string: "ab"))
        let connection = try EmbeddedConnection {
            $0.path == "/p"
                ? .now(Response(prepared: prepared)) : .now(Response(status: 200, headers: headers, bytes: [0x61, 0x62]))
        }
        for path in ["/", "/p"] {
            let text = try connection.answer("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(text == "HTTP/1.1 200 OK\r\n\(date)X-A: b\r\nContent-Length: 2\r\n\r\nab")
        }
    }

    @Test func `HTTP 1.0 closes unless it asked to keep`() throws {
        let first = try EmbeddedConnection()
        #expect(try first.answer("GET /a HTTP/1.0\r\n\r\n") == ok("/a", extra: "Connection: close\r\n"))
        #expect(!first.isOpen)
        let second = try EmbeddedConnection()
        #expect(
            try second.answer("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                == ok("/a", extra: "Connection: keep-alive\r\n"))
        #expect(second.isOpen)
    }

    @Test func `what comes behind a closing request is not answered`() throws {
        let connection = try EmbeddedConnection()
        let text = try connection.answer(
            "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(text == ok("/a", extra: "Connection: close\r\n"))
    }

    @Test func `the client is told to continue only when it waits`() throws {
        let connection = try EmbeddedConnection { .now(Response(status: 200, text: "\($0.body.count)")) }
        let head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        #expect(try connection.answer(head) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(try connection.answer("ab") == ok("2"))
        #expect(try connection.answer(head + "ab") == ok("2"))
        let chunked = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try connection.answer(chunked) == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(try connection.answer("1\r\na\r\n0\r\n\r\n") == ok("1"))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\nHost: x\n\n", 400, ServerCounters.Event.malformedRequest),
        ("GET / HTTP/3.0\r\n\r\n", 505, .unsupportedVersion),
        ("GET / HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "a", count: 17_000), 431, .headTooLarge),
        ("GET /" + String(repeating: "a", count: 17_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, .headTooLarge),
        ("GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n", 431, .headTooLarge),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n", 413, .bodyTooLarge),
        ("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n", 413, .bodyTooLarge),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n", 413, .bodyTooLarge),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", 400, .malformedRequest),
        // A11: a trailer without a colon.
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx\r\n\r\n", 400, .malformedRequest)
    ])
    func `what breaks a rule is answered, counted, and the connection closed`(
        text: String, status: Int, event: ServerCounters.Event
    ) throws {
        let observer = RecordingObserver()
        let connection = try EmbeddedConnection(observer: observer)
        let answer = try connection.answer(text)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(connection.counters[event] == 1)
        #expect(try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n") == "")
        connection.advance(.seconds(3))
        #expect(!connection.isOpen)
        #expect(observer.records.map(\.status) == [status])
    }

    @Test func `the record of a request has no query`() throws {
        let observer = RecordingObserver()
        let connection = try EmbeddedConnection(observer: observer)
        _ = try connection.answer("GET /a?key=secret HTTP/1.1\r\nHost: x\r\n\r\n")
        let record = try #require(observer.records.first)
        #expect((record.method, record.path, record.status, record.bytes) == ("GET", "/a", 200, 13))
        #expect((record.peer, record.listener) == ("192.0.2.1", "test"))
        #expect(record.id.description.utf8.count == 16)
    }

    @Test func `a connection ends after its number of requests`() throws {
        var limits = ServerLimits()
        limits.requestsPerConnection = 2
        let connection = try EmbeddedConnection(limits: limits)
        #expect(try !connection.answer("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").contains("close"))
        #expect(try connection.answer("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").contains("Connection: close"))
        #expect(!connection.isOpen)
        #expect(connection.counters[.requestsPerConnection] == 1)
    }

    @Test func `a drain ends a quiet connection at once and a busy one behind its answer`() throws {
        let quiet = try EmbeddedConnection()
        quiet.channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        #expect(!quiet.isOpen)
        let busy = try EmbeddedConnection()
        try busy.receive("GET /a HTTP/1.1\r\n")
        busy.channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        #expect(busy.isOpen)
        #expect(try busy.answer("Host: x\r\n\r\n") == ok("/a", extra: "Connection: close\r\n"))
        #expect(!busy.isOpen)
    }
}
