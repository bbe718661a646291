import BursarBasics
package import NIOCore

/// The `Date` header's 29 bytes for the current second, made when the second changes and not per request: one clock reading a
/// batch and a comparison instead of a formatting. One per event loop, so that nobody waits. *Event loop.*
package final class DateCache {
    /// The length of an IMF-fixdate (RFC 9110 5.6.7).
    package static let length = 29

    package private(set) var bytes: [UInt8]
    private var second: Int64 = -1
    /// The monotonic time at which the wall clock shows the next second; before it nothing needs to be read. Kept at most one
    /// second ahead, so a step of the wall clock shows within one.
    private(set) var nextChange = NIODeadline.uptimeNanoseconds(0)
    private let wallClock: @Sendable () -> (seconds: Int64, nanoseconds: Int64)

    package init(wallClock: @escaping @Sendable () -> (seconds: Int64, nanoseconds: Int64) = WallClock.now) {
        bytes = Array(repeating: 0x20, count: Self.length)
        self.wallClock = wallClock
    }

    /// Brings `bytes` up to `now`.
    package func refresh(now: NIODeadline) {
        guard now >= nextChange else { return }
        let (seconds, nanoseconds) = wallClock()
        nextChange = now + .nanoseconds(max(1, 1_000_000_000 - nanoseconds))
        guard seconds != second else { return }
        second = seconds
        Self.write(seconds: seconds, into: &bytes)
    }

    /// Civil date from days since 1970 (the era arithmetic of the proleptic Gregorian calendar, 400 years = 146,097 days).
    static func write(seconds: Int64, into out: inout [UInt8]) {
        let clamped = min(max(seconds, 0), 253_402_300_799)  // the year has four digits
        let days = clamped / 86_400
        let rest = clamped % 86_400
        let shifted = days + 719_468  // days since 0000-03-01
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let weekday = Int((days + 4) % 7)  // 1970-01-01 was a Thursday

        func put(_ text: StaticString, _ index: Int, at place: Int) {
            text.withUTF8Buffer { for offset in 0..<3 { out[place + offset] = $0[index * 3 + offset] } }
        }
        func put(_ number: Int64, digits: Int, at place: Int) {
            var left = number
            for offset in (0..<digits).reversed() {
                out[place + offset] = UInt8(truncatingIfNeeded: 0x30 + left % 10)
                left /= 10
            }
        }
        put("SunMonTueWedThuFriSat", weekday, at: 0)
        (out[3], out[4]) = (0x2C, 0x20)
        put(day, digits: 2, at: 5)
        out[7] = 0x20
        put("JanFebMarAprMayJunJulAugSepOctNovDec", Int(month - 1), at: 8)
        out[11] = 0x20
        put(year, digits: 4, at: 12)
        out[16] = 0x20
        put(rest / 3_600, digits: 2, at: 17)
        out[19] = 0x3A
        put(rest / 60 % 60, digits: 2, at: 20)
        out[22] = 0x3A
        put(rest % 60, digits: 2, at: 23)
        out[25] = 0x20
        put("GMT", 0, at: 26)
    }
}
