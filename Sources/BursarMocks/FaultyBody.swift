internal import BursarHTTP
internal import NIOCore
internal import Synchronization

/// The body of a mock's answer that breaks off, stops or comes in drops: its length is promised whole. *Mutex; any thread.*
final class FaultyBody: BodyProducer {
    private struct State {
        /// How much may be sent by now.
        var allowed: Int
        var sent = 0
        var waker: BodyWaker?
        var dripping: Task<Void, Never>?
    }

    private let body: ByteBuffer
    private let ending: MockAnswer.Ending
    private let clock: any Clock<Duration>
    private let state: Mutex<State>

    var length: Int? { body.readableBytes }

    /// - Parameter clock: what drops wait by.
    init(_ body: [UInt8], ending: MockAnswer.Ending, clock: any Clock<Duration>) {
        (self.body, self.ending, self.clock) = (ByteBuffer(bytes: body), ending, clock)
        let allowed =
            switch ending {
            case .complete: body.count
            case .hang, .reset: 0
            case .truncated(let count), .stalled(let count): min(max(0, count), body.count)
            case .dripped(let count, _): min(max(1, count), body.count)
            }
        state = Mutex(State(allowed: allowed))
    }

    func begin(_ waker: BodyWaker) { state.withLock { $0.waker = waker } }

    func next() -> BodyStep {
        state.withLock { state in
            if let piece = body.getSlice(at: body.readerIndex + state.sent, length: state.allowed - state.sent),
                piece.readableBytes > 0
            {
                state.sent = state.allowed
                return .piece(piece)
            }
            switch ending {
            case .complete: return .end
            case .reset, .truncated: return .fail
            case .hang, .stalled: return .wait
            case .dripped(let count, let interval):
                guard state.sent < body.readableBytes else { return .end }
                state.dripping = state.dripping ?? drip(max(1, count), every: interval)
                return .wait
            }
        }
    }

    func ended(isComplete: Bool) {
        state.withLock { state in
            state.dripping?.cancel()
            (state.dripping, state.waker) = (nil, nil)
        }
    }

    private func drip(_ count: Int, every interval: Duration) -> Task<Void, Never> {
        Task { [clock] in
            try? await clock.sleep(for: interval)
            let waker = state.withLock { state in
                state.allowed = min(state.allowed + count, body.readableBytes)
                state.dripping = nil
                return state.waker
            }
            waker?.wake()
        }
    }
}
