import BursarBasics
import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

private typealias Client = HTTP2TestClient

/// What becomes of answers that the client has not taken yet.
@Suite struct HTTP2UntakenAnswersTests {
    private let connection: HTTP2TestConnection
    private let peer = UntakenBytes()

    init() throws {
        connection = try HTTP2TestConnection { _ in textReply("x") }
        try connection.channel.pipeline.syncOperations.addHandler(peer, position: .first)
    }

    private func becomes(writable: Bool) {
        connection.channel.isWritable = writable
        connection.channel.pipeline.fireChannelWritabilityChanged()
    }

    @Test func `a drain's last bytes have the time of a write, and the linger time comes behind it`() throws {
        try connection.send(Client.get(1))
        connection.drain()
        connection.wait(.seconds(1))  // for an answer to the PING
        connection.wait(.seconds(20))
        #expect(connection.channel.isActive)
        peer.take()
        connection.collect()
        #expect(connection.client.text(1) == "x" && connection.client.goaways.count == 2)
        connection.wait(.milliseconds(2_100))
        #expect(!connection.channel.isActive && connection.counters[.writeStall] == 0)
    }

    @Test func `a drain does not wait for longer than a write may take`() throws {
        try connection.send(Client.get(1))
        connection.drain()
        connection.wait(.seconds(1))
        connection.wait(.seconds(31))
        #expect(!connection.channel.isActive)
        #expect(connection.counters[.writeStall] == 1)
    }

    @Test func `a client that takes a little is slow, and one that takes nothing is gone`() throws {
        try connection.send(Client.get(1))
        becomes(writable: false)
        connection.wait(.seconds(29))
        peer.take(goesOn: false)
        connection.wait(.seconds(2))
        #expect(connection.channel.isActive)
        connection.wait(.seconds(31))
        #expect(!connection.channel.isActive)
        #expect(connection.counters[.writeStall] == 1)
    }

    @Test func `a frame whose rest we do not read is not late, and has its time again when we do`() throws {
        let request = Client.get(3)
        try connection.send(Client.get(1), Array(request.dropLast()))
        becomes(writable: false)
        connection.channel.pipeline.read()
        connection.wait(.seconds(11))
        #expect(connection.channel.isActive && connection.counters[.headTimeout] == 0)
        peer.take()
        becomes(writable: true)
        connection.wait(.seconds(9))
        try connection.send([request[request.count - 1]])
        #expect(connection.client.text(3) == "x")

        try connection.send(Array(Client.get(5).dropLast()))
        connection.wait(.seconds(11))
        #expect(connection.counters[.headTimeout] == 1)
    }

    @Test func `a frame that is not ended once we read again is late`() throws {
        try connection.send(Array(Client.get(1).dropLast()))
        becomes(writable: false)
        connection.channel.pipeline.read()
        connection.wait(.seconds(20))
        peer.take()
        becomes(writable: true)
        connection.wait(.seconds(9))
        #expect(connection.counters[.headTimeout] == 0)
        connection.wait(.seconds(2))
        #expect(connection.counters[.headTimeout] == 1)
    }
}
