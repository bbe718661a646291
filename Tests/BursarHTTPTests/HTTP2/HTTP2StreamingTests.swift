import BursarBasics
import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

@Suite struct HTTP2StreamingTests {
    private func connection(_ producers: [String: TestProducer]) throws -> HTTP2TestConnection {
        try HTTP2TestConnection { request in
            guard let producer = producers[request.path] else { return textReply(request.path) }
            return .now(Response(status: 200, headers: ["content-type": "text/plain"], producer: producer))
        }
    }

    @Test func `the head goes out at once, and pieces as they come`() throws {
        let producer = TestProducer()
        let connection = try connection(["/": producer])
        try connection.send(Client.get(1))
        #expect(connection.client.status(1) == "200")
        #expect(connection.client.fields(1)?["content-length"] == nil)
        #expect(!connection.client.isComplete(1))
        producer.add(piece("hel"), piece("lo"))
        connection.wait(.zero)
        #expect(connection.client.text(1) == "hello")
        connection.wait(.minutes(10))
        #expect(connection.channel.isActive)
        producer.add(piece("!"), .end)
        connection.wait(.zero)
        #expect(connection.client.text(1) == "hello!")
        #expect(connection.client.isComplete(1))
        #expect(producer.endings == [true])
        #expect(connection.records.all.map(\.bytes) == [6])
    }

    @Test func `two streams beside each other, and a plain answer between`() throws {
        let (a, b) = (TestProducer([piece("a1")]), TestProducer([piece("b1")]))
        let connection = try connection(["/a": a, "/b": b])
        try connection.send(Client.get(1, "/a"), Client.get(3, "/b"), Client.get(5, "/c"))
        #expect(connection.client.text(5) == "/c")
        b.add(piece("b2"), .end)
        connection.wait(.zero)
        a.add(piece("a2"))
        connection.wait(.zero)
        #expect(connection.client.text(1) == "a1a2")
        #expect(connection.client.text(3) == "b1b2")
        #expect(connection.client.isComplete(3))
        #expect(!connection.client.isComplete(1))
    }

    @Test func `HEAD has no body and nothing is begun`() throws {
        let producer = TestProducer([piece("a"), .end], length: 1)
        let connection = try connection(["/": producer])
        try connection.send(Client.headers(1, Client.requestFields("HEAD")))
        #expect(connection.client.isComplete(1))
        #expect(connection.client.fields(1)?["content-length"] == "1")
        #expect(connection.client.body(1).isEmpty)
        #expect(producer.begun == 0)
    }

    @Test func `an error in the middle resets the stream and nothing else`() throws {
        let producer = TestProducer([piece("a"), .fail])
        let connection = try connection(["/": producer])
        try connection.send(Client.get(1))
        #expect(connection.client.text(1) == "a")
        #expect(connection.client.resetCode(1) == 2)
        #expect(producer.endings == [false])
        try connection.send(Client.get(3, "/x"))
        #expect(connection.client.text(3) == "/x")
    }

    @Test func `a failure as the first step resets a stream whose head has gone out`() throws {
        let producer = TestProducer([.fail])
        let connection = try connection(["/": producer])
        try connection.send(Client.get(1))
        #expect(connection.client.status(1) == "200")
        #expect(connection.client.body(1).isEmpty && connection.client.resetCode(1) == 2)
        #expect(producer.endings == [false])
    }

    @Test func `a body shorter than its length is a reset`() throws {
        let connection = try connection(["/": TestProducer([piece("a"), .end], length: 2)])
        try connection.send(Client.get(1))
        #expect(connection.client.fields(1)?["content-length"] == "2")
        #expect(connection.client.resetCode(1) == 2)
    }

    @Test func `a reset by the client ends the producer once`() throws {
        let producer = TestProducer([piece("a")])
        let connection = try connection(["/": producer])
        try connection.send(Client.get(1))
        try connection.send(Client.reset(1))
        #expect(producer.endings == [false])
        producer.add(piece("b"))
        connection.wait(.zero)
        try connection.channel.close().wait()
        #expect(producer.endings == [false])
        #expect(connection.records.all.map(\.bytes) == [1])
    }

    @Test func `a connection that goes away ends its producers once`() throws {
        let producer = TestProducer([piece("a")])
        let connection = try connection(["/": producer])
        try connection.send(Client.get(1))
        try connection.channel.close().wait()
        #expect(producer.endings == [false])
    }

    @Test func `the client's window holds the producer back, and a window never opened ends the stream`() throws {
        let producer = TestProducer(endless: ByteBuffer(repeating: 0x78, count: 10_000))
        let connection = try connection(["/": producer])
        try connection.send(Client.get(1))
        #expect(connection.client.body(1).count == 65_535)
        #expect(producer.asked == 7)
        try connection.send(Client.windowUpdate(0, 10_000), Client.windowUpdate(1, 10_000))
        #expect(connection.client.body(1).count == 75_535)
        #expect(producer.asked == 8)
        connection.wait(.seconds(29))
        #expect(connection.client.resetCode(1) == nil)
        connection.wait(.seconds(1))
        #expect(connection.client.resetCode(1) == 8)
        #expect(producer.endings == [false])
        #expect(connection.counters[.http2SlowReader] == 1)
        try connection.send(Client.windowUpdate(0, 10_000), Client.get(3, "/x"))
        #expect(connection.client.text(3) == "/x")
    }

    @Test func `heartbeats keep a silent stream and its connection`() throws {
        let producer = TestProducer(heartbeat: .seconds(15))
        let connection = try connection(["/": producer])
        try connection.send(Client.get(1))
        connection.wait(.seconds(15))
        #expect(connection.client.text(1) == ":\n")
        connection.wait(.seconds(45))
        #expect(connection.client.text(1) == ":\n:\n:\n:\n")
        #expect(connection.channel.isActive)
    }

    @Test func `a drain lets each producer have its last word, and then the connection ends`() throws {
        let producers = ["/a": TestProducer([piece("a")], lastWords: [piece("bye"), .end]), "/b": TestProducer()]
        let connection = try connection(producers)
        try connection.send(Client.get(1, "/a"), Client.get(3, "/b"))
        connection.drain()
        #expect(connection.client.text(1) == "abye")
        #expect(connection.client.isComplete(1))
        #expect(producers["/b"]?.drained == 1)
        connection.wait(.seconds(2))
        #expect(connection.client.goaways.count == 2)
        producers["/b"]?.add(.end)
        connection.wait(.zero)
        #expect(connection.client.isComplete(3))
        connection.wait(.seconds(2))
        #expect(!connection.channel.isActive)
    }

    @Test func `a client that takes all leaves the loop to others`() throws {
        let producer = TestProducer(endless: ByteBuffer(repeating: 0x78, count: 16_384))
        let connection = try connection(["/": producer])
        try connection.send(Client.windowUpdate(0, 1 << 24), Client.frame(4, [0, 4, 1, 0, 0, 0]))
        connection.channel.pipeline.fireChannelRead(ByteBuffer(bytes: Client.get(1)))
        connection.channel.pipeline.fireChannelReadComplete()
        #expect(producer.asked <= (HTTP2Handler.batchesPerTurn + 1) * 4)
        connection.channel.embeddedEventLoop.run()
        #expect(producer.asked > (HTTP2Handler.batchesPerTurn + 1) * 4)
    }
}
