import NIOCore
import Synchronization

@testable import BursarHTTP

/// Gives the steps it was told and writes down what it hears. Without a step left it waits. *Mutex.*
final class TestProducer: BodyProducer {
    private struct State {
        var steps: [BodyStep]
        var lastWords: [BodyStep] = []
        var waker: BodyWaker?
        var asked = 0
        var begun = 0
        var drained = 0
        var endings: [Bool] = []
    }

    let length: Int?
    let heartbeatInterval: TimeAmount?
    private let state: Mutex<State>
    /// What it always has when `steps` are used up; nil: it waits.
    private let endless: ByteBuffer?

    init(
        _ steps: [BodyStep] = [], length: Int? = nil, heartbeat: TimeAmount? = nil, lastWords: [BodyStep] = [],
        endless: ByteBuffer? = nil
    ) {
        (self.length, heartbeatInterval, self.endless) = (length, heartbeat, endless)
        state = Mutex(State(steps: steps, lastWords: lastWords))
    }

    var asked: Int { state.withLock { $0.asked } }
    var begun: Int { state.withLock { $0.begun } }
    var drained: Int { state.withLock { $0.drained } }
    /// What `ended` said, each time.
    var endings: [Bool] { state.withLock { $0.endings } }

    func begin(_ waker: BodyWaker) {
        state.withLock {
            $0.begun += 1
            $0.waker = waker
        }
    }

    func next() -> BodyStep {
        state.withLock {
            $0.asked += 1
            return $0.steps.isEmpty ? endless.map { .piece($0) } ?? .wait : $0.steps.removeFirst()
        }
    }

    func heartbeat() -> ByteBuffer? { ByteBuffer(string: ":\n") }

    func drain() {
        state.withLock {
            $0.drained += 1
            $0.steps += $0.lastWords
        }
    }

    func ended(isComplete: Bool) { state.withLock { $0.endings.append(isComplete) } }

    /// Has more to say, and says so.
    func add(_ steps: BodyStep...) {
        let waker = state.withLock {
            $0.steps += steps
            return $0.waker
        }
        waker?.wake()
    }
}

func piece(_ text: String) -> BodyStep { .piece(ByteBuffer(string: text)) }
