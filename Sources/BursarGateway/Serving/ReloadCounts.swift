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
        /// Whether nobody had asked for that one: a key's file was written.
        fileprivate(set) var lastWasOfKeyFile = false

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

    /// - Parameters:
    ///   - problems: at least one; without a key in it, as the answer to the reload has them.
    ///   - ofKeyFile: nobody asked for it: a key's file was written.
    func refused(at now: WallTime, _ problems: [String], ofKeyFile: Bool) {
        state.withLock { state in
            state.refused += 1
            state.lastAt = now
            state.problems = problems
            state.lastWasOfKeyFile = ofKeyFile
        }
    }

    /// A key's file says again what is in force. Returns whether that ends a refusal; one of a reload that somebody asked for stays.
    func keyFileIsRight() -> Bool {
        state.withLock { state in
            guard state.lastWasRefused, state.lastWasOfKeyFile else { return false }
            state.problems = []
            return true
        }
    }
}
