import BursarModel

/// Amounts as they stand in a column: JSON, so that `sqlite3` can take them apart, in exactly the form that is written here.
///
/// Nothing needs escaping: kinds are a closed set, units a few letters, values digits. So reading is a comparison with what writing
/// would give, and whatever else stands there is unreadable.
enum AmountsText {
    /// What the largest definition can give: 32 elements of `amounts`, each with every kind of 100 elements of an array. What is
    /// longer was not written here.
    static let most = 32 * 100 * AmountKind.allCases.count

    static func write(_ amounts: [Amount]) -> String {
        "["
            + amounts.map { #"{"kind":"\#($0.kind.rawValue)","value":"\#($0.value)","unit":"\#($0.unit)"}"# }
            .joined(separator: ",") + "]"
    }

    static func read(_ text: String) -> [Amount]? {
        if text == "[]" { return [] }
        guard text.hasPrefix(#"[{"kind":""#), text.hasSuffix(#""}]"#) else { return nil }
        var amounts: [Amount] = []
        for element in text.dropFirst(2).dropLast(2).split(separator: "},{", omittingEmptySubsequences: false) {
            // "kind":"available","value":"1.0","unit":"USD"
            let parts = element.split(separator: "\"", omittingEmptySubsequences: false)
            guard amounts.count < most, parts.count == 13, parts[1] == "kind", parts[5] == "value", parts[9] == "unit",
                parts[0].isEmpty, parts[2] == ":", parts[4] == ",", parts[6] == ":", parts[8] == ",", parts[10] == ":",
                parts[12].isEmpty,
                let kind = AmountKind(rawValue: String(parts[3])), let value = ExactDecimal(parts[7]),
                let unit = AmountUnit(parts[11])
            else { return nil }
            amounts.append(Amount(kind: kind, value: value, unit: unit))
        }
        return amounts
    }
}
