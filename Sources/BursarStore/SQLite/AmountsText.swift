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
            + amounts.map { "{" + members(of: $0).map { #""\#($0)":"\#($1)""# }.joined(separator: ",") + "}" }.joined(
                separator: ",")
            + "]"
    }

    /// What nearly no amount has is only there where it is said.
    private static func members(of amount: Amount) -> [(key: String, value: String)] {
        var members = [("kind", amount.kind.rawValue), ("value", "\(amount.value)"), ("unit", "\(amount.unit)")]
        if let part = amount.part { members.append(("part", part.name)) }
        if let time = amount.resetsAt { members.append(("resets", "\(time.milliseconds)")) }
        if let time = amount.expiresAt { members.append(("expires", "\(time.milliseconds)")) }
        if amount.isAside { members.append(("aside", "true")) }
        return members
    }

    static func read(_ text: String) -> [Amount]? {
        if text == "[]" { return [] }
        guard text.hasPrefix(#"[{"kind":""#), text.hasSuffix(#""}]"#) else { return nil }
        var amounts: [Amount] = []
        for element in text.dropFirst(2).dropLast(2).split(separator: "},{", omittingEmptySubsequences: false) {
            guard amounts.count < most, let amount = amount(element) else { return nil }
            amounts.append(amount)
        }
        return amounts
    }

    /// `"kind":"available","value":"1.0","unit":"USD"`, and what may follow, in that order.
    private static func amount(_ element: Substring) -> Amount? {
        let parts = element.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count % 4 == 1, parts.count >= 13, parts.last?.isEmpty == true else { return nil }
        var values: [Substring: Substring] = [:]
        var order = ["kind", "value", "unit", "part", "resets", "expires", "aside"][...]
        for start in stride(from: 0, to: parts.count - 1, by: 4) {
            let key = parts[start + 1]
            guard parts[start] == (start == 0 ? "" : ","), parts[start + 2] == ":",
                let place = order.firstIndex(where: { $0 == key })
            else { return nil }
            order = order[(place + 1)...]
            values[key] = parts[start + 3]
        }
        func time(_ key: Substring) -> WallTime?? {
            guard let text = values[key] else { return .some(nil) }
            guard let milliseconds = Int64(text), (0..<253_402_300_800_000).contains(milliseconds) else { return nil }
            return WallTime(milliseconds: milliseconds)
        }
        let part = values["part"].flatMap { AmountPart($0) }
        guard let kind = values["kind"].flatMap({ AmountKind(rawValue: String($0)) }),
            let value = values["value"].flatMap({ ExactDecimal($0) }), let unit = values["unit"].flatMap({ AmountUnit($0) }),
            let resets = time("resets"), let expires = time("expires"), values["part"] == nil || part != nil,
            values["aside"] == nil || values["aside"] == "true"
        else { return nil }
        return Amount(
            kind: kind, value: value, unit: unit, part: part, resetsAt: resets, expiresAt: expires,
            isAside: values["aside"] != nil)
    }
}
