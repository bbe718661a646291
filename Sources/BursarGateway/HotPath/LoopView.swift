import NIOCore
import NIOPosix
import Synchronization

/// What one event loop knows without asking any other: the configuration in force, and the ready answers that it has seen.
/// *Event loop.* Reached only through the thread-specific variable of ``CurrentServing``, so no two threads ever hold the same one:
/// that is why it may be called Sendable.
///
/// A hit costs no lock: whether an entry is still true is one atomic load of its own flag, so nothing has to be sent from loop to
/// loop. docs/decisions/0005 has the figures.
final class LoopView: @unchecked Sendable {
    let serving: Serving
    private let number: UInt64
    /// By scope, as ``Serving/scopes`` has them.
    private var entries: [[String: HotEntry]]

    fileprivate init(_ serving: Serving, number: UInt64) {
        self.serving = serving
        self.number = number
        entries = Array(repeating: [:], count: serving.scopes.count)
    }

    /// The answer for `path` within a scope, where one is held and still true.
    func entry(for path: String, in scope: Int, now: NIODeadline) -> HotEntry? {
        if let entry = entries[scope][path] {
            if entry.isCurrent(at: now) { return entry }
            entries[scope][path] = nil
        }
        guard let entry = serving.scopes[scope].hot[path], entry.isCurrent(at: now) else { return nil }
        entries[scope][path] = entry
        return entry
    }

    fileprivate func isOf(_ number: UInt64) -> Bool { self.number == number }
}

/// The ``Serving`` in force. *Mutex* for whoever changes it or is not on an event loop; event loops read their own ``LoopView`` and
/// compare one atomic number.
final class CurrentServing: Sendable {
    private struct State {
        var serving: Serving
        var number: UInt64
    }

    private let state: Mutex<State>
    private let number: Atomic<UInt64>

    /// One variable for all instances, because a thread's value is never freed before the thread ends and the system has some
    /// thousand variables: where several gateways run in a process, as in tests, they take turns.
    private static let views = ThreadSpecificVariable<LoopView>()
    /// No two configurations of a process have the same number, so it tells instances apart, too.
    private static let numbers = Atomic<UInt64>(0)

    init(_ serving: Serving) {
        let first = Self.nextNumber()
        state = Mutex(State(serving: serving, number: first))
        number = Atomic(first)
    }

    var value: Serving { state.withLock { $0.serving } }

    /// The view of this thread, up to date.
    func view() -> LoopView {
        if let view = Self.views.currentValue, view.isOf(number.load(ordering: .acquiring)) { return view }
        let state = state.withLock { $0 }
        let view = LoopView(state.serving, number: state.number)
        Self.views.currentValue = view
        return view
    }

    /// Puts another in force: requests from here on get it. Ready answers of the old one end.
    /// - Returns: the old one.
    func replace(with serving: Serving) -> Serving {
        let next = Self.nextNumber()
        let old = state.withLock { state in
            let old = state.serving
            state = State(serving: serving, number: next)
            number.store(next, ordering: .releasing)
            return old
        }
        for scope in old.scopes { scope.hot.close() }
        old.rows.close()
        return old
    }

    private static func nextNumber() -> UInt64 { numbers.wrappingAdd(1, ordering: .relaxed).newValue }
}
