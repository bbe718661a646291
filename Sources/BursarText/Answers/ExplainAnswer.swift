import BursarBasics
import BursarCatalog
import BursarModel

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
                    title.padded(to: 13) + " " + TerminalText.shown(words) + Self.age(name, document[name], now) + "\n"
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
            title.padded(to: 13) + " " + words(TerminalText.shown(text)) + "\n"
        }.joined()
    }
}
