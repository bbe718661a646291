package import BursarModel

/// When recent calls began, to keep a ``CallBudget``: no window of its length, open at its end, ever holds more than its calls.
/// *Value.*
///
/// A log of times and not a token bucket: a bucket that is full admits a burst and its refill within one window, which is up
/// to twice the budget. The log holds at most `calls` times, and is empty where no budget is set.
package struct CallLog: Sendable, Hashable {
    /// Oldest first; a ring would save moving a dozen words per *upstream call*, which is nothing.
    package private(set) var times: [MonotonicTime] = []

    package init() {}

    /// A call begins.
    mutating func record(_ now: MonotonicTime, _ budget: CallBudget?) {
        guard let budget else { return }
        times.append(now)
        if times.count > budget.calls { times.removeFirst(times.count - budget.calls) }
    }

    /// Calls may have begun before a restart: in any order, as the store gives them.
    mutating func restored(_ times: [MonotonicTime]) { self.times = times.sorted() }

    /// How many calls may begin now.
    func left(_ now: MonotonicTime, _ budget: CallBudget) -> Int {
        max(0, budget.calls - counting(now, budget).count)
    }

    /// The calls that still count.
    func counting(_ now: MonotonicTime, _ budget: CallBudget?) -> [MonotonicTime] {
        guard let budget else { return [] }
        return times.filter { now < $0.advanced(by: budget.window) }
    }

    /// When the next call may begin; nil when it may at once.
    func nextCall(_ now: MonotonicTime, _ budget: CallBudget?) -> MonotonicTime? {
        guard let budget, times.count >= budget.calls else { return nil }
        let free = times[times.count - budget.calls].advanced(by: budget.window)
        return now < free ? free : nil
    }

    /// Whether a call still counts against `budget`: then forgetting this log would free a part of it.
    func isRunning(_ now: MonotonicTime, _ budget: CallBudget?) -> Bool { !counting(now, budget).isEmpty }
}
