import BursarCatalog
import BursarModel

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
        if let reason { line += " (\(TerminalText.shown(reason))\(Self.age(document, reason)))" + because }
        self.line = line
    }

    /// Of a reading that is too old: how old it is.
    private static func age(_ document: JSONValue, _ reason: String) -> String {
        guard reason == "stale", let seconds = document["age"]?.integer else { return "" }
        return ", read \(Words.age(.seconds(seconds)))"
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
