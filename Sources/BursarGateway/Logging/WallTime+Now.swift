import BursarHTTP
package import BursarModel

extension WallTime {
    /// The wall clock, for log lines: decisions take their time from the refresher's clock.
    package static func now() -> WallTime {
        let (seconds, nanoseconds) = DateCache.systemWallClock()
        return WallTime(milliseconds: seconds * 1_000 + nanoseconds / 1_000_000)
    }
}
