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
        var boot = timespec()
        clock_gettime(CLOCK_BOOTTIME, &boot)  // cannot fail: the clock exists since Linux 2.6.39, and the pointer is ours
        return Moment(
            // An uptime of 292 years would overflow.
            monotonic: MonotonicTime(nanoseconds: Int64(boot.tv_sec) * 1_000_000_000 + Int64(boot.tv_nsec)),
            wall: WallTime.now())
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
