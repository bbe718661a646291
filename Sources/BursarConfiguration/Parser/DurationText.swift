import BursarBasics
import BursarModel

/// Reads `250ms`, `30s`, `5m`, `24h`, `7d`: one whole number, one unit, nothing else. *Pure.*
///
/// No `1h30m` and no `1.5s`: `90m` and `1500ms` say the same, and every second spelling is one more thing to document.
package enum DurationText {
    /// Why a text is no duration, and what may have been meant.
    package enum Refusal: Error, Equatable {
        /// Digits alone. What they may mean depends on the setting: ``meant(by:in:)``.
        case unitMissing(number: Int)
        /// A unit that others know: `sec`, `min`, `w`.
        case unitUnknown(meant: String?)
        case negative
        case notANumber
        case tooLarge
    }

    /// 10 years in milliseconds: far from where `Duration` arithmetic could overflow, and longer than any setting makes sense.
    private static let most = 10 * 366 * 24 * 3_600_000

    private static let day = 86_400_000

    /// A day of 24 hours, whatever a calendar does.
    private static let units: [String: Int] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": day]
    private static let foreignUnits: [String: (factor: Int, unit: String)] = [
        "sec": (1, "s"), "secs": (1, "s"), "second": (1, "s"), "seconds": (1, "s"), "min": (1, "m"), "mins": (1, "m"),
        "minute": (1, "m"), "minutes": (1, "m"), "hr": (1, "h"), "hour": (1, "h"), "hours": (1, "h"),
        "day": (1, "d"), "days": (1, "d"), "w": (7, "d"), "week": (7, "d"), "weeks": (7, "d"), "msec": (1, "ms"),
        "millis": (1, "ms")
    ]

    package static func parse(_ text: String) throws(Refusal) -> Duration {
        if text.hasPrefix("-") { throw .negative }
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        let unit = text.dropFirst(digits.count)
        guard !digits.isEmpty else { throw .notANumber }
        guard let number = parseASCIIDigits(digits) else { throw .tooLarge }
        guard let factor = units[String(unit)] else {
            if unit.isEmpty { throw .unitMissing(number: number) }
            let word = unit.drop { $0 == " " }.lowercased()
            if units[word] != nil { throw .unitUnknown(meant: "\(number)\(word)") }
            let meant = foreignUnits[word].map { foreign in
                // Saturated, it is refused below.
                "\(Int64(number).multipliedSaturating(by: Int64(foreign.factor)))\(foreign.unit)"
            }
            throw .unitUnknown(meant: meant.flatMap { (try? parse($0)) == nil ? nil : $0 })
        }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, milliseconds <= most else { throw .tooLarge }
        return .milliseconds(milliseconds)
    }

    /// What a number without a unit may mean where only `range` is taken: in seconds, as such settings are mostly given, else in the
    /// smallest longer unit that fits, else in milliseconds. Nil where none does.
    static func meant(by number: Int, in range: ClosedRange<Duration>) -> String? {
        ["s", "m", "h", "d", "ms"].map { "\(number)\($0)" }.first { isText($0, in: range) }
    }

    /// Whether a text would be taken where only `range` is: what is not must not be proposed.
    static func isText(_ text: String, in range: ClosedRange<Duration>) -> Bool {
        (try? parse(text)).map(range.contains) ?? false
    }

    /// `1h to 200d`, for a message.
    static func bounds(_ range: ClosedRange<Duration>) -> String {
        "\(format(range.lowerBound)) to \(format(range.upperBound))"
    }

    /// The shortest spelling that ``parse(_:)`` reads back: 90 s is `90s`, 120 s is `2m`, and a day `24h`, as people write it.
    package static func format(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        if milliseconds > day, milliseconds % Int64(day) == 0 { return "\(milliseconds / Int64(day))d" }
        for (unit, factor) in [("h", Int64(3_600_000)), ("m", 60_000), ("s", 1_000)]
        where milliseconds != 0 && milliseconds % factor == 0 { return "\(milliseconds / factor)\(unit)" }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }
}
