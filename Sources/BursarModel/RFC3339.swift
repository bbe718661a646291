import BursarBasics

extension WallTime {
    /// `2026-11-20T22:56:00.123Z`, always UTC with three fractional digits (RFC 3339).
    package var rfc3339: String {
        let civil = CivilTime(self)
        return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
            + "T\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)).\(padded(civil.millisecond, 3))Z"
    }

    /// Reads an RFC 3339 timestamp with any number of fractional digits (cut to milliseconds) and `Z` or an offset. Nil also
    /// where an offset leads out of the years 1 to 9999: no text could say that time again.
    package init?(rfc3339 text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        guard let year = rest.takeDigits(4), rest.take("-"), let month = rest.takeDigits(2), rest.take("-"),
            let day = rest.takeDigits(2), rest.take("T") || rest.take("t") || rest.take(" "),
            let hour = rest.takeDigits(2), rest.take(":"), let minute = rest.takeDigits(2), rest.take(":"),
            let second = rest.takeDigits(2)
        else { return nil }

        var millisecond = 0
        if rest.take(".") {
            let fraction = rest.prefix { $0.isASCIIDigit }
            guard !fraction.isEmpty else { return nil }
            for place in 0..<3 {
                let index = fraction.startIndex + place
                millisecond = millisecond * 10 + (index < fraction.endIndex ? Int(fraction[index] - 0x30) : 0)
            }
            rest = rest.dropFirst(fraction.count)
        }

        var offsetMinutes = 0
        if !(rest.take("Z") || rest.take("z")) {
            let negative = rest.first == UInt8(ascii: "-")
            guard rest.take("+") || rest.take("-"), let hours = rest.takeDigits(2), rest.take(":"),
                let minutes = rest.takeDigits(2), hours <= 23, minutes <= 59
            else { return nil }
            offsetMinutes = (hours * 60 + minutes) * (negative ? -1 : 1)
        }
        guard rest.isEmpty,
            let civil = CivilTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second, millisecond: millisecond)
        else { return nil }
        self.init(milliseconds: civil.wallTime.milliseconds - Int64(offsetMinutes) * 60_000)
        guard (1...9_999).contains(CivilTime(self).year) else { return nil }
    }
}

extension ArraySlice<UInt8> {
    /// Takes exactly `count` digits off the front.
    mutating func takeDigits(_ count: Int) -> Int? {
        guard self.count >= count else { return nil }
        var value = 0
        for byte in prefix(count) {
            guard byte.isASCIIDigit else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        self = dropFirst(count)
        return value
    }

    /// Takes `text` off the front when it stands there.
    mutating func take(_ text: StaticString) -> Bool {
        let matches = text.withUTF8Buffer { starts(with: $0) }
        if matches { self = dropFirst(text.utf8CodeUnitCount) }
        return matches
    }
}

/// `value` in decimal with at least `width` digits.
private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}
