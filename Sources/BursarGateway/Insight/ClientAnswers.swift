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
        guard let document = try? JSONReader.read(json), document["schema"]?.text == "bursar.guard.v1",
            let decision = document["decision"]?.text, ["yes", "no", "unknown"].contains(decision)
        else { return nil }
        self.decision = decision
        func shown(_ name: String) -> String { TerminalText.shown(document[name]?.text ?? "-") }
        let unit = document["unit"]?.text.map { " " + TerminalText.shown($0) } ?? ""
        var line = "\(decision): \(shown("account")) has \(shown("have"))\(unit), needs \(shown("needs"))"
        if let claimed = document["claimed"]?.text, claimed != "0" { line += ", claimed \(TerminalText.shown(claimed))" }
        if let left = document["left_after"]?.text { line += ", left after \(TerminalText.shown(left))" }
        if let reason = document["reason"]?.text { line += " (\(TerminalText.shown(reason)))" }
        self.line = line
    }
}

/// What `bursar explain` prints. *Value.*
package struct ExplainAnswer: Sendable {
    package let text: String

    package init?(json: [UInt8]) {
        guard let document = try? JSONReader.read(json), document["schema"]?.text == "bursar.explain.v1" else { return nil }
        let names = [
            ("status", "status"), ("problem", "problem"), ("cause", "cause"), ("ends", "ends"), ("remedy", "to do"),
            ("key_from", "key from"), ("documentation", "documented"), ("top_up", "top up"), ("last_asked", "last asked"),
            ("last_success", "last answer"), ("last_failure", "last failure"), ("budget_left", "calls left"),
            ("claimed", "claimed"), ("runway", "runway")
        ]
        text =
            names.compactMap { name, title in
                Self.words(document[name]).map { title.padding(to: 14) + TerminalText.shown($0) + "\n" }
            }.joined()
            + Self.lines("fires", document["alerts"]) + Self.lines("not reached", document["targets_failing"])
            + Self.lines("not as told", document["drift"])
    }

    /// Text, or a number as it is written; nothing for null and for what is not there.
    private static func words(_ value: JSONValue?) -> String? {
        if case .number(let number)? = value { return number }
        return value?.text
    }

    private static func lines(_ title: String, _ list: JSONValue?) -> String {
        (list?.elements ?? []).compactMap(\.text).map { text in
            title.padding(to: 14) + TerminalText.shown(text) + "\n"
        }.joined()
    }
}

/// Text of somebody else for a terminal: what would command it becomes question marks. Pure.
package enum TerminalText {
    static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { LineText.isCommand($0) ? "?" : $0 }))
    }
}
