package import BursarModel

/// Both clocks, and timers on the monotonic one. *Any thread.* A protocol, so that tests move time instead of waiting for it.
package protocol UpstreamClock: Sendable {
    var now: Moment { get }
    /// Runs `work` once, at `time` or shortly after it, unless it is cancelled before; at once where that has passed.
    func schedule(at time: MonotonicTime, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork
}

/// Work that a clock will run. *Any thread.* To cancel what has run, or was cancelled, does nothing.
package protocol ScheduledWork: Sendable {
    func cancel()
}
