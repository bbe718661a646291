import NIOCore
import NIOEmbedded
import Testing

@testable import BursarHTTP

@Suite struct FaultyEndingTests {
    private let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private func connection(_ ending: Response.Ending, delay: TimeAmount? = nil) throws -> EmbeddedConnection {
        try EmbeddedConnection { _ in
            var response = Response(status: 200, text: "hello")
            (response.ending, response.delay) = (ending, delay)
            return .now(response)
        }
    }

    @Test func `a delay holds back the answer and what comes behind it`() throws {
        let connection = try connection(.complete, delay: .milliseconds(300))
        #expect(try connection.answer(request + request) == "")
        connection.advance(.milliseconds(299))
        #expect(try connection.sent() == "")
        connection.advance(.milliseconds(1))
        #expect(try connection.sent().hasSuffix("hello"))
        connection.advance(.milliseconds(300))
        #expect(try connection.sent().hasSuffix("hello"))
        #expect(connection.isOpen)
    }

    @Test func `a hang says nothing and keeps the connection`() throws {
        let connection = try connection(.hang)
        #expect(try connection.answer(request) == "")
        connection.advance(.hours(1))
        #expect(try connection.sent() == "")
        #expect(connection.isOpen)
    }

    @Test func `a reset says nothing and ends the connection`() throws {
        let connection = try connection(.reset)
        #expect(try connection.answer(request) == "")
        #expect(!connection.isOpen)
    }

    @Test(arguments: [(0, ""), (2, "he"), (9, "hello"), (-1, "")])
    func `a cut body promises all and ends early`(count: Int, sent: String) throws {
        let connection = try connection(.truncated(after: count))
        let text = try connection.answer(request)
        #expect(text.contains("Content-Length: 5\r\n"))
        #expect(text.hasSuffix("\r\n\r\n" + sent))
        #expect(!connection.isOpen)
    }

    @Test func `a stalled body stays open`() throws {
        let connection = try connection(.stalled(after: 2))
        #expect(try connection.answer(request).hasSuffix("\r\n\r\nhe"))
        connection.advance(.hours(1))
        #expect(connection.isOpen)
    }

    @Test func `a dripping body comes piece by piece, and then the next answer`() throws {
        let connection = try connection(.dripped(bytes: 2, every: .milliseconds(10)))
        #expect(try connection.answer(request + request).hasSuffix("\r\n\r\nhe"))
        connection.advance(.milliseconds(10))
        #expect(try connection.sent() == "ll")
        connection.advance(.milliseconds(10))
        #expect(try connection.sent() == "o")
        connection.advance(.milliseconds(10))
        #expect(try connection.sent().hasSuffix("\r\n\r\nhe"))
    }
}
