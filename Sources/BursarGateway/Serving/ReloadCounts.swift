import BursarModel
import Synchronization

/// How reloads ended, for `/metrics` and `/v1/status`. *Mutex*; any thread.
final class ReloadCounts: Sendable {
    struct State: Sendable, Equatable {
        var applied = 0
        var refused = 0
        /// When the configuration in force was put in force.
        var loadedAt: WallTime
        /// When a reload ended last; nil where there was none.
        var lastAt: WallTime?
        /// Why the last one was refused; empty where it was not. What is in force is not what the file says then.
        var problems: [String] = []

        var lastWasRefused: Bool { !problems.isEmpty }
    }

    private let state: Mutex<State>

    init(startedAt: WallTime) { state = Mutex(State(loadedAt: startedAt)) }

    var value: State { state.withLock { $0 } }

    func applied(at now: WallTime) {
        state.withLock { state in
            state.applied += 1
            state.loadedAt = now
            state.lastAt = now
            state.problems = []
        }
    }

    /// - Parameter problems: at least one; without a key in it, as the answer to the reload has them.
    func refused(at now: WallTime, _ problems: [String]) {
        state.withLock { state in
            state.refused += 1
            state.lastAt = now
            state.problems = problems
        }
    }
}
