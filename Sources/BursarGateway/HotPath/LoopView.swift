import BursarModel
import NIOCore
import NIOPosix
import Synchronization

/// What one event loop knows without asking any other: the configuration in force, and the ready answers that it has seen.
/// *Event loop.* Reached only through the thread-specific variable of ``CurrentConfiguration``, so no two threads ever hold the same one:
/// that is why it may be called Sendable.
///
/// A hit costs no lock: whether an entry is still true is one atomic load of its own flag, so nothing has to be sent from loop to
/// loop. docs/decisions/0005 has the figures.
final class LoopView: @unchecked Sendable {
    let active: ActiveConfiguration
    /// What the log says of this loop's requests.
    let accessLines = AccessLines()
    private let number: UInt64
    /// When ``CurrentConfiguration/view(at:)`` looks next whether the machine slept.
    fileprivate var nextLook = NIODeadline.uptimeNanoseconds(0)
    /// By scope, as ``ActiveConfiguration/scopes`` has them.
    private var entries: [[String: HotEntry]]

    fileprivate init(_ active: ActiveConfiguration, number: UInt64) {
        self.active = active
        self.number = number
        entries = Array(repeating: [:], count: active.scopes.count)
    }

    /// The answer for `path` within a scope, where one is held and still true.
    func entry(for path: String, in scope: Int, now: NIODeadline) -> HotEntry? {
        if let entry = entries[scope][path] {
            if entry.isCurrent(at: now) { return entry }
            entries[scope][path] = nil
        }
        guard let entry = active.scopes[scope].hot[path], entry.isCurrent(at: now) else { return nil }
        entries[scope][path] = entry
        return entry
    }

    fileprivate func isOf(_ number: UInt64) -> Bool { self.number == number }
}

/// The ``ActiveConfiguration`` in force. *Mutex* for whoever changes it or is not on an event loop; event loops read their own ``LoopView`` and
/// compare one atomic number.
final class CurrentConfiguration: Sendable {
    private struct State {
        var active: ActiveConfiguration
        var number: UInt64
    }

    private let state: Mutex<State>
    private let number: Atomic<UInt64>
    private let clock: @Sendable () -> Moment
    /// How far the clock of readings is ahead of the event loops' own, in nanoseconds, when that was looked at last.
    private let lead: Atomic<Int64>

    /// How often an event loop that gets requests looks, and so for how long at most an answer of before a suspension goes out after
    /// it. Connections repeat an answer by themselves for no longer.
    static let lookInterval = TimeAmount.seconds(1)
    /// A suspension is longer; two clocks read one after the other on a busy machine are not so far apart.
    private static let smallestJump = Duration.milliseconds(250).nanoseconds

    /// One variable for all instances, because a thread's value is never freed before the thread ends and the system has some
    /// thousand variables: where several gateways run in a process, as in tests, they take turns.
    private static let views = ThreadSpecificVariable<LoopView>()
    /// No two configurations of a process have the same number, so it tells instances apart, too.
    private static let numbers = Atomic<UInt64>(0)

    /// - Parameter clock: the one that readings are judged by.
    init(_ active: ActiveConfiguration, clock: @escaping @Sendable () -> Moment) {
        let first = Self.nextNumber()
        state = Mutex(State(active: active, number: first))
        number = Atomic(first)
        self.clock = clock
        lead = Atomic(Self.measuredLead(of: clock))
    }

    var value: ActiveConfiguration { state.withLock { $0.active } }

    /// The view of this thread, up to date.
    func view() -> LoopView {
        if let view = Self.views.currentValue, view.isOf(number.load(ordering: .acquiring)) { return view }
        let state = state.withLock { $0 }
        let view = LoopView(state.active, number: state.number)
        Self.views.currentValue = view
        return view
    }

    /// The view of this thread for a request that came `now`. Ready answers end here where the machine was suspended: their deadlines
    /// are an event loop's, which stand still meanwhile, while readings grow old (``SystemClock``). A hit pays a comparison.
    func view(at now: NIODeadline) -> LoopView {
        let view = view()
        if now >= view.nextLook {
            view.nextLook = now + Self.lookInterval
            lookWhetherMachineSlept()
        }
        return view
    }

    private func lookWhetherMachineSlept() {
        let lead = Self.measuredLead(of: clock)
        guard lead - self.lead.exchange(lead, ordering: .relaxed) > Self.smallestJump else { return }
        for scope in value.scopes { scope.hot.clear() }
    }

    private static func measuredLead(of clock: () -> Moment) -> Int64 {
        clock().monotonic.nanoseconds - Int64(clamping: NIODeadline.now().uptimeNanoseconds)
    }

    /// Puts another in force: requests from here on get it. Ready answers of the old one end.
    /// - Returns: the old one.
    func replace(with active: ActiveConfiguration) -> ActiveConfiguration {
        let next = Self.nextNumber()
        let old = state.withLock { state in
            let old = state.active
            state = State(active: active, number: next)
            number.store(next, ordering: .releasing)
            return old
        }
        for scope in old.scopes { scope.hot.close() }
        old.rows.close()
        return old
    }

    private static func nextNumber() -> UInt64 { numbers.wrappingAdd(1, ordering: .relaxed).newValue }
}
