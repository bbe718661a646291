import BursarModel

/// Reads the times that providers write. *Pure.*
///
/// RFC 3339; Unix seconds or milliseconds, told apart by size; a date alone, which is its beginning; a date and a time without a zone. The last
/// two are taken to be UTC. Zero and what is before 1970-01-02 mean unset: `0001-01-01T00:00:00Z` is what programs write for "never".
enum BodyTime {
    static func read(_ value: JSONValue?) -> WallTime? {
        let time: WallTime?
        switch value {
        case .string(let text)?: time = WallTime(rfc3339: text) ?? withoutZone(text) ?? number(text)
        case .number(let text)?: time = number(text)
        default: time = nil
        }
        // No time beyond the year 9999 either: it could not be written.
        guard let time, time.milliseconds >= firstDay, time.milliseconds < 253_402_300_800_000 else { return nil }
        return time
    }

    /// What is before it, 1970-01-02, means that no time is set.
    private static let firstDay: Int64 = 86_400_000

    /// Null, an empty text, or a time before 1970-01-02 in any of the forms: said to be no time, where ``read(_:)`` finds none.
    static func isUnset(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string(let text):
            // In a zone east of Greenwich the first day of the year 1 is one of the year 0 in UTC, which is no time here.
            text.isEmpty || text.hasPrefix("0001-01-01")
                || (WallTime(rfc3339: text) ?? withoutZone(text)).map { $0.milliseconds < firstDay } ?? isUnset(number: text)
        case .number(let text): isUnset(number: text)
        case .bool, .array, .object: false
        }
    }

    private static func isUnset(number text: String) -> Bool {
        ExactDecimal(text)?.isNegative == true || number(text).map { $0.milliseconds < firstDay } ?? false
    }

    /// `2026-12-01`, `2026-12-01T00:00:00`, `2026-12-01 00:00:00.5`.
    private static func withoutZone(_ text: String) -> WallTime? {
        guard text.utf8.count >= 10, text.utf8.count <= 40 else { return nil }
        if text.utf8.count == 10 { return WallTime(rfc3339: text + "T00:00:00Z") }
        return WallTime(rfc3339: text + "Z")
    }

    /// 10¹¹ seconds are the year 5138 and 10¹¹ milliseconds the year 1973: nobody means the one or the other.
    private static func number(_ text: String) -> WallTime? {
        guard let value = ExactDecimal(text), !value.isNegative,
            let milliseconds = value < ExactDecimal(100_000_000_000) ? value.scaled(byPowerOfTen: 3) : value,
            let whole = Int64(milliseconds.wholeText)
        else { return nil }
        return WallTime(milliseconds: whole)
    }
}
