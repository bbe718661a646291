import BursarEngine
import BursarModel

/// Whether the store takes what is written, and when it is tried again. *Value*, inside ``StoreKeeper``.
///
/// Each event returns what there is to tell, which is nothing where nothing changed: one log line a change, not one a write.
struct StoreHealth: Sendable {
    enum State: Sendable, Equatable {
        /// Everything that was written is kept. Exit: a fault → `down`.
        case up
        /// Nothing is kept beyond the process; it serves on from memory. Exits: it opens and takes a write → `up`; another fault stays
        /// here, with a later `nextTry`.
        case down(StoreFault, failures: Int, nextTry: MonotonicTime)
    }

    /// What changed for those who look.
    enum Change: Sendable, Equatable {
        case recovered
        case failed(StoreFault)
    }

    private(set) var state: State

    static let firstWait: Duration = .seconds(1)
    static let longestWait: Duration = .seconds(60)
    /// What ends by acting at once: to wait would only lengthen the time in which nothing is kept.
    static let endsAtOnce: Set<StoreReason> = [.corrupt, .gone]

    init(_ fault: StoreFault?, now: MonotonicTime) {
        state = .up
        if let fault { _ = failed(fault, now: now) }
    }

    var fault: StoreFault? {
        if case .down(let fault, _, _) = state { fault } else { nil }
    }

    /// Whether to try now.
    func mayTry(_ now: MonotonicTime) -> Bool {
        if case .down(_, _, let nextTry) = state { now >= nextTry } else { true }
    }

    mutating func failed(_ fault: StoreFault, now: MonotonicTime) -> Change? {
        switch state {
        case .up:
            let wait = Self.endsAtOnce.contains(fault.reason) ? .zero : Self.firstWait
            state = .down(fault, failures: 1, nextTry: now.advanced(by: wait))
            return .failed(fault)
        case .down(let before, let failures, _):
            var wait = Self.firstWait
            for _ in 0..<min(failures, 10) where wait < Self.longestWait { wait = min(wait * 2, Self.longestWait) }
            state = .down(fault, failures: min(failures + 1, 1_000), nextTry: now.advanced(by: wait))
            return before.reason == fault.reason ? nil : .failed(fault)
        }
    }

    mutating func worked() -> Change? {
        guard case .down = state else { return nil }
        state = .up
        return .recovered
    }
}
