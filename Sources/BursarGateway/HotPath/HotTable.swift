import BursarHTTP
import NIOCore
import Synchronization

/// An answer that stands ready, and how long it is true. *Immutable; any thread.*
final class HotEntry: Sendable {
    let response: PreparedResponse
    let replay: Replay
    /// Lower-case name of the header that would make a request somebody else's: a caller's own credential. Nil: none.
    let credentialHeader: String?

    init(response: PreparedResponse, replay: Replay, credentialHeader: String? = nil) {
        self.response = response
        self.replay = replay
        self.credentialHeader = credentialHeader
    }

    func isCurrent(at now: NIODeadline) -> Bool { replay.validity.isCurrent && now < replay.until }
}

/// The ready answers of one ``Scope`` by path. *Mutex*; any thread. Event loops read it once an entry and change, through
/// their own ``LoopView``.
final class HotTable: Sendable {
    private struct State {
        var entries: [String: HotEntry] = [:]
        /// Same entries, with the Cache-Status for callers that waited for a call.
        var waited: [String: HotEntry] = [:]
        var changes: UInt64 = 0
        /// Its configuration is no longer in force: nothing is kept any more.
        var isClosed = false
    }

    private let state = Mutex(State())

    init() {}

    subscript(path: String) -> HotEntry? { state.withLock { $0.entries[path] } }

    /// What another caller, who waited for the same calls, was answered; where that is still true.
    func waited(for path: String, now: NIODeadline) -> HotEntry? {
        state.withLock { $0.waited[path] }.flatMap { $0.isCurrent(at: now) ? $0 : nil }
    }

    /// How often anything has changed. Whoever renders an answer looks here first, and hands it to ``publish(_:for:since:)``.
    var changes: UInt64 { state.withLock { $0.changes } }

    /// Keeps an answer, unless something changed since its rendering began: it may then show what was true before.
    ///
    /// Only canonical paths of configured accounts are kept, so that callers cannot make the table grow.
    /// - Parameter waited: it is for callers who waited.
    /// - Returns: whether it was kept.
    @discardableResult
    func publish(_ entry: HotEntry, for path: String, since changes: UInt64, waited: Bool = false) -> Bool {
        guard !path.utf8.contains(UInt8(ascii: "%")) else { return false }
        return state.withLock { state in
            guard state.changes == changes, !state.isClosed else { return false }
            if waited {
                state.waited[path] = entry
            } else {
                // Nobody could end the one before any more, and connections may still repeat it.
                state.entries.updateValue(entry, forKey: path)?.replay.validity.invalidate()
            }
            return true
        }
    }

    /// What was held for these paths is no longer true, on any loop.
    func invalidate(_ paths: [String]) {
        state.withLock { state in
            state.changes &+= 1
            for path in paths {
                state.entries.removeValue(forKey: path)?.replay.validity.invalidate()
                state.waited.removeValue(forKey: path)
            }
        }
    }

    /// Ends every answer that is kept, also those that connections repeat by themselves: none is to be trusted any more.
    func clear() {
        state.withLock { state in
            state.changes &+= 1
            for entry in state.entries.values { entry.replay.validity.invalidate() }
            (state.entries, state.waited) = ([:], [:])
        }
    }

    /// Ends every answer that was ever kept, also those that connections repeat by themselves: another configuration is in force.
    func close() {
        state.withLock { state in
            state.isClosed = true
            for entry in state.entries.values { entry.replay.validity.invalidate() }
            (state.entries, state.waited) = ([:], [:])
        }
    }
}
