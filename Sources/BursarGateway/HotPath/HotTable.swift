import BursarHTTP
import NIOCore
import Synchronization

/// An answer that stands ready, and how long it may be given. *Immutable; any thread.*
final class HotEntry: Sendable {
    let response: PreparedResponse
    let replay: Replay
    /// The header, in lower case, in which a caller may send a credential of its own; this answer is then not for it. Nil: there is none.
    let credentialHeader: String?
    /// The other one, where a provider takes two. Not in a list with the first: the hits of all other providers would pay for it.
    let secondCredentialHeader: String?

    /// - Parameter credentialHeaders: at most two, as ``AuthPlan/headerNames`` has them.
    init(response: PreparedResponse, replay: Replay, credentialHeaders: [String] = []) {
        self.response = response
        self.replay = replay
        credentialHeader = credentialHeaders.first
        secondCredentialHeader = credentialHeaders.dropFirst().first
    }

    func isCurrent(at now: NIODeadline) -> Bool { replay.validity.isCurrent && now < replay.until }
}

/// The ready answers of one ``Scope`` by path. *Mutex*; any thread. An event loop reads each entry here once and then keeps it in its
/// ``LoopView``, until the entry ends.
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

    /// The answer that another caller got who waited for the same calls; nil where it may no longer be given.
    func waited(for path: String, now: NIODeadline) -> HotEntry? {
        state.withLock { $0.waited[path] }.flatMap { $0.isCurrent(at: now) ? $0 : nil }
    }

    /// How often anything has changed. Whoever renders an answer reads this first and hands it to ``publish(_:for:since:waited:)``.
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
                // The replaced entry must end now: connections may still repeat it, and nobody finds it any more.
                state.entries.updateValue(entry, forKey: path)?.replay.validity.invalidate()
            }
            return true
        }
    }

    /// Ends the ready answers for these paths, on every event loop.
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
