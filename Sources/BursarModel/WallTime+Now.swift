import BursarBasics

extension WallTime {
    /// The wall clock, for log lines and what is shown: decisions get their time as an argument.
    package static func now() -> WallTime {
        let (seconds, nanoseconds) = WallClock.now()
        return WallTime(milliseconds: seconds * 1_000 + nanoseconds / 1_000_000)
    }
}
