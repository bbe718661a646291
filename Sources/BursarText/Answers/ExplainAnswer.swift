import BursarBasics
import BursarCatalog
import BursarModel

/// What `bursar explain` prints. *Value.*
package struct ExplainAnswer: Sendable {
    package let text: String

    package init?(json: [UInt8]) {
        guard let document = AnswerDocument.read(json, schema: "bursar.explain.v1") else { return nil }
        let names = [
            ("status", "status"), ("amounts", "amounts"), ("problem", "problem"), ("cause", "cause"), ("ends", "ends"),
            ("remedy", "to do"),
            ("key_from", "key from"), ("documentation", "documented"), ("top_up", "top up"), ("last_asked", "last wanted"),
            ("last_success", "last answer"), ("last_failure", "last failure"), ("budget_left", "calls left"),
            ("claimed", "claimed"), ("runway", "runway"), ("muted_until", "muted")
        ]
        let now = document["generated_at"]?.time
        text =
            names.compactMap { name, title -> String? in
                guard name != "amounts" else { return Self.amounts(document, now) }
                return Self.words(name, document).map { Self.line(title, $0 + Self.age(name, document[name], now)) }
            }.joined()
            + Self.lines("fires", document["alerts"]) { $0 }
            + Self.lines("alerts", document["targets_failing"]) { "do not reach \($0): `bursar alert list` says why" }
            + Self.lines("not as told", document["drift"]) { $0 }
    }

    /// Of what happened before: how long ago.
    private static func age(_ name: String, _ value: JSONValue?, _ now: WallTime?) -> String {
        guard name.hasPrefix("last_"), let now, let time = value?.time else { return "" }
        return " (\(Words.age(time.duration(to: now))))"
    }

    /// Text, or a number as it is written, with what it is of; nothing for null and for what is not there.
    private static func words(_ name: String, _ document: JSONValue) -> String? {
        let value = document[name]
        var number: String?
        if case .number(let text)? = value { number = text }
        guard let words = number ?? value?.text else { return nil }
        switch name {
        case "budget_left":
            guard let calls = document["budget_calls"]?.integer, let seconds = document["budget_seconds"]?.integer else {
                return words
            }
            return "\(words) of \(calls) in \(length(seconds))"
        case "claimed": return words + (document["unit"]?.text.map { " " + $0 } ?? "")
        case "muted_until": return "until \(words): nobody is told of its alerts"
        default: return words
        }
    }

    /// Rounded down only where nothing is lost by it.
    private static func length(_ seconds: Int) -> String {
        let unit = seconds < 3_600 ? 60 : seconds < 86_400 ? 3_600 : 86_400
        return seconds.isMultiple(of: unit) ? Words.short(.seconds(seconds)) : "\(seconds) s"
    }

    /// What was read, the row's own amount first, and how long ago; nil where nothing may be shown.
    private static func amounts(_ document: JSONValue, _ now: WallTime?) -> String? {
        var amounts = document["amounts"]?.elements ?? []
        var words: [String] = []
        let available = document["available"]?.text
        if let available {
            words.append([available, document["unit"]?.text].compactMap(\.self).joined(separator: " "))
            let own = amounts.firstIndex { amount in
                amount["kind"]?.text == AmountKind.available.rawValue && amount["value"] == document["available"]
                    && amount["unit"] == document["unit"]
            }
            if let own { amounts.remove(at: own) }
        }
        words += amounts.compactMap { amount -> String? in
            guard let kind = amount["kind"]?.text, let value = amount["value"]?.text, let unit = amount["unit"]?.text else {
                return nil
            }
            return "\(value) \(BalanceTable.Figure(kind, value, unit, part: amount["part"]?.text).name)"
        }
        guard !words.isEmpty else { return nil }
        if let now, let time = document["fetched_at"]?.time { words[0] += ", read \(Words.age(time.duration(to: now)))" }
        let title = available == nil ? "amounts" : "available"
        return words.enumerated().map { index, words in line(index == 0 ? title : "", words) }.joined()
    }

    private static func line(_ title: String, _ words: String) -> String {
        title.padded(to: 13) + " " + TerminalText.shown(words) + "\n"
    }

    private static func lines(_ title: String, _ list: JSONValue?, _ words: (String) -> String) -> String {
        (list?.elements ?? []).compactMap(\.text).map { text in
            title.padded(to: 13) + " " + words(TerminalText.shown(text)) + "\n"
        }.joined()
    }
}
