import BursarBasics

/// Small pieces of JSON as text. The mocks write a few fixed shapes whose members keep their order; nothing here reads JSON.
enum JSONText {
    /// `text` as a JSON string with its quotes; it may be hostile. `<` is escaped too: a browser that takes the answer for HTML finds no
    /// tag in it.
    static func string(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONString.append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self).replacing("<", with: "\\u003c")
    }

    /// `{"name":value,…}` of values that are JSON already.
    static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { "\(string($0.name)):\($0.value)" }.joined(separator: ",") + "}"
    }

    /// `[value,…]` of values that are JSON already.
    static func array(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }

    static func string(orNull text: String?) -> String { text.map { string($0) } ?? "null" }
    static func number(orNull number: Int?) -> String { number.map { "\($0)" } ?? "null" }
}
