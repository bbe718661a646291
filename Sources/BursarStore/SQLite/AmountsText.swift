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
        if amount.binds { members.append(("binds", "true")) }
        return members
    }

    static func read(_ text: String) -> [Amount]? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = Reader(bytes)
            return reader.amounts()
        }
    }
}

/// Reads bytes from the front, as a runway reads a year of rows. *Value;* of no use outside the closure that lent the bytes.
private struct Reader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func amounts() -> [Amount]? {
        guard pass("[") else { return nil }
        if pass("]") { return index == bytes.count ? [] : nil }
        var amounts: [Amount] = []
        repeat {
            guard amounts.count < AmountsText.most, let amount = amount() else { return nil }
            amounts.append(amount)
        } while pass(",")
        return pass("]") && index == bytes.count ? amounts : nil
    }

    /// `{"kind":"available","value":"1.0","unit":"USD"}`, and what may follow the unit, in that order.
    private mutating func amount() -> Amount? {
        guard pass(#"{"kind":""#), let kind = word().flatMap(AmountKind.init(rawValue:)),
            pass(#","value":""#), let value = quoted().flatMap(ExactDecimal.init(utf8:)),
            pass(#","unit":""#), let unit = word().flatMap({ AmountUnit($0) }),
            let part = optional(#","part":""#, { AmountPart($0) }),
            let resets = optional(#","resets":""#, Self.time), let expires = optional(#","expires":""#, Self.time)
        else { return nil }
        let isAside = pass(#","aside":"true""#)
        let binds = pass(#","binds":"true""#)
        guard pass("}") else { return nil }
        return Amount(
            kind: kind, value: value, unit: unit, part: part, resetsAt: resets, expiresAt: expires, isAside: isAside,
            binds: binds)
    }

    /// Nil where it is there and cannot be read.
    private mutating func optional<Value>(_ key: StaticString, _ read: (String) -> Value?) -> Value?? {
        guard pass(key) else { return .some(nil) }
        return word().flatMap(read).map { .some($0) }
    }

    private static func time(_ text: String) -> WallTime? {
        guard let milliseconds = Int64(text), (0..<253_402_300_800_000).contains(milliseconds) else { return nil }
        return WallTime(milliseconds: milliseconds)
    }

    private mutating func word() -> String? { quoted().map { String(decoding: $0, as: UTF8.self) } }

    /// What stands before the next quotation mark, which is passed too.
    private mutating func quoted() -> UnsafeBufferPointer<UInt8>? {
        let rest = bytes[index...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        index = end + 1
        return UnsafeBufferPointer(rebasing: rest[..<end])
    }

    /// Whether exactly this comes next; then it is passed.
    private mutating func pass(_ expected: StaticString) -> Bool {
        expected.withUTF8Buffer { expected in
            guard bytes[index...].starts(with: expected) else { return false }
            index += expected.count
            return true
        }
    }
}
