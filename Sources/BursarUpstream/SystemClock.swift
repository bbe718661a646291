package import BursarModel
import Glibc
package import NIOCore

/// The machine's clocks and an event loop's timers. *Any thread.*
///
/// `CLOCK_BOOTTIME`, which counts while the machine is suspended: a laptop that slept for an hour must not show an hour-old
/// reading as fresh, and its cooldowns have passed meanwhile. The event loop's timers do not count that time, so after a
/// suspension they are late, which only lengthens a wait that nobody noticed. Answers that stand ready with such a deadline end when
/// the two clocks are seen to have moved apart, within a second.
package struct SystemClock: UpstreamClock {
    private let eventLoopGroup: any EventLoopGroup

    package init(eventLoopGroup: any EventLoopGroup) { self.eventLoopGroup = eventLoopGroup }

    package var now: Moment {
        let boot = Self.read(CLOCK_BOOTTIME)
        let wall = Self.read(CLOCK_REALTIME)
        return Moment(
            // An uptime of 292 years would overflow.
            monotonic: MonotonicTime(nanoseconds: Int64(boot.tv_sec) * 1_000_000_000 + Int64(boot.tv_nsec)),
            wall: WallTime(milliseconds: Int64(wall.tv_sec) * 1_000 + Int64(wall.tv_nsec) / 1_000_000))
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)  // cannot fail: both clocks exist since Linux 2.6.39, and the pointer is ours
        return time
    }

    package func schedule(at time: MonotonicTime, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork {
        let delay = max(0, now.monotonic.duration(to: time).nanoseconds)
        return EventLoopTimer(task: eventLoopGroup.next().scheduleTask(in: .nanoseconds(delay), work))
    }

    private struct EventLoopTimer: ScheduledWork {
        let task: Scheduled<Void>
        func cancel() { task.cancel() }
    }
}
