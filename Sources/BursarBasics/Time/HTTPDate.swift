/// The dates of HTTP header fields (RFC 9110 5.6.7). *Pure.*
package enum HTTPDate {
    /// The bytes of an IMF-fixdate.
    package static let length = 29

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Writes `Sun, 06 Nov 1994 08:49:37 GMT` over the first ``length`` bytes of `out`.
    /// - Parameter seconds: since 1970. A time outside the years 1 to 9999 becomes the nearest one inside, because a year has four digits.
    package static func write(seconds: Int64, into out: inout [UInt8]) {
        write(CivilTime(milliseconds: min(max(seconds, -62_135_596_800), 253_402_300_799) * 1_000), into: &out)
    }

    /// - Parameter time: in a year from 0 to 9999.
    package static func write(_ time: CivilTime, into out: inout [UInt8]) {
        func put(_ text: String, at place: Int) {
            for (offset, byte) in text.utf8.enumerated() { out[place + offset] = byte }
        }
        func put(_ number: Int, digits: Int, at place: Int) {
            var left = number
            for offset in (0..<digits).reversed() {
                out[place + offset] = UInt8(truncatingIfNeeded: 0x30 + left % 10)
                left /= 10
            }
        }
        put(weekdays[time.weekday], at: 0)
        put(", ", at: 3)
        put(time.day, digits: 2, at: 5)
        put(" ", at: 7)
        put(months[time.month - 1], at: 8)
        put(" ", at: 11)
        put(time.year, digits: 4, at: 12)
        put(" ", at: 16)
        put(time.hour, digits: 2, at: 17)
        put(":", at: 19)
        put(time.minute, digits: 2, at: 20)
        put(":", at: 22)
        put(time.second, digits: 2, at: 23)
        put(" GMT", at: 25)
    }

    /// Reads the three forms that a recipient must accept (RFC 9110 5.6.7): IMF-fixdate, RFC 850 and asctime. The weekday is
    /// not checked against the date: servers get it wrong, and nothing depends on it.
    /// - Parameter now: milliseconds since 1970. It decides the century of RFC 850's two-digit year, which is at most 50 years ahead.
    /// - Returns: milliseconds since 1970; nil where the text is no such date.
    package static func read(_ text: some StringProtocol, now: Int64) -> Int64? {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map { Substring($0) }
        guard let first = words.first, weekdays.contains(String(first.prefix(3))) else { return nil }
        let day: Substring, month: Substring, year: Substring, time: Substring
        switch words.count {
        case 6 where words[5] == "GMT": (day, month, year, time) = (words[1], words[2], words[3], words[4])
        case 5: (day, month, year, time) = (words[2], words[1], words[4], words[3])  // asctime
        default: return nil
        }
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }), (1...2).contains(day.utf8.count),
            let monthIndex = months.firstIndex(of: String(month)), let dayNumber = parseASCIIDigits(day),
            var yearNumber = parseASCIIDigits(year), year.utf8.count == 4 || year.utf8.count == 2,
            let hour = parseASCIIDigits(clock[0]), let minute = parseASCIIDigits(clock[1]),
            let second = parseASCIIDigits(clock[2])
        else { return nil }
        if year.utf8.count == 2 {
            let thisYear = CivilTime(milliseconds: now).year
            yearNumber += thisYear / 100 * 100
            if yearNumber > thisYear + 50 { yearNumber -= 100 }
        }
        return CivilTime(
            year: yearNumber, month: monthIndex + 1, day: dayNumber, hour: hour, minute: minute, second: second)?.milliseconds
    }
}
