import NIOCore
import Testing

@testable import BursarHTTP

@Suite struct StreamStateTests {
    private let start = NIODeadline.uptimeNanoseconds(7_000_000_000)

    private func state(length: Int? = nil, heartbeat: TimeAmount? = nil) -> StreamState {
        StreamState(length: length, heartbeatInterval: heartbeat, stallTime: .seconds(30), now: start)
    }

    @Test func `a piece is owed until it is taken`() {
        var state = state()
        #expect(state.produced(piece("a")) == .write(ByteBuffer(string: "a")))
        #expect(state.phase == .writing)
        let wasWaiting = state.woken(now: start)
        #expect(!wasWaiting)
        state.taken(now: start + .seconds(1))
        #expect(state.phase == .ready)
        #expect(state.deadline == start + .seconds(31))
    }

    @Test func `waiting for the producer has no limit`() {
        var state = state()
        #expect(state.produced(.wait) == .none)
        #expect(state.phase == .waiting)
        #expect(state.deadline == .distantFuture)
        #expect(state.due(now: start + .hours(100)) == .nothing)
        let wasWaiting = state.woken(now: start + .hours(100))
        #expect(wasWaiting)
        #expect(state.deadline == start + .hours(100) + .seconds(30))
    }

    @Test func `a client that takes nothing is cut off, and one that takes something is not`() {
        var state = state()
        _ = state.produced(piece("ab"))
        state.moved(now: start + .seconds(29))
        #expect(state.due(now: start + .seconds(30)) == .nothing)
        #expect(state.due(now: start + .seconds(59)) == .stalled)
        #expect(state.phase == .over)
        #expect(!state.isFinished)
    }

    @Test func `heartbeats fall on multiples of their interval, and only while the producer waits`() {
        var state = state(heartbeat: .seconds(5))
        #expect(state.produced(.wait) == .none)
        #expect(state.deadline == .uptimeNanoseconds(10_000_000_000))
        #expect(state.due(now: start + .seconds(3)) == .heartbeat)
        #expect(state.phase == .ready)
        _ = state.produced(piece("x"))
        #expect(state.deadline == .uptimeNanoseconds(15_000_000_000))
        #expect(state.due(now: start + .seconds(8)) == .nothing)
        #expect(state.phase == .writing)
    }

    @Test func `a promised length is kept or the body has failed`() {
        var short = state(length: 3)
        _ = short.produced(piece("ab"))
        short.taken(now: start)
        #expect(short.produced(.end) == .fail)
        var long = state(length: 3)
        #expect(long.produced(piece("abcd")) == .fail)
        var exact = state(length: 3)
        _ = exact.produced(piece("abc"))
        exact.taken(now: start)
        #expect(exact.produced(.end) == .finish)
        #expect(exact.isFinished)
    }

    @Test func `an empty piece is skipped`() {
        var state = state()
        #expect(state.produced(piece("")) == .none)
        #expect(state.phase == .ready)
    }
}
