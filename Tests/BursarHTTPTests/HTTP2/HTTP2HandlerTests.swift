import BursarBasics
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

@Suite struct HTTP2HandlerTests {
    @Test func `a request is answered with status, fields and body`() throws {
        let connection = try HTTP2TestConnection { request in
            textReply(
                "\(request.method) \(request.target) \(request.path) \(request.query ?? "-") \(request.headers["host"] ?? "-")")
        }
        try connection.send(Client.get(1, "/a/b?c=d", more: [("user-agent", "test")]))
        #expect(connection.client.status(1) == "200")
        #expect(connection.client.text(1) == "GET /a/b?c=d /a/b c=d localhost")
        let fields = try #require(connection.client.fields(1))
        #expect(fields["content-type"] == "text/plain; charset=utf-8")
        #expect(fields["content-length"] == "31")
        #expect(fields["date"]?.hasSuffix(" GMT") == true)
        #expect(connection.client.isComplete(1))
        let record = try #require(connection.records.all.first)
        #expect((record.method, record.path, record.status, record.bytes) == ("GET", "/a/b", 200, 31))
        #expect(record.peer == "192.0.2.1")
    }

    @Test func `everything that one read brings is answered with one flush`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        connection.channel.pipeline.fireChannelRead(ByteBuffer(bytes: (0..<20).flatMap { Client.get($0 * 2 + 1) }))
        connection.channel.pipeline.fireChannelReadComplete()
        let first = try #require(try connection.channel.readOutbound(as: ByteBuffer.self))
        connection.client.receive(first.readableBytesView)
        #expect((0..<20).allSatisfy { connection.client.isComplete($0 * 2 + 1) })
        #expect(try connection.channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test func `HEAD, 204 and 304 have no body`() throws {
        let connection = try HTTP2TestConnection { request in
            .now(Response(status: request.path == "/" ? 200 : Int(request.path.dropFirst()) ?? 500, text: "body"))
        }
        try connection.send(
            Client.headers(1, Client.requestFields("HEAD")), Client.get(3, "/204"), Client.get(5, "/304"))
        #expect(connection.client.fields(1)?["content-length"] == "4")
        #expect(connection.client.fields(3)?["content-length"] == nil)
        #expect(connection.client.status(5) == "304")
        #expect([1, 3, 5].allSatisfy { connection.client.isComplete($0) && connection.client.body($0).isEmpty })
    }

    @Test func `a prepared answer carries its age, and its fields are made once`() throws {
        let prepared = PreparedResponse(
            headers: ["content-type": "application/json"], body: ByteBuffer(string: "{}"), etag: "\"e\"",
            age: AnswerAge(at: .uptimeNanoseconds(0)))
        let connection = try HTTP2TestConnection { _ in .now(Response(prepared: prepared)) }
        connection.wait(.seconds(61))
        try connection.send(Client.get(1))
        let fields = prepared.http2.load()
        try connection.send(Client.get(3))
        #expect(prepared.http2.load() === fields)
        #expect(connection.client.fields(3)?["age"] == "61")
        #expect(connection.client.fields(3)?["etag"] == "\"e\"")
        #expect(connection.client.text(3) == "{}")
    }

    @Test func `a repeated head is replayed only while the responder allows it`() throws {
        let prepared = PreparedResponse(headers: [:], body: ByteBuffer(string: "p"))
        let validity = Validity()
        let asked = TestCounter()
        let connection = try HTTP2TestConnection { _ in
            asked.add()
            return .now(
                Response(prepared: prepared, replay: Replay(validity: validity, until: .uptimeNanoseconds(10_000_000_000))))
        }
        try connection.send(Client.get(1), Client.get(3), Client.get(5, "/other"), Client.get(7))
        #expect(asked.count == 2)
        #expect(connection.records.all.map(\.wasReplayed) == [false, true, false, true])
        validity.invalidate()
        try connection.send(Client.get(9))
        #expect(asked.count == 3)
        connection.wait(.seconds(11))
        try connection.send(Client.get(11))
        #expect(asked.count == 4)
        #expect([1, 3, 5, 7, 9, 11].allSatisfy { connection.client.text($0) == "p" })
    }

    @Test func `where counting is enough a repetition makes no record`() throws {
        let prepared = PreparedResponse(headers: [:], body: ByteBuffer(string: "p"))
        let observer = CountingObserver()
        let connection = try HTTP2TestConnection(observer: observer) { _ in
            .now(Response(prepared: prepared, replay: Replay(validity: Validity(), until: .distantFuture)))
        }
        try connection.send(
            Client.get(1, "/counted"), Client.get(3, "/counted"), Client.get(5, "/other"), Client.get(7, "/other"))
        #expect(observer.repeated.count == 1)
        #expect(observer.records.map(\.path) == ["/counted", "/other", "/other"])
    }

    @Test func `nothing is kept of a head whose answer may not be repeated`() throws {
        let prepared = PreparedResponse(headers: [:], body: ByteBuffer(string: "p"))
        let wait = TestWait()
        let connection = try HTTP2TestConnection { request in
            switch request.path {
            case "/kept": .now(Response(prepared: prepared, replay: Replay(validity: Validity(), until: .distantFuture)))
            case "/later": .after(wait) { Response(status: 200) }
            default: textReply("x")
            }
        }
        for (index, path) in ["/kept", "/once", "/later"].enumerated() {
            try connection.send(Client.get(Int32(2 * index + 1), path, more: [("authorization", "Bearer of\(path)")]))
        }
        let handler = try connection.channel.pipeline.syncOperations.handler(type: HTTP2Handler.self)
        var kept = ""
        dump(handler.session.knownHeads, to: &kept)
        #expect(kept.contains("/kept") && !kept.contains("/once") && !kept.contains("/later"))
        wait.end()
    }

    @Test func `a client that leaves before its answer, and one that breaks the protocol, are counted`() throws {
        let connection = try HTTP2TestConnection {
            $0.path == "/" ? textReply("x") : .after(TestWait()) { Response(status: 200) }
        }
        try connection.send(Client.get(1, "/later"), Client.get(3))
        #expect(connection.counters[.clientLeft] == 0)
        try connection.send(Client.reset(1))
        #expect(connection.counters[.clientLeft] == 1)
        try connection.send(Client.data(9, [1], endStream: true))
        #expect(connection.counters[.http2ProtocolError] == 1 && connection.counters[.http2Flood] == 0)
    }

    @Test func `heads that differ in one field are never taken for each other`() throws {
        let connection = try HTTP2TestConnection { textReply($0.headers["authorization"] ?? "nobody") }
        for (index, name) in ["a", "b", "c", "d", "e", "a", "e", "b"].enumerated() {
            let stream = Int32(index * 2 + 1)
            try connection.send(Client.get(stream, more: [("authorization", name)]))
            #expect(connection.client.text(stream) == name)
        }
    }

    @Test func `more fields than are taken are refused with 431, and the connection goes on`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.send(Client.get(1, more: (0..<101).map { ("a\($0)", "b") }))
        #expect(connection.client.status(1) == "431" && connection.client.isComplete(1))
        #expect(connection.counters[.headTooLarge] == 1)
        try connection.send(Client.get(3))
        #expect(connection.client.status(3) == "200")
    }

    @Test func `a body is collected, and one that is too large is refused with 413`() throws {
        var limits = ServerLimits()
        limits.bodyBytes = 10
        let connection = try HTTP2TestConnection(limits: limits) { textReply(String(decoding: $0.body, as: UTF8.self)) }
        let post = Client.requestFields("POST")
        try connection.send(Client.headers(1, post, endStream: false), Client.data(1, Array("12345".utf8), endStream: false))
        #expect(connection.client.status(1) == nil)
        try connection.send(Client.data(1, Array("67890".utf8), endStream: true))
        #expect(connection.client.text(1) == "1234567890")

        try connection.send(
            Client.headers(3, post, endStream: false), Client.data(3, Array(repeating: 1, count: 11), endStream: false))
        #expect(connection.client.status(3) == "413")
        #expect(connection.client.text(3).contains(HeadFault.bodyTooLarge.detail))  // as in HTTP/1.1
        #expect(connection.client.resetCode(3) == nil)  // a client in the middle of an upload would not show the answer
        try connection.send(Client.headers(5, post + [("content-length", "11")], endStream: false))
        #expect(connection.client.status(5) == "413")
        #expect(connection.client.text(5).contains(HeadFault.bodyTooLarge.detail))
        #expect(connection.counters[.bodyTooLarge] == 2)
    }

    @Test func `a refused body is dropped up to a bound, then its stream is reset without an error`() throws {
        var http2 = HTTP2Limits()
        http2.discardedBytes = 100
        let connection = try HTTP2TestConnection(http2: http2) { _ in textReply("x") }
        let fields = Client.requestFields("POST", more: [("content-length", "70000")])
        try connection.send(
            Client.headers(1, fields, endStream: false), Client.data(1, Array(repeating: 1, count: 100), endStream: false))
        #expect(connection.client.status(1) == "413" && connection.client.isComplete(1))
        #expect(connection.client.resetCode(1) == nil)
        try connection.send(Client.data(1, [1], endStream: false))
        #expect(connection.client.resetCode(1) == 0)
    }

    @Test func `all bodies of a connection together have a bound`() throws {
        var http2 = HTTP2Limits()
        http2.connectionBodyBytes = 20
        let connection = try HTTP2TestConnection(http2: http2) { _ in textReply("x") }
        for stream in [1, 3, 5] as [Int32] {
            try connection.send(
                Client.headers(stream, Client.requestFields("POST"), endStream: false),
                Client.data(stream, Array(repeating: 1, count: 8), endStream: false))
        }
        #expect(connection.client.status(5) == "413")
        try connection.send(Client.data(1, [], endStream: true), Client.data(3, [], endStream: true))
        #expect(connection.client.status(1) == "200")
        // What was given back can be used again.
        try connection.send(
            Client.headers(7, Client.requestFields("POST"), endStream: false),
            Client.data(7, Array(repeating: 1, count: 19), endStream: true))
        #expect(connection.client.status(7) == "200")
    }

    @Test func `trailers end a request and are dropped`() throws {
        let connection = try HTTP2TestConnection { textReply("\($0.body.count) \($0.headers["x-sum"] ?? "-")") }
        try connection.send(
            Client.headers(1, Client.requestFields("POST"), endStream: false), Client.data(1, [1, 2], endStream: false),
            Client.headers(1, [("x-sum", "3")]))
        #expect(connection.client.text(1) == "2 -")
    }

    @Test func `a client that expects 100 is told to go on`() throws {
        let connection = try HTTP2TestConnection { textReply("\($0.body.count)") }
        try connection.send(Client.headers(1, Client.requestFields("POST", more: [("expect", "100-continue")]), endStream: false))
        #expect(connection.client.status(1) == "100")
        try connection.send(Client.data(1, [1, 2, 3], endStream: true))
        #expect(connection.client.status(1) == "200")
        #expect(connection.client.text(1) == "3")
    }
}
