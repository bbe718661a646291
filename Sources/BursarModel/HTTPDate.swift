import BursarBasics

private let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

extension WallTime {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 5.6.7).
    package var httpDate: String {
        let civil = CivilTime(self)
        return "\(weekdays[civil.weekday]), \(padded(civil.day, 2)) \(months[civil.month - 1]) \(padded(civil.year, 4)) "
            + "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)) GMT"
    }

    /// Reads the three forms that a recipient must accept (RFC 9110 5.6.7): IMF-fixdate, RFC 850 and asctime. The weekday is
    /// not checked against the date: servers get it wrong, and nothing depends on it.
    /// - Parameter now: places the two-digit year of RFC 850, which is never more than 50 years ahead.
    package init?(httpDate text: some StringProtocol, now: WallTime) {
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
            let thisYear = CivilTime(now).year
            yearNumber += thisYear / 100 * 100
            if yearNumber > thisYear + 50 { yearNumber -= 100 }
        }
        guard
            let civil = CivilTime(
                year: yearNumber, month: monthIndex + 1, day: dayNumber, hour: hour, minute: minute, second: second)
        else { return nil }
        self = civil.wallTime
    }
}
