/// A moment on two clocks, in nanoseconds. *Value.*
struct ConnectionTime: Sendable, Equatable {
    /// Counts while the machine is suspended.
    var uptime: Int64
    /// Does not.
    var running: Int64

    /// Whether the machine was suspended since. The clocks are read one after the other, which takes microseconds.
    func wasSuspended(since earlier: ConnectionTime) -> Bool {
        (uptime &- earlier.uptime) &- (running &- earlier.running) > 1_000_000_000
    }

    func elapsed(since earlier: ConnectionTime) -> Duration { .nanoseconds(uptime &- earlier.uptime) }
}
