import BursarHTTP
import NIOCore
import NIOPosix
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

/// Ready answers by path: what makes a warm read cheap. Each event loop has a table of its own, and reads it without a lock;
/// whether an entry is still true is one atomic load of its own flag, so nothing has to be sent from loop to loop. The shared
/// table behind it, under a *Mutex*, is touched once a loop and change. docs/decisions/0005 has the figures.
final class HotTable: Sendable {
    /// The entries that one event loop has seen. *Event loop.* Reached only through the thread-specific variable, so no two
    /// threads ever hold the same one: that is why it may be called Sendable.
    private final class LoopTable: @unchecked Sendable {
        var entries: [String: HotEntry] = [:]
    }

    private let loopTables = ThreadSpecificVariable<LoopTable>()
    private let shared = Mutex(Shared())

    private struct Shared {
        var entries: [String: HotEntry] = [:]
        var changes: UInt64 = 0
    }

    init() {}

    /// The answer for `path`, where one is held and still true.
    func entry(for path: String, now: NIODeadline) -> HotEntry? {
        let table = loopTable()
        if let entry = table.entries[path] {
            if entry.isCurrent(at: now) { return entry }
            table.entries[path] = nil
        }
        guard let entry = shared.withLock({ $0.entries[path] }), entry.isCurrent(at: now) else { return nil }
        table.entries[path] = entry
        return entry
    }

    /// How often anything has changed. Whoever renders an answer looks here first, and hands it to ``publish(_:for:since:)``.
    var changes: UInt64 { shared.withLock { $0.changes } }

    /// Keeps an answer, unless something changed since its rendering began: it may then show what was true before.
    ///
    /// Only canonical paths of configured accounts are kept, so that callers cannot make the table grow.
    /// - Returns: whether it was kept.
    func publish(_ entry: HotEntry, for path: String, since changes: UInt64) -> Bool {
        guard !path.utf8.contains(UInt8(ascii: "%")) else { return false }
        return shared.withLock { shared in
            guard shared.changes == changes else { return false }
            shared.entries[path] = entry
            return true
        }
    }

    /// What was held for these paths is no longer true, on any loop.
    func invalidate(_ paths: [String]) {
        shared.withLock { shared in
            shared.changes &+= 1
            for path in paths { shared.entries.removeValue(forKey: path)?.replay.validity.invalidate() }
        }
    }

    private func loopTable() -> LoopTable {
        if let table = loopTables.currentValue { return table }
        let table = LoopTable()
        loopTables.currentValue = table
        return table
    }
}
