import BursarBasics
package import NIOCore

/// The `Date` header's 29 bytes for the current second, made when the second changes and not per request: one clock reading a
/// batch and a comparison instead of a formatting. One per event loop, so that nobody waits. *Event loop.*
package final class DateCache {
    package private(set) var bytes: [UInt8]
    private var second: Int64 = -1
    /// The monotonic time at which the wall clock shows the next second; before it nothing needs to be read. Kept at most one
    /// second ahead, so a step of the wall clock shows within one.
    private(set) var nextChange = NIODeadline.uptimeNanoseconds(0)
    private let wallClock: @Sendable () -> (seconds: Int64, nanoseconds: Int64)

    package init(wallClock: @escaping @Sendable () -> (seconds: Int64, nanoseconds: Int64) = WallClock.now) {
        bytes = Array(repeating: 0x20, count: HTTPDate.length)
        self.wallClock = wallClock
    }

    /// Brings `bytes` up to `now`.
    package func refresh(now: NIODeadline) {
        guard now >= nextChange else { return }
        let (seconds, nanoseconds) = wallClock()
        nextChange = now + .nanoseconds(max(1, 1_000_000_000 - nanoseconds))
        guard seconds != second else { return }
        second = seconds
        HTTPDate.write(seconds: seconds, into: &bytes)
    }
}
