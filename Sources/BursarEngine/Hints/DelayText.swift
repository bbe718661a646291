import BursarBasics
import BursarModel

/// A wait as servers write it: whole seconds as HTTP wants them, and the ways of getting that wrong whose meaning is plain. *Pure.*
enum DelayText {
    /// Units behind a number. Longer ones first, so that `ms` is not read as `m`.
    private static let units: [(suffix: String, milliseconds: Int64)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
    /// From here on a number of seconds is a time and no delay: 2001 against 31 years.
    private static let earliestTime: Int64 = 1_000_000_000
    /// 5138 in seconds; in milliseconds 1973, so that up to a thousand times that it is a time in these.
    private static let latestTime: Int64 = 100_000_000_000

    /// - Parameters:
    ///   - unit: of a bare number, in milliseconds.
    ///   - now: the time at the server, for a number that is a time.
    /// - Returns: the wait, rounded up to whole seconds (milliseconds where the unit is that); zero or less for a time that has passed.
    ///   Nil where it is no wait.
    static func read(_ text: some StringProtocol, unit: Int64 = 1_000, now: WallTime) -> Duration? {
        guard let number = Number(text) else { return nil }
        if number.rest.isEmpty {
            if unit == 1_000, number.whole >= earliestTime, number.whole < latestTime * 1_000 {
                let milliseconds = number.whole < latestTime ? number.whole * 1_000 : number.whole
                return now.duration(to: WallTime(milliseconds: milliseconds))
            }
            return wait(number, unit)
        }
        return units.first { $0.suffix == number.rest }.flatMap { wait(number, $0.milliseconds) }
    }

    private static func wait(_ number: Number, _ unit: Int64) -> Duration {
        let ceiling = number.whole.addingSaturating(number.hasFraction ? 1 : 0)
        // A number too large for the clock is the largest: it surely means "much later".
        guard unit < 1_000 else { return .seconds(min(ceiling.multipliedSaturating(by: unit / 1_000), .max / 4)) }
        return .milliseconds(ceiling)
    }

    /// `299.997s` as 299, a fraction and `s`. *Value.*
    private struct Number {
        var whole: Int64 = 0
        var hasFraction = false
        /// What stands behind the number, without blanks, in lower case.
        let rest: String

        init?(_ text: some StringProtocol) {
            var bytes = Array(text.utf8.drop { $0 == 0x20 || $0 == 0x09 })[...]
            var count = 0
            while let byte = bytes.first, byte.isASCIIDigit {
                whole = whole.multipliedSaturating(by: 10).addingSaturating(Int64(byte - 0x30))
                bytes = bytes.dropFirst()
                count += 1
            }
            guard count > 0 else { return nil }
            if bytes.first == UInt8(ascii: ".") {
                let fraction = bytes.dropFirst().prefix { $0.isASCIIDigit }
                guard !fraction.isEmpty else { return nil }
                hasFraction = fraction.contains { $0 != 0x30 }
                bytes = bytes[fraction.endIndex...]
            }
            rest = String(decoding: bytes.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self).lowercased()
        }
    }
}
