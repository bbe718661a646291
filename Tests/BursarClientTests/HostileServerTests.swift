import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BursarClient

/// What a server can do to a client over a socket: the faults C2, C3, C14, C15 and C16.
@Suite(.timeLimit(.minutes(1)))
struct HostileServerTests {
    /// Moved by tests: what connections' ages are told by.
    private final class Clock: Sendable {
        private let value = Mutex(ConnectionTime(uptime: 0, running: 0))
        var now: ConnectionTime { value.withLock { $0 } }
        func advance(_ duration: Duration, suspended: Duration = .zero) {
            value.withLock {
                $0.uptime += Int64((duration + suspended) / .nanoseconds(1))
                $0.running += Int64(duration / .nanoseconds(1))
            }
        }
    }

    private let clock = Clock()

    private func client(_ group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) -> HTTPClient {
        HTTPClient(group: group, settings: ClientSettings(tls: ClientTLS()), clock: { [clock] in clock.now })
    }

    private func request(_ server: WireServer, key: String) throws -> ClientRequest {
        ClientRequest(url: try #require(RequestURL("http://127.0.0.1:\(server.port)/")), fields: [("x-key", key)])
    }

    private func ask(_ client: HTTPClient, _ server: WireServer, _ key: String, timeout: Duration? = nil) async throws -> String {
        switch await client.execute(try request(server, key: key), timeout: timeout) {
        case .response(let response): response.fault?.rawValue ?? String(decoding: response.body, as: UTF8.self)
        case .failed(let error): error.fault.rawValue
        }
    }

    @Test func `calls one after another share a connection, and calls at once do not`() async throws {
        let server = try await WireServer { WireServer.ok($0) }
        let client = client()
        for key in ["a", "b", "c"] { #expect(try await ask(client, server, key) == key) }
        #expect(server.connections == 1)
        async let first = ask(client, server, "x")
        async let second = ask(client, server, "y")
        #expect(try await [first, second] == ["x", "y"])
        client.shutdown()
        await server.stop()
    }

    @Test func `C16: half an answer on a kept connection is nobody's answer`() async throws {
        let server = try await WireServer { key in key == "a" ? WireServer.ok("a") : key == "b" ? WireServer.ok("b") : nil }
        let client = client()
        #expect(try await ask(client, server, "a") == "a")
        await server.send("HTTP/1.1 200 OK\r\nContent-Len", on: 0)
        await server.wait(for: .closed(0))
        #expect(try await ask(client, server, "b") == "b")
        #expect(server.connections == 2)
        client.shutdown()
        await server.stop()
    }

    @Test func `C16: bytes that lie unread in the socket when the next request comes are nobody's answer`() async throws {
        let server = try await WireServer { WireServer.ok($0) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = client(group)
        #expect(try await ask(client, server, "a") == "a")
        // The client's only event loop stands still until the bytes are there and the next request waits for it.
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        group.next().execute {
            entered.signal()
            gate.wait()
        }
        entered.wait()
        await server.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n666", on: 0)
        let next = Task { try await ask(client, server, "b") }
        // The request is behind the gate once this is: both go through the loop's queue.
        while client.lentForTests == 0 { await Task.yield() }
        gate.signal()
        #expect(try await next.value == "b")
        client.shutdown()
        await server.stop()
        try await group.shutdownGracefully()
    }

    @Test func `C16: what comes behind an answer costs the connection`() async throws {
        let server = try await WireServer { WireServer.ok($0) + (($0 == "a") ? "HTTP/1.1 200 OK\r\n" : "") }
        let client = client()
        for key in ["a", "b"] { #expect(try await ask(client, server, key) == key) }
        await server.wait(for: .closed(0))
        client.shutdown()
        await server.stop()
    }

    @Test func `C2: a connection on which a call timed out is not lent again, and the next call is well`() async throws {
        let server = try await WireServer { $0 == "deaf" ? nil : WireServer.ok($0) }
        let client = client()
        #expect(try await ask(client, server, "a") == "a")
        #expect(try await ask(client, server, "deaf", timeout: .milliseconds(500)) == "timeout")
        await server.wait(for: .closed(0))
        #expect(try await ask(client, server, "b") == "b")
        #expect(server.connections == 2)
        client.shutdown()
        await server.stop()
    }

    @Test func `a server that accepts and never begins TLS is told from one that does not accept`() async throws {
        let server = try await WireServer()
        var settings = ClientSettings(tls: ClientTLS(authorities: []))
        settings.handshakeTimeout = .milliseconds(50)
        let client = HTTPClient(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
        let request = ClientRequest(url: try #require(RequestURL("https://127.0.0.1:\(server.port)/")))
        guard case .failed(let error) = await client.execute(request, timeout: nil) else {
            Issue.record("nobody can have answered")
            return
        }
        #expect(error == ClientError(.handshakeTimeout))
        await server.wait(for: .closed(0))
        client.shutdown()
        await server.stop()
    }

    @Test func `C2: a cancelled call ends, and its connection with it`() async throws {
        let server = try await WireServer {
            $0 == "deaf" ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" : WireServer.ok($0)
        }
        let client = client()
        let call = Task { try await ask(client, server, "deaf") }
        await server.wait(for: .asked(0, key: "deaf"))
        call.cancel()
        #expect(try await call.value == "cancelled")
        await server.wait(for: .closed(0))
        #expect(try await ask(client, server, "b") == "b")
        client.shutdown()
        await server.stop()
    }

    @Test(arguments: ["age", "idle", "suspension", "reload"])
    func `C2, C3: a kept connection is not lent again after its time, a suspension or a reload`(why: String) async throws {
        let server = try await WireServer { WireServer.ok($0) }
        let client = client()
        #expect(try await ask(client, server, "a") == "a")
        switch why {
        case "age":
            for _ in 0..<6 {
                clock.advance(.seconds(50))
                #expect(try await ask(client, server, "x") == "x")
            }
            #expect(server.connections == 2)
        case "idle": clock.advance(.seconds(61))
        case "suspension": clock.advance(.seconds(1), suspended: .seconds(2))
        default: client.retireConnections()
        }
        #expect(try await ask(client, server, "b") == "b")
        await server.wait(for: .closed(0))
        #expect(server.connections == 2)
        client.shutdown()
        await server.stop()
    }

    /// C14 over HTTP/1.1: whatever is without an end ends by a count of bytes.
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n", "a: b\r\n", "bad_http"),
        ("HTTP/1.1 200 OK\r\nx: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bad_http"),
        ("", "HTTP/1.1 103 Early Hints\r\n\r\n", "bad_http"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", "truncated"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "a: b\r\n", "truncated"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "ffff\r\n" + String(repeating: "x", count: 0xFFFF) + "\r\n",
            "body_too_large"
        ),
        ("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "body_too_large")
    ])
    func `C14: heads, chunks, trailers and bodies without an end are ended`(start: String, again: String, fault: String)
        async throws
    {
        let server = try await WireServer()
        let client = client()
        let call = Task { try await ask(client, server, "a", timeout: .seconds(50)) }
        await server.wait(for: .asked(0, key: "a"))
        await server.send(start, on: 0)
        let flood = Task {
            let piece = String(repeating: again, count: max(1, 65_536 / again.utf8.count))
            while !Task.isCancelled { await server.send(piece, on: 0) }
        }
        #expect(try await call.value == fault)
        await server.wait(for: .closed(0))
        flood.cancel()
        await flood.value
        client.shutdown()
        await server.stop()
    }

    @Test func `C15: a shutdown waits for nobody: a silent server, a half answer, a connection that is kept`() async throws {
        let server = try await WireServer { $0 == "ok" ? WireServer.ok("ok") : $0 == "half" ? "HTTP/1.1 200" : nil }
        let client = client()
        let silent = Task { try await ask(client, server, "silent") }
        await server.wait(for: .asked(0, key: "silent"))
        let half = Task { try await ask(client, server, "half") }
        await server.wait(for: .asked(1, key: "half"))
        #expect(try await ask(client, server, "ok") == "ok")
        client.shutdown()
        #expect(try await silent.value == "cancelled")
        #expect(try await half.value == "cancelled")
        for index in 0..<3 { await server.wait(for: .closed(index)) }
        #expect(try await ask(client, server, "late") == "cancelled")
        await server.stop()
    }

    @Test func `at most so many connections; further calls wait for their turn, and leave it when they are cancelled`()
        async throws
    {
        let server = try await WireServer()
        let client = HTTPClient(
            group: MultiThreadedEventLoopGroup.singleton, settings: ClientSettings(tls: ClientTLS(), connectionsPerOrigin: 1))
        let first = Task { try await ask(client, server, "first") }
        await server.wait(for: .asked(0, key: "first"))
        let gone = Task { try await ask(client, server, "gone") }
        let second = Task { try await ask(client, server, "second") }
        while client.waitingForTests < 2 { await Task.yield() }
        gone.cancel()
        #expect(try await gone.value == "cancelled")
        await server.send(WireServer.ok("1"), on: 0)
        #expect(try await first.value == "1")
        await server.wait(for: .asked(0, key: "second"))
        await server.send(WireServer.ok("2"), on: 0)
        #expect(try await second.value == "2")
        #expect(server.connections == 1)
        client.shutdown()
        await server.stop()
    }

    @Test func `a call that is given up while a connection closes takes no place with it`() async throws {
        let server = try await WireServer()
        let client = HTTPClient(
            group: MultiThreadedEventLoopGroup.singleton, settings: ClientSettings(tls: ClientTLS(), connectionsPerOrigin: 1))
        for turn in 0..<200 {
            let first = Task { try await ask(client, server, "first\(turn)") }
            while client.lentForTests == 0 { await Task.yield() }
            let second = Task { try await ask(client, server, "second\(turn)") }
            while client.waitingForTests < 1 { await Task.yield() }
            // The one closes its connection, the other leaves its turn.
            first.cancel()
            second.cancel()
            _ = try await (first.value, second.value)
            while !client.isEmptyForTests { await Task.yield() }
        }
        client.shutdown()
        await server.stop()
    }
}
