import BursarBasics
import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

/// How connections end, and what bounds them until then.
@Suite struct HTTP2ConnectionLifeTests {
    @Test func `a drain says GOAWAY twice, serves what was under way and closes`() throws {
        let waits = [TestWait(), TestWait()]
        let connection = try HTTP2TestConnection { request in
            .after(waits[request.path == "/" ? 0 : 1]) { Response(status: 200, text: "slow") }
        }
        try connection.send(Client.get(1))
        connection.drain()
        #expect(connection.client.goaways.map(\.last) == [0x7FFF_FFFF])
        #expect(connection.client.goaways.map(\.code) == [0])
        // A request that was sent before the client heard of it.
        try connection.send(Client.get(3, "/second"))
        try connection.send(Client.ping(1))
        #expect(connection.client.goaways.map(\.last) == [0x7FFF_FFFF, 3])
        #expect(connection.channel.isActive)
        for wait in waits { wait.end() }
        connection.wait(.seconds(1))
        #expect(connection.client.text(1) == "slow")
        #expect(connection.client.text(3) == "slow")
        connection.wait(.seconds(5))
        #expect(!connection.channel.isActive)
    }

    @Test func `a client that does not answer the drain's PING is not waited for`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        connection.drain()
        connection.wait(.milliseconds(900))
        #expect(connection.client.goaways.count == 1)
        connection.wait(.milliseconds(200))
        #expect(connection.client.goaways.count == 2)
        connection.wait(.seconds(3))
        #expect(!connection.channel.isActive)
    }

    @Test func `a connection that had its share of requests is asked to go`() throws {
        var limits = ServerLimits()
        limits.requestsPerConnection = 2
        let connection = try HTTP2TestConnection(limits: limits) { _ in textReply("x") }
        try connection.send(Client.get(1))
        #expect(connection.client.goaways.isEmpty)
        try connection.send(Client.get(3))
        #expect(connection.client.text(3) == "x")
        #expect(connection.client.goaways.count == 1)
    }

    @Test func `an idle connection is told to go, a pinged one too, and one in use is not`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        connection.wait(.seconds(60))
        try connection.send(Client.get(1))
        connection.wait(.seconds(60))
        #expect(connection.client.goaways.isEmpty)
        try connection.send(Client.ping())
        connection.wait(.seconds(16))
        #expect(connection.client.goaways.map(\.code) == [0])
        connection.wait(.seconds(3))
        #expect(!connection.channel.isActive)
        #expect(connection.counters[.idleTimeout] == 1)
    }

    @Test func `a frame that never ends and a preface that never comes end the connection`() throws {
        let silent = try HTTP2TestConnection(greets: false) { _ in textReply("x") }
        silent.wait(.seconds(11))
        silent.wait(.seconds(3))
        #expect(!silent.channel.isActive)

        let connection = try HTTP2TestConnection { _ in textReply("x") }
        connection.wait(.seconds(30))
        #expect(connection.channel.isActive)
        try connection.send(Array(Client.get(1).dropLast()))
        connection.wait(.seconds(11))
        connection.wait(.seconds(3))
        #expect(!connection.channel.isActive)
        #expect(connection.counters[.headTimeout] == 1)
    }

    @Test func `a frame has its time from its own first byte, whatever was unfinished before it`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        let second = Array(Client.get(3).dropLast())
        try connection.send(Array(Client.get(1).dropLast()))
        connection.wait(.seconds(5))
        try connection.send([Client.get(1)[Client.get(1).count - 1]] + second)
        #expect(connection.client.status(1) == "200")
        connection.wait(.milliseconds(9_900))
        #expect(connection.client.goaways.isEmpty)
        connection.wait(.milliseconds(200))
        #expect(connection.client.goaways.map(\.code) == [0])
    }

    @Test func `a body that does not come is 408`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.send(Client.headers(1, Client.requestFields("POST"), endStream: false))
        connection.wait(.seconds(31))
        #expect(connection.client.status(1) == "408")
        #expect(connection.client.resetCode(1) == 0)
        try connection.send(Client.get(3))
        #expect(connection.client.status(3) == "200")
    }

    @Test func `a request whose head is arriving is not told that its body did not come`() throws {
        let connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.send(
            Client.headers(1, Client.requestFields("POST"), endStream: false), Client.frame(0, flags: 1, stream: 1, [1]))
        #expect(connection.client.status(1) == "200")
        connection.wait(.seconds(29))
        let next = Client.get(3)
        try connection.send(Array(next.dropLast()))
        connection.wait(.seconds(2))
        try connection.send(Array(next.suffix(1)))
        #expect(connection.client.status(3) == "200")
    }

    @Test func `a reader that takes nothing costs one piece of output, is not read from, and is closed`() throws {
        let connection = try HTTP2TestConnection { _ in .now(Response(status: 200, bytes: Array(repeating: 65, count: 1 << 20))) }
        // Windows as wide as they go, so that only the channel holds anything back.
        try connection.send(Client.frame(4, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF]), Client.windowUpdate(0, 0x7FFF_0000))
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        try connection.send((0..<100).flatMap { Client.get($0 * 2 + 1) })
        #expect(connection.client.decoded.isEmpty)
        connection.channel.isWritable = true
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.wait(.zero)  // so many batches take several turns of the loop
        #expect((0..<100).allSatisfy { connection.client.body($0 * 2 + 1).count == 1 << 20 })

        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.wait(.seconds(31))
        #expect(!connection.channel.isActive)
        #expect(connection.counters[.writeStall] == 1)
    }

    @Test func `a body waits for the client's window`() throws {
        let connection = try HTTP2TestConnection { _ in .now(Response(status: 200, bytes: Array(repeating: 65, count: 100_000))) }
        try connection.send(Client.get(1))
        #expect(connection.client.body(1).count == 65_535)
        try connection.send(Client.windowUpdate(0, 10))
        #expect(connection.client.body(1).count == 65_535)
        try connection.send(Client.windowUpdate(1, 10))
        #expect(connection.client.body(1).count == 65_545)
        try connection.send(Client.windowUpdate(0, 100_000), Client.windowUpdate(1, 100_000))
        #expect(connection.client.body(1).count == 100_000)
        #expect(connection.client.isComplete(1))
    }

    @Test func `an answer that closes its connection is followed by GOAWAY, and the rest of its read is served`() throws {
        // It once asked the library for output from inside the library's own callback.
        let connection = try HTTP2TestConnection { request in
            var response = Response(status: 200, text: "bye")
            response.closesConnection = request.path == "/last"
            return .now(response)
        }
        try connection.send(Client.get(1), Client.get(3, "/last"), Client.get(5))
        #expect([1, 3, 5].allSatisfy { connection.client.text($0) == "bye" })
        #expect(connection.client.goaways.count == 1)
    }

    @Test func `a session is freed with its connection, whatever was open`() throws {
        weak var handler: HTTP2Handler?
        do {
            let connection = try HTTP2TestConnection { _ in
                .now(Response(status: 200, producer: TestProducer([piece("0")], length: 10)))
            }
            handler = try connection.channel.pipeline.syncOperations.handler(type: HTTP2Handler.self)
            try connection.send(Client.get(1), Client.get(3), Client.headers(5, Client.requestFields("POST"), endStream: false))
            _ = try connection.channel.finish(acceptAlreadyClosed: true)
            #expect(connection.records.all.count == 2)
        }
        #expect(handler == nil)
    }

    @Test func `a write that fails in the middle of the output ends the connection and frees it once`() throws {
        // The closing channel lets go of the answers' memory while the library still has their fields queued.
        weak var handler: HTTP2Handler?
        do {
            let connection = try HTTP2TestConnection { request in
                .now(Response(status: 200, headers: ["x-own": request.target], bytes: Array(repeating: 65, count: 60_000)))
            }
            handler = try connection.channel.pipeline.syncOperations.handler(type: HTTP2Handler.self)
            try connection.send(Client.frame(4, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF]), Client.windowUpdate(0, 0x7FFF_0000))
            try connection.channel.pipeline.syncOperations.addHandler(FailingWriter(), position: .first)
            try connection.send((0..<100).flatMap { Client.get($0 * 2 + 1, "/\($0)") })
            #expect(!connection.channel.isActive)
            #expect(connection.records.all.count == 100)
        }
        #expect(handler == nil)
    }
}

/// Closes the channel at the first write, in the same call stack, as a socket that was reset does.
private final class FailingWriter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.ioOnClosedChannel)
        context.close(promise: nil)
    }
}
