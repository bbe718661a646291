import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import BursarHTTP

@Suite(.timeLimit(.minutes(1))) struct WaitTests {
    @Test func `an answer that waits keeps its place, and is made on an event loop`() async throws {
        let wait = TestWait()
        try await withServer(
            respond: { request in
                guard request.path == "/waits" else { return .now(Response(status: 200, text: request.path)) }
                return .after(wait) {
                    Response(status: 200, text: MultiThreadedEventLoopGroup.currentEventLoop == nil ? "elsewhere" : "loop")
                }
            },
            { server async throws in
                let first = try await RawClient.connect(to: server)
                try await first.send("GET /waits HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n")
                let second = try await RawClient.connect(to: server)
                #expect(try await second.get("/b").hasSuffix("\r\n\r\n/b"))
                try await eventually { wait.hasBegun }
                wait.end()
                #expect(await first.response().hasSuffix("\r\n\r\nloop"))
                #expect(await first.response().hasSuffix("\r\n\r\n/a"))
                #expect(!wait.hasLeft)
            })
    }

    @Test func `a wait that is over before it began answers at once`() async throws {
        try await withServer(respond: { _ in .after(OverWait()) { Response(status: 200, text: "at once") } }) {
            server async throws in
            #expect(try await RawClient.connect(to: server).get("/").hasSuffix("\r\n\r\nat once"))
        }
    }

    @Test func `a client that leaves leaves its wait, and no answer is made for it`() async throws {
        let (wait, made, observer) = (TestWait(), TestCounter(), RecordingObserver())
        try await withServer(
            observer: observer,
            respond: { _ in
                .after(wait) {
                    made.add()
                    return Response(status: 200)
                }
            },
            { server async throws in
                let client = try await RawClient.connect(to: server)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                try await eventually { wait.hasBegun }
                await client.close()
                try await eventually { wait.hasLeft && observer.records.map(\.status) == [0] }
                #expect(server.counters[.clientLeft] == 1)
            })
        #expect(made.count == 0)
    }

    @Test func `a stream that is reset leaves its own wait alone`() throws {
        let waits = [TestWait(), TestWait()]
        let connection = try HTTP2TestConnection { request in
            let number = request.path == "/0" ? 0 : 1
            return .after(waits[number]) { Response(status: 200, text: "answer \(number)") }
        }
        try connection.send(HTTP2TestClient.get(1, "/0"), HTTP2TestClient.get(3, "/1"))
        #expect(waits.map(\.hasBegun) == [true, true])
        try connection.send(HTTP2TestClient.reset(1))
        #expect(waits.map(\.hasLeft) == [true, false])
        waits[1].end()
        connection.channel.embeddedEventLoop.run()
        connection.collect()
        #expect(connection.client.text(3) == "answer 1")
        #expect(connection.client.fields(1) == nil)
    }
}

/// A wait that the test ends. *Mutex; any thread.*
final class TestWait: Wait {
    private struct State {
        var hasBegun = false
        var hasLeft = false
        var ended: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var hasBegun: Bool { state.withLock { $0.hasBegun } }
    var hasLeft: Bool { state.withLock { $0.hasLeft } }

    func begin(_ ended: @escaping @Sendable () -> Void) { state.withLock { ($0.hasBegun, $0.ended) = (true, ended) } }

    func end() {
        let ended = state.withLock { state in
            defer { state.ended = nil }
            return state.ended
        }
        ended?()
    }

    func leave() {
        state.withLock { $0.hasLeft = true }
        end()
    }
}

/// Ends in `begin`. *Value.*
private struct OverWait: Wait {
    func begin(_ ended: @escaping @Sendable () -> Void) { ended() }
    func leave() {}
}
