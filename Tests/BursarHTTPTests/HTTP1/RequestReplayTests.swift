import BursarBasics
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import BursarHTTP

@Suite struct RequestReplayTests {
    private let head = "GET /v1/balances HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n\r\n"

    private func connection(_ responder: CountingResponder, observer: RecordingObserver? = nil) throws -> EmbeddedConnection {
        try EmbeddedConnection(observer: observer) { responder.respond($0) }
    }

    @Test func `the same head is answered again without the responder, and reported`() throws {
        let responder = CountingResponder()
        let observer = RecordingObserver()
        let connection = try connection(responder, observer: observer)
        let first = try connection.answer(head)
        #expect(try connection.answer(head + head) == first + first)
        #expect(responder.calls.load(ordering: .relaxed) == 1)
        #expect(observer.records.map(\.wasReplayed) == [false, true, true])
        #expect(
            observer.records.allSatisfy { $0.path == "/v1/balances" && $0.method == "GET" && $0.status == 200 && $0.bytes == 1 })
        #expect(Set(observer.records.map(\.id)).count == 3)
    }

    /// They were written as one piece of any size, which no bound of the channel could stop.
    @Test func `many repetitions in one read are written in pieces`() throws {
        let connection = try connection(CountingResponder())
        let first = try connection.answer(head)
        try connection.receive(String(repeating: head, count: 1_000))
        var pieces: [Int] = []
        while let piece = try connection.channel.readOutbound(as: ByteBuffer.self) { pieces.append(piece.readableBytes) }
        #expect(pieces.reduce(0, +) == first.utf8.count * 1_000)
        #expect(pieces.allSatisfy { $0 <= HTTP1Handler.batchBytes + first.utf8.count })
    }

    @Test func `where counting is enough a repetition makes no record`() throws {
        let responder = CountingResponder()
        let observer = CountingObserver()
        let connection = try EmbeddedConnection(observer: observer) { responder.respond($0) }
        let counted = "GET /counted HTTP/1.1\r\nHost: x\r\n\r\n"
        for text in [counted, counted, counted + counted, head, head] { _ = try connection.answer(text) }
        #expect(observer.repeated.count == 3)
        #expect(observer.records.map(\.path) == ["/counted", "/v1/balances", "/v1/balances"])
    }

    @Test func `answers that are shared keep their order with those that are not`() throws {
        let responder = CountingResponder()
        let connection = try connection(responder)
        let other = head.replacing("balances", with: "else")
        let first = try connection.answer(head)
        #expect(first.hasSuffix("\r\n\r\n1"))
        // Two reads before the loop comes to the flush: the second answer goes behind the first, shared, one.
        connection.channel.pipeline.fireChannelRead(ByteBuffer(string: head))
        connection.channel.pipeline.fireChannelRead(ByteBuffer(string: head + other))
        connection.channel.pipeline.fireChannelReadComplete()
        let sent = try connection.sent()
        #expect(sent == first + first + first.dropLast() + "2")
        #expect(try connection.answer(other).hasSuffix("\r\n\r\n2"))
    }

    @Test func `a client whose heads all differ is tried again now and then`() throws {
        let responder = CountingResponder()
        let connection = try connection(responder)
        for number in 0..<200 { _ = try connection.answer(head.replacing("Bearer a", with: "Bearer \(number)")) }
        #expect(responder.calls.load(ordering: .relaxed) == 200)
        for _ in 0..<RequestReplay.mostInVain { _ = try connection.answer(head) }
        let asked = responder.calls.load(ordering: .relaxed)
        _ = try connection.answer(head)
        #expect(responder.calls.load(ordering: .relaxed) == asked)
    }

    @Test func `once the flag is flipped the responder is asked`() throws {
        let responder = CountingResponder()
        let connection = try connection(responder)
        _ = try connection.answer(head)
        responder.validity.invalidate()
        #expect(try connection.answer(head).hasSuffix("\r\n\r\n2"))
    }

    @Test func `past its deadline the responder is asked`() throws {
        let responder = CountingResponder(until: .uptimeNanoseconds(5_000_000_000))
        let connection = try connection(responder)
        _ = try connection.answer(head)
        connection.advance(.milliseconds(4_999))
        #expect(try connection.answer(head).hasSuffix("\r\n\r\n1"))
        connection.advance(.milliseconds(1))
        #expect(try connection.answer(head).hasSuffix("\r\n\r\n2"))
    }

    @Test(arguments: [
        "GET /v1/balances HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer b\r\n\r\n",
        "GET /v1/balances HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nX: y\r\n\r\n",
        "HEAD /v1/balances HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n\r\n"
    ])
    func `another head is never answered with it`(other: String) throws {
        let responder = CountingResponder()
        let connection = try connection(responder)
        _ = try connection.answer(head)
        _ = try connection.answer(other)
        #expect(responder.calls.load(ordering: .relaxed) == 2)
    }

    /// Proxies and clients that trace put another value into every head.
    @Test(arguments: ["traceparent", "TraceState", "X-Request-ID", "x-b3-traceid"])
    func `heads that differ in what tracing says are one`(name: String) throws {
        let responder = CountingResponder()
        let connection = try connection(responder)
        for value in ["1", " 2", "a longer one, with words", "", "tab\tand ü", String(repeating: "x", count: 300)] {
            let head = "GET / HTTP/1.1\r\nHost: x\r\n\(name):\(value)\r\nAccept: */*\r\nx-request-id: \(value)9\r\n\r\n"
            #expect(try connection.answer(head).hasSuffix("\r\n\r\n1"), "\(value)")
            #expect(try connection.answer(head + head).hasSuffix("\r\n\r\n1"), "\(value)")
        }
        #expect(responder.calls.load(ordering: .relaxed) == 1)
    }

    @Test(arguments: [
        "X-Request-Id: 1\r\nCache-Control: no-cache\r\n", "X-Request-Id : 1\r\n", "X-Request-Idd: 1\r\n",
        "X-Request-Id: 1\r\n\r\n",
        "X-Request-Id: 1\n", "X-Request-Id: \u{1}\r\n", "X-Request-Id: 1\r\n folded\r\n", "x-request-id: 1\r\n",
        "X-Request-Id\r\n"
    ])
    func `what is more than another trace is never taken for it, and read strictly`(fields: String) throws {
        let responder = CountingResponder()
        let connection = try connection(responder)
        _ = try connection.answer("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: 0\r\n\r\n")
        let answer = try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
        #expect(answer.hasSuffix("\r\n\r\n2") || answer.hasPrefix("HTTP/1.1 400 ") || fields.hasSuffix("1\r\n\r\n"), "\(answer)")
    }

    @Test func `a trace that makes a head too large is refused as without it`() throws {
        let connection = try connection(CountingResponder())
        _ = try connection.answer("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: 0\r\n\r\n")
        let long = String(repeating: "a", count: ServerLimits().headBytes)
        #expect(try connection.answer("GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: \(long)\r\n\r\n").hasPrefix("HTTP/1.1 431 "))
    }

    @Test func `a head in two reads and a cut one are not taken for it`() throws {
        let responder = CountingResponder()
        let connection = try connection(responder)
        _ = try connection.answer(head)
        #expect(try connection.answer(String(head.prefix(20))) == "")
        #expect(try connection.answer(String(head.dropFirst(20))).hasPrefix("HTTP/1.1 200 OK"))
    }

    // A1: the replay took a head of which the scanner kept its place, and the next, shorter head was waited for until a 408.
    @Test(arguments: [1, 20, 120, 200, 245, 249])
    func `A1: a repeated head in two reads leaves nothing behind for the next, shorter one`(cut: Int) throws {
        let start = "GET /v1/balances HTTP/1.1\r\nHost: x\r\nX-Long: "
        let long = start + String(repeating: "a", count: 250 - start.utf8.count - 4) + "\r\n\r\n"
        let connection = try connection(CountingResponder())
        for _ in 0..<3 { #expect(try connection.answer(long).hasPrefix("HTTP/1.1 200 OK")) }
        try connection.receive(Array(long.utf8.prefix(cut)))
        #expect(try connection.sent() == "")
        try connection.receive(Array(long.utf8.dropFirst(cut)))
        #expect(try connection.sent().hasPrefix("HTTP/1.1 200 OK"))
        #expect(try connection.answer("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func `a repetition is told with the trace of its own head`() throws {
        let traces = ["4bf92f3577b34da6a3ce929d0e0e4736", "aaaabbbbccccddddeeeeffff00001111"]
        func head(_ trace: String, _ more: String = "") -> String {
            "GET /v1/balances HTTP/1.1\r\nX-Request-Id: \(trace.prefix(Int(trace.utf8.first ?? 1) % 9))\r\nHost: x\r\n"
                + "TraceParent: \t00-\(trace)-00f067aa0ba902b7-01 \r\n\(more)\r\n"
        }
        let observer = RecordingObserver(wantsTraces: true)
        let responder = CountingResponder()
        let connection = try connection(responder, observer: observer)
        for trace in [traces[0], traces[1], traces[0], "no trace", traces[1]] {
            #expect(try connection.answer(head(trace)).hasPrefix("HTTP/1.1 200 OK"))
        }
        // Among other requests of one read, too.
        _ = try connection.answer(head(traces[0]) + head(traces[1]))
        #expect(responder.calls.load(ordering: .relaxed) == 1)
        #expect(
            observer.records.map { $0.trace?.traceID }
                == [traces[0], traces[1], traces[0], nil, traces[1], traces[0], traces[1]])
        // Twice is none.
        for _ in 0..<2 { _ = try connection.answer(head(traces[0], "traceparent: 00-\(traces[1])-00f067aa0ba902b7-01\r\n")) }
        #expect(observer.records.suffix(2).allSatisfy { $0.trace == nil })
    }

    @Test func `Date and Age move on in what is written again`() throws {
        let prepared = PreparedResponse(
            headers: ["x": "y"], body: ByteBuffer(string: "b"), age: AnswerAge(at: .uptimeNanoseconds(0)))
        let validity = Validity()
        let connection = try EmbeddedConnection { _ in
            .now(Response(prepared: prepared, replay: Replay(validity: validity, until: .distantFuture)))
        }
        #expect(try connection.answer(head).contains("\r\nContent-Length: 1\r\nAge: 0\r\n\r\nb"))
        connection.advance(.seconds(61))
        #expect(try connection.answer(head).contains("\r\nContent-Length: 1\r\nAge: 61\r\n\r\nb"))
    }

    @Test func `a request with a body, of 1.0 or while draining is not written again`() throws {
        for text in [
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        ] {
            let responder = CountingResponder()
            let connection = try connection(responder)
            _ = try connection.answer(text)
            _ = try connection.answer(text)
            #expect(responder.calls.load(ordering: .relaxed) == 2)
        }
        let responder = CountingResponder()
        let connection = try connection(responder)
        _ = try connection.answer(head)
        try connection.receive(String(head.dropLast()))
        connection.channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        #expect(try connection.answer("\r\n").contains("Connection: close"))
    }
}
