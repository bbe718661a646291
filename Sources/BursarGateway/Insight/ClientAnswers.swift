import BursarBasics
import BursarCatalog
import BursarModel
import BursarProcess

/// What `bursar guard` reads of an answer. *Value.* Whatever answered may not be a gateway: control characters never reach a terminal.
package struct GuardAnswer: Sendable {
    package let decision: String
    /// For people.
    package let line: String

    package init?(json: [UInt8]) {
        guard let document = AnswerDocument.read(json, schema: "bursar.guard.v1"),
            let decision = document["decision"]?.text, ["yes", "no", "unknown"].contains(decision)
        else { return nil }
        self.decision = decision
        func shown(_ name: String) -> String { TerminalText.shown(document[name]?.text ?? "-") }
        let unit = document["unit"]?.text.map { " " + TerminalText.shown($0) } ?? ""
        let because = Self.problem(document).map { ": " + $0 } ?? ""
        let reason = document["reason"]?.text
        guard reason != "unavailable" else {
            line = "\(decision): \(shown("account")) cannot be read" + because
            return
        }
        var line = "\(decision): \(shown("account")) has \(shown("have"))\(unit), needs \(shown("needs"))"
        if let claimed = document["claimed"]?.text, claimed != "0" { line += ", claimed \(TerminalText.shown(claimed))" }
        if let left = document["left_after"]?.text { line += ", left after \(TerminalText.shown(left))" }
        if let reason { line += " (\(TerminalText.shown(reason)))" + because }
        self.line = line
    }

    /// Why there is no newer reading, and until when; nil where nothing is known of that.
    private static func problem(_ document: JSONValue) -> String? {
        let words = document["problem"]?.text.map { code in
            ProblemCode(rawValue: code)?.title(for: "the provider") ?? TerminalText.shown(code)
        }
        var wait: String?
        if let now = document["generated_at"]?.time, let next = document["retry_at"]?.time, next > now {
            wait = "asked again in " + Words.left(now.duration(to: next))
        }
        let parts = [words, wait].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

/// What `bursar explain` prints. *Value.*
package struct ExplainAnswer: Sendable {
    package let text: String

    package init?(json: [UInt8]) {
        guard let document = AnswerDocument.read(json, schema: "bursar.explain.v1") else { return nil }
        let names = [
            ("status", "status"), ("problem", "problem"), ("cause", "cause"), ("ends", "ends"), ("remedy", "to do"),
            ("key_from", "key from"), ("documentation", "documented"), ("top_up", "top up"), ("last_asked", "last wanted"),
            ("last_success", "last answer"), ("last_failure", "last failure"), ("budget_left", "calls left"),
            ("claimed", "claimed"), ("runway", "runway")
        ]
        let now = document["generated_at"]?.time
        text =
            names.compactMap { name, title in
                Self.words(document[name]).map { words in
                    title.padding(to: 14) + TerminalText.shown(words) + Self.age(name, document[name], now) + "\n"
                }
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

    /// Text, or a number as it is written; nothing for null and for what is not there.
    private static func words(_ value: JSONValue?) -> String? {
        if case .number(let number)? = value { return number }
        return value?.text
    }

    private static func lines(_ title: String, _ list: JSONValue?, _ words: (String) -> String) -> String {
        (list?.elements ?? []).compactMap(\.text).map { text in
            title.padding(to: 14) + words(TerminalText.shown(text)) + "\n"
        }.joined()
    }
}

/// Text of somebody else for a terminal: what would command it becomes question marks. Pure.
package enum TerminalText {
    static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { LineText.isCommand($0) ? "?" : $0 }))
    }
}
