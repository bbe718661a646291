import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

@Suite struct HTTP1DeadlineTests {
    @Test func `a head that does not come in time is answered 408`() throws {
        let connection = try EmbeddedConnection()
        connection.advance(.seconds(5))
        try connection.receive("GET / HTTP/1.1\r\n")
        connection.advance(.milliseconds(4_999))
        try connection.receive("Host: x\r\n")
        #expect(connection.isOpen)
        connection.advance(.milliseconds(1))
        #expect(try connection.sent().hasPrefix("HTTP/1.1 408 "))
        #expect(connection.counters[.headTimeout] == 1)
    }

    @Test func `a connection on which nothing comes is closed without a word`() throws {
        let connection = try EmbeddedConnection()
        connection.advance(.seconds(10))
        #expect(try connection.sent() == "")
        #expect(!connection.isOpen)
    }

    @Test func `a further head has its own time`() throws {
        let connection = try EmbeddedConnection()
        _ = try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.advance(.seconds(60))
        #expect(connection.isOpen)
        try connection.receive("G")
        connection.advance(.seconds(9))
        #expect(connection.isOpen)
        connection.advance(.seconds(1))
        #expect(try connection.sent().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `a body has its own time`() throws {
        let connection = try EmbeddedConnection()
        try connection.receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
        connection.advance(.seconds(29))
        #expect(connection.isOpen)
        connection.advance(.seconds(1))
        #expect(try connection.sent().hasPrefix("HTTP/1.1 408 "))
        #expect(connection.counters[.bodyTimeout] == 1)
    }

    @Test func `an idle connection is closed, and each request puts that off`() throws {
        let connection = try EmbeddedConnection()
        for _ in 0..<3 {
            _ = try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.advance(.seconds(74))
            #expect(connection.isOpen)
        }
        connection.advance(.seconds(1))
        #expect(!connection.isOpen)
        #expect(connection.counters[.idleTimeout] == 1)
    }

    @Test func `a head that begins behind a whole request does not inherit that request's time`() throws {
        let connection = try EmbeddedConnection()
        connection.advance(.milliseconds(9_900))
        #expect(try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET").hasPrefix("HTTP/1.1 200"))
        connection.advance(.milliseconds(9_999))
        #expect(connection.isOpen)
        connection.advance(.milliseconds(1))
        #expect(try connection.sent().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `a peer that takes nothing for its time is closed`() throws {
        let connection = try EmbeddedConnection()
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        #expect(try connection.answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n") == "")
        connection.advance(.seconds(30))
        #expect(!connection.isOpen)
        #expect(connection.counters[.writeStall] == 1)
    }

    @Test func `a peer that reads again is answered and kept`() throws {
        let connection = try EmbeddedConnection()
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        #expect(try connection.answer("GET /a HTTP/1.1\r\nHost: x\r\n\r\n") == "")
        connection.advance(.seconds(29))
        connection.channel.isWritable = true
        connection.channel.pipeline.fireChannelWritabilityChanged()
        #expect(try connection.sent().hasSuffix("/a"))
        connection.advance(.seconds(74))
        #expect(connection.isOpen)
    }

    @Test func `a peer that reads again while an answer is made is kept however long that takes`() throws {
        let wait = TestWait()
        let connection = try EmbeddedConnection { _ in .after(wait) { Response(status: 200, text: "a") } }
        try connection.receive("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for isWritable in [false, true] {
            connection.channel.isWritable = isWritable
            connection.channel.pipeline.fireChannelWritabilityChanged()
        }
        connection.advance(.minutes(5))
        wait.end()
        connection.advance(.zero)
        #expect(try connection.sent().hasPrefix("HTTP/1.1 200"))
    }
}
