/// A point on the wall clock, in milliseconds since 1970-01-01T00:00:00Z: for people, headers and the store. *Value.*
package struct WallTime: Sendable, Hashable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { self.milliseconds = seconds.multipliedSaturating(by: 1_000) }

    package static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }

    package func advanced(by duration: Duration) -> WallTime {
        WallTime(milliseconds: milliseconds.addingSaturating(duration.milliseconds))
    }
    /// `other` − `self`.
    package func duration(to other: WallTime) -> Duration {
        .milliseconds(other.milliseconds.subtractingSaturating(milliseconds))
    }
}

/// A point on a clock that never goes back, in nanoseconds since an arbitrary start: all decisions use it. *Value.*
package struct MonotonicTime: Sendable, Hashable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static let distantFuture = MonotonicTime(nanoseconds: .max)
    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    package func advanced(by duration: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds.addingSaturating(duration.nanoseconds))
    }
    /// `other` − `self`.
    package func duration(to other: MonotonicTime) -> Duration {
        .nanoseconds(other.nanoseconds.subtractingSaturating(nanoseconds))
    }
}

/// The same instant on both clocks: the monotonic one decides, the wall clock is shown. *Value.*
package struct Moment: Sendable, Hashable {
    package let monotonic: MonotonicTime
    package let wall: WallTime

    package init(monotonic: MonotonicTime, wall: WallTime) {
        self.monotonic = monotonic
        self.wall = wall
    }

    package func advanced(by duration: Duration) -> Moment {
        Moment(monotonic: monotonic.advanced(by: duration), wall: wall.advanced(by: duration))
    }
}

extension Duration {
    /// Whole nanoseconds, saturating: a hostile Retry-After must not trap.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedSaturating(by: 1_000_000_000).addingSaturating(attoseconds / 1_000_000_000)
    }
    /// Whole milliseconds, rounded towards zero, saturating.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedSaturating(by: 1_000).addingSaturating(attoseconds / 1_000_000_000_000_000)
    }
    /// Whole seconds, rounded up: what Retry-After and max-age-like figures want when early is wrong.
    package var secondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 ? seconds.addingSaturating(1) : seconds
    }
}

extension Int64 {
    package func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
    package func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
    package func multipliedSaturating(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}

extension WallTime {
    /// Of UTC, which has no leap seconds here: in milliseconds.
    package static let day: Int64 = 86_400_000

    /// The midnight of UTC that it stands at or behind.
    package var midnight: WallTime {
        let rest = milliseconds % Self.day
        return WallTime(milliseconds: milliseconds.subtractingSaturating(rest < 0 ? rest + Self.day : rest))
    }
}
