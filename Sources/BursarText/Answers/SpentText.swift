import BursarBasics
import BursarCatalog
import BursarModel

/// What was spent, as `bursar history` says it: `spent 12.5 USD, topped up 100 USD; 2 h not known`. Pure.
enum SpentText {
    /// One line for each element of `spent`, what stands for a unit first.
    static func lines(of sums: [JSONValue]) -> String {
        sums.map { sum in
            let name = unit(of: sum)
            func said(_ member: String, _ words: String) -> String? {
                amount(sum[member]).map { "\(words) \($0) \(name)" }
            }
            var parts = [
                sum["spent"]?.text.map { "spent \(TerminalText.shown($0)) \(name)" } ?? "what was spent of \(name) is not known",
                amount(sum["spent_or_before"]).map { "\($0) \(name) in this time or before it" },
                said("topped_up", "topped up"), said("expired", "expired"),
                amount(sum["dropped"]).map { "fell by \($0) \(name) at once (another key, or one large job)" }
            ].compactMap(\.self).joined(separator: ", ")
            if let unknown = unknown(of: sum) { parts += "; \(unknown) not known" }
            if let reset = sum["reset"]?["reason"]?.text {
                parts += "; begun anew at \(UTCText.second(sum["reset"]?["at"]?.text)) UTC (\(TerminalText.shown(reset)))"
            }
            if isPart(sum) { parts += " [a part, which may be in the above]" }
            return parts + "\n"
        }.joined()
    }

    /// One line a day, and one for each unit where there are several. Parts are told of the whole time alone, but where nothing else is.
    static func table(of days: [JSONValue]) -> String {
        let all = days.map { $0["spent"]?.elements ?? [] }
        let isOwn = all.contains { $0.contains { !isPart($0) } }
        var rows: [[String]] = []
        for (day, sums) in zip(days, all) {
            let shown = sums.filter { !isOwn || !isPart($0) }
            for (index, sum) in shown.enumerated() {
                rows.append([
                    index == 0 ? UTCText.day(day["since"]?.text) : "", sum["spent"]?.text.map(TerminalText.shown) ?? "?",
                    unit(of: sum), amount(sum["topped_up"]) ?? "-", amount(sum["expired"]) ?? "-", unknown(of: sum) ?? "-",
                    notes(of: sum)
                ])
            }
        }
        guard !rows.isEmpty else { return "" }
        return TextTable.text(
            [
                .init("DAY (UTC)"), .init("SPENT", isNumber: true), .init("UNIT"), .init("TOPPED UP", isNumber: true),
                .init("EXPIRED", isNumber: true), .init("NOT KNOWN"), .init("")
            ], rows)
    }

    private static func notes(of sum: JSONValue) -> String {
        [
            amount(sum["spent_or_before"]).map { "\($0) then or before" }, amount(sum["dropped"]).map { "fell by \($0) at once" },
            sum["reset"]?["reason"]?.text.map(TerminalText.shown)
        ].compactMap(\.self).joined(separator: ", ")
    }

    /// Nil where it is 0, and where nobody knows.
    private static func amount(_ value: JSONValue?) -> String? {
        guard let text = value?.text, let number = ExactDecimal(text), !number.isZero else { return nil }
        return number.description
    }

    private static func unit(of sum: JSONValue) -> String {
        TerminalText.shown([sum["unit"]?.text, sum["part"]?.text].compactMap(\.self).joined(separator: " "))
    }

    private static func isPart(_ sum: JSONValue) -> Bool { sum["own"] == .bool(false) }

    /// Rounded up, so that no gap is told shorter than it was.
    private static func unknown(of sum: JSONValue) -> String? {
        guard case .number(let text)? = sum["unknown_seconds"], let seconds = parseASCIIDigits(text), seconds > 0 else {
            return nil
        }
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7_200: return "\((seconds + 59) / 60) min"
        case ..<172_800: return "\((seconds + 3_599) / 3_600) h"
        default: return "\((seconds + 86_399) / 86_400) d"
        }
    }
}
