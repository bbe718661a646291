import BursarModel
import NIOCore
import NIOPosix
import Synchronization

/// What one event loop knows without asking any other: the configuration in force, and the ready answers that it has seen.
/// *Event loop.* Reached only through the thread-specific variable of ``CurrentConfiguration``, so no two threads ever hold the same one:
/// that is why it may be called Sendable.
///
/// A hit costs no lock: one atomic load of an entry's flag says whether it may still be given, so loops send each other nothing.
/// docs/decisions/0005 has the figures.
final class LoopView: @unchecked Sendable {
    let active: ActiveConfiguration
    /// What the log says of this loop's requests.
    let accessLines = AccessLines()
    private let number: UInt64
    /// When ``CurrentConfiguration/view(at:)`` next looks whether the machine was suspended.
    fileprivate var nextLook = NIODeadline.uptimeNanoseconds(0)
    /// By scope, as ``ActiveConfiguration/scopes`` has them.
    private var entries: [[String: HotEntry]]

    fileprivate init(_ active: ActiveConfiguration, number: UInt64) {
        self.active = active
        self.number = number
        entries = Array(repeating: [:], count: active.scopes.count)
    }

    /// The ready answer for `path` within a scope; nil where there is none that may still be given.
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
    /// By how many nanoseconds the clock of readings was ahead of the event loops' clock when that was last measured.
    private let lead: Atomic<Int64>

    /// How often an event loop that gets requests looks for a suspension of the machine. For as long, at most, an answer from before one goes
    /// out after it; connections repeat an answer by themselves for no longer.
    static let lookInterval = TimeAmount.seconds(1)
    /// A smaller jump is no suspension: on a busy machine some time passes between the readings of the two clocks.
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

    /// The view of this thread for a request that came `now`. Ends all ready answers after a suspension of the machine: their deadlines are in
    /// the event loops' time, which stood still while readings grew old (``SystemClock``). Costs a hit one comparison.
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
