import BursarModel
import Synchronization

/// How reloads ended, for `/metrics` and `/v1/status`. *Mutex*; any thread.
final class ReloadCounts: Sendable {
    struct State: Sendable, Equatable {
        var applied = 0
        var refused = 0
        /// When the configuration in force was put in force.
        var loadedAt: WallTime
        /// Whether the last attempt was refused: what is in force is not what the file says.
        var lastWasRefused = false
        /// Whether nobody had asked for that attempt: a key's file was written.
        fileprivate(set) var lastWasOfKeyFile = false
    }

    private let state: Mutex<State>

    init(startedAt: WallTime) { state = Mutex(State(loadedAt: startedAt)) }

    var value: State { state.withLock { $0 } }

    func applied(at now: WallTime) {
        state.withLock { state in
            state.applied += 1
            state.loadedAt = now
            state.lastWasRefused = false
        }
    }

    func refused(ofKeyFile: Bool) {
        state.withLock { state in
            state.refused += 1
            state.lastWasRefused = true
            state.lastWasOfKeyFile = ofKeyFile
        }
    }

    /// A key's file says again what is in force. Returns whether that ends a refusal; one of a reload that somebody asked for stays.
    func keyFileIsRight() -> Bool {
        state.withLock { state in
            guard state.lastWasRefused, state.lastWasOfKeyFile else { return false }
            state.lastWasRefused = false
            return true
        }
    }
}
