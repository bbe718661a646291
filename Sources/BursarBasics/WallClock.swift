import Glibc

/// The system's wall clock. *Any thread.* For times that are shown. Code that decides something gets the time as an argument.
package enum WallClock {
    package static func now() -> (seconds: Int64, nanoseconds: Int64) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (Int64(time.tv_sec), Int64(time.tv_nsec))
    }
}
