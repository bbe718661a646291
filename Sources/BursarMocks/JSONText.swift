/// Small pieces of JSON as text. The mocks write a few fixed shapes whose members keep their order; nothing here reads JSON.
enum JSONText {
    /// `text` as a JSON string with its quotes. Every byte that is not plain ASCII is escaped or kept as UTF-8; `text` may be
    /// hostile.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar == "<":
                // `<` too: a browser that takes the answer for HTML finds no tag in it.
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
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
