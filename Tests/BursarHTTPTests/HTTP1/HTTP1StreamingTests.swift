import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

@Suite struct HTTP1StreamingTests {
    private let request = "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"

    private func connection(
        _ producer: TestProducer, observer: RecordingObserver = RecordingObserver()
    ) throws -> EmbeddedConnection {
        try EmbeddedConnection(observer: observer) {
            $0.path == "/stream"
                ? .now(Response(status: 200, headers: ["content-type": "text/plain"], producer: producer))
                : .now(Response(status: 200, text: $0.target))
        }
    }

    private func body(_ text: String) -> String {
        String(text[(text.firstRange(of: "\r\n\r\n")?.upperBound ?? text.startIndex)...])
    }

    @Test func `the head goes out at once and each piece is a chunk`() throws {
        let producer = TestProducer()
        let observer = RecordingObserver()
        let connection = try connection(producer, observer: observer)
        let head = try connection.answer(request)
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.hasSuffix("Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"))
        producer.add(piece("hello"), piece(String(repeating: "x", count: 20)))
        connection.advance(.zero)
        #expect(try connection.sent() == "5\r\nhello\r\n14\r\n\(String(repeating: "x", count: 20))\r\n")
        #expect(observer.records.isEmpty)
        connection.advance(.hours(1))
        #expect(connection.isOpen)
        producer.add(.end)
        connection.advance(.zero)
        #expect(try connection.sent() == "0\r\n\r\n")
        #expect(producer.endings == [true])
        #expect(observer.records.map(\.bytes) == [25])
        #expect(observer.records.map(\.status) == [200])
        #expect(connection.isOpen)
    }

    @Test func `many wakes at once ask once`() throws {
        let producer = TestProducer()
        let connection = try connection(producer)
        _ = try connection.answer(request)
        #expect(producer.asked == 1)
        for _ in 0..<100 { producer.add() }
        connection.advance(.zero)
        #expect(producer.asked == 2)
    }

    @Test func `pipelined requests come behind the stream, in order`() throws {
        let producer = TestProducer([piece("a")])
        let connection = try connection(producer)
        let start = try connection.answer("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" + request + "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(start.contains("\r\n\r\n/1HTTP/1.1 200 OK\r\n"))
        #expect(start.hasSuffix("1\r\na\r\n"))
        producer.add(piece("b"), .end)
        connection.advance(.zero)
        let rest = try connection.sent()
        #expect(rest.hasPrefix("1\r\nb\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"))
        #expect(rest.hasSuffix("\r\n\r\n/2"))
    }

    @Test func `thousands of short streams in one read are answered without a deep stack`() throws {
        let connection = try EmbeddedConnection { _ in
            .now(Response(status: 200, producer: TestProducer([piece("a"), .end])))
        }
        let text = try connection.answer(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 5_000))
        #expect(text.split(separator: "0\r\n\r\n").count == 5_000)
    }

    @Test func `HEAD has the head and no body, and nothing is begun`() throws {
        let producer = TestProducer([piece("a"), .end])
        let connection = try connection(producer)
        let text = try connection.answer("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n" + "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(text.firstRange(of: "\r\n\r\nHTTP/1.1 200 OK") != nil)
        #expect(!text.contains("chunked"))
        #expect(producer.begun == 0)
        #expect(producer.endings == [])
    }

    @Test func `HTTP 1.0 gets the body until the close`() throws {
        let connection = try connection(TestProducer([piece("a"), piece("b"), .end]))
        let text = try connection.answer("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(text.contains("Connection: close\r\n"))
        #expect(!text.contains("chunked"))
        #expect(body(text) == "ab")
        #expect(!connection.isOpen)
    }

    @Test func `a known length is said, and the connection goes on`() throws {
        let connection = try connection(TestProducer([piece("a"), piece("b"), .end], length: 2))
        let text = try connection.answer(request)
        #expect(text.contains("Content-Length: 2\r\n"))
        #expect(!text.contains("chunked"))
        #expect(body(text) == "ab")
        #expect(connection.isOpen)
    }

    @Test func `an error in the middle closes without the last chunk`() throws {
        let producer = TestProducer([piece("a"), .fail])
        let connection = try connection(producer)
        let text = try connection.answer(request)
        #expect(body(text) == "1\r\na\r\n")
        #expect(!connection.isOpen)
        #expect(producer.endings == [false])
    }

    @Test func `a failure as the first step answers nothing`() throws {
        let connection = try connection(TestProducer([.fail]))
        #expect(try connection.answer(request) == "")
        #expect(!connection.isOpen)
    }

    @Test func `a client that goes away ends the producer once`() throws {
        let producer = TestProducer([piece("abc")])
        let observer = RecordingObserver()
        let connection = try connection(producer, observer: observer)
        _ = try connection.answer(request)
        try connection.channel.close().wait()
        #expect(producer.endings == [false])
        #expect(observer.records.map(\.bytes) == [3])
        producer.add(piece("x"))
        connection.advance(.zero)
        #expect(producer.endings == [false])
        #expect(observer.records.count == 1)
    }

    @Test func `heartbeats are written while the producer is silent`() throws {
        let producer = TestProducer(heartbeat: .seconds(15))
        let connection = try connection(producer)
        _ = try connection.answer(request)
        connection.advance(.seconds(14))
        #expect(try connection.sent() == "")
        connection.advance(.seconds(1))
        #expect(try connection.sent() == "2\r\n:\n\r\n")
        connection.advance(.seconds(30))
        #expect(try connection.sent() == "2\r\n:\n\r\n2\r\n:\n\r\n")
        producer.add(.end)
        connection.advance(.zero)
        _ = try connection.sent()
        connection.advance(.seconds(60))
        #expect(try connection.sent() == "")
        #expect(connection.isOpen)
    }

    @Test func `a drain lets the producer have its last word and then closes`() throws {
        let producer = TestProducer([piece("a")], lastWords: [piece("bye"), .end])
        let connection = try connection(producer)
        _ = try connection.answer(request)
        connection.channel.pipeline.fireUserInboundEventTriggered(DrainEvent())
        #expect(try connection.sent() == "3\r\nbye\r\n0\r\n\r\n")
        #expect(!connection.isOpen)
        #expect(producer.endings == [true])
    }

    @Test func `one that begins while the server drains is told at once`() throws {
        let producer = TestProducer(lastWords: [piece("bye"), .end])
        let connection = try connection(producer)
        connection.context.isDraining = true
        #expect(body(try connection.answer(request)) == "3\r\nbye\r\n0\r\n\r\n")
        #expect(!connection.isOpen)
    }

    /// Keeps what is written until it is told that the client took it.
    private final class HeldWrites: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var promises: [EventLoopPromise<Void>] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            if let promise { promises.append(promise) }
        }

        func take() {
            let taken = promises
            promises = []
            for promise in taken { promise.succeed() }
        }
    }

    @Test func `the next piece is asked for when the one before is taken`() throws {
        let producer = TestProducer(endless: ByteBuffer(string: "x"))
        let connection = try connection(producer)
        let held = HeldWrites()
        try connection.channel.pipeline.syncOperations.addHandler(held, position: .first)
        try connection.receive(request)
        #expect(producer.asked == 1)
        held.take()
        #expect(producer.asked == 2)
        connection.advance(.seconds(29))
        held.take()
        #expect(producer.asked == 3)
        connection.advance(.seconds(29))
        #expect(connection.isOpen)
    }

    @Test func `a client that takes nothing is closed at the write limit`() throws {
        let producer = TestProducer(heartbeat: .seconds(10), endless: ByteBuffer(string: "x"))
        let connection = try connection(producer)
        try connection.channel.pipeline.syncOperations.addHandler(HeldWrites(), position: .first)
        try connection.receive(request)
        connection.advance(.seconds(29))
        #expect(connection.isOpen)
        connection.advance(.seconds(1))
        #expect(!connection.isOpen)
        #expect(producer.asked == 1)
        #expect(producer.endings == [false])
        #expect(connection.counters[.writeStall] == 1)
    }

    @Test func `a producer that has much leaves the loop to others in between`() throws {
        let producer = TestProducer(Array(repeating: piece("x"), count: 100) + [.end])
        let connection = try connection(producer)
        try connection.receive(request)
        #expect(producer.asked == HTTP1Handler.piecesPerTurn)
        connection.channel.embeddedEventLoop.run()
        #expect(producer.endings == [true])
    }
}
