import BursarBasics
import BursarModel

/// What a definition's `x-bursar` says about bodies. *Value.*
struct Mapping: Sendable {
    /// Amounts, `low` and `as_of` start from the first of these that is there.
    var roots: [ValuePath] = [.root]
    var success: [SuccessRule] = []
    var codes = CodeRule()
    var statuses: [Int: ProblemCode] = [:]
    /// Where an error body has its words: the first that is in the documented example.
    var messages: [ValuePath] = []
    var amounts: [AmountRule] = []
    var low: FlagRule?
    var asOf: ValuePath?

    /// What must hold of a 2xx body: `code: 200`. *Value.*
    struct SuccessRule: Sendable {
        let path: ValuePath
        /// Written with `?`: holds where the field is absent.
        let isOptional: Bool
        /// `null` means null or absent.
        let allowed: [JSONValue]
    }

    /// Codes inside a body and what they mean. *Value.*
    struct CodeRule: Sendable {
        var paths: [ValuePath] = []
        /// By the code as text, numbers and words alike.
        var meanings: [String: ProblemCode] = [:]
    }

    /// A boolean, or its opposite. *Value.*
    struct FlagRule: Sendable {
        let path: ValuePath
        let isNegated: Bool
    }
}

extension Mapping {
    /// Where amounts are looked for.
    func root(of body: JSONValue) -> JSONValue? {
        for path in roots {
            if let value = path.value(in: body), !value.isNull { return value }
        }
        return nil
    }

    func reading(of body: JSONValue, reply: UpstreamReply) throws(MappingError) -> Reading {
        guard let root = root(of: body) else {
            throw MappingError(reason: "\(roots.map(\.text).joined(separator: " and ")) is missing")
        }
        var computed = ComputedAmounts()
        for rule in amounts { try rule.compute(in: root, into: &computed) }
        for (index, amount) in computed.amounts.enumerated()
        where computed.amounts[..<index].contains(where: { $0.kind == amount.kind && $0.unit == amount.unit }) {
            throw MappingError(reason: "two \(amount.kind.rawValue) amounts have one unit")
        }
        guard !computed.amounts.isEmpty || computed.isUnlimited else { throw MappingError(reason: "there is no amount") }
        let low = try low?.read(in: root)
        return Reading(
            amounts: computed.amounts, providerSaysLow: low ?? (computed.isUnlimited ? false : nil),
            asOf: asOf.flatMap { Self.time($0.value(in: root)) }, reply: reply)
    }

    /// RFC 3339, or seconds since 1970. What is malformed or before 1970-01-02 is unset: `0001-01-01T00:00:00Z` and 0 are what
    /// programs write for "never", and a time nobody can read must not cost the balance.
    private static func time(_ value: JSONValue?) -> WallTime? {
        let time: WallTime?
        switch value {
        case .string(let text)?: time = WallTime(rfc3339: text) ?? seconds(text)
        case .number(let text)?: time = seconds(text)
        default: time = nil
        }
        // No time beyond the year 9999 either: it could not be written.
        guard let time, time.milliseconds >= 86_400_000, time.milliseconds < 253_402_300_800_000 else { return nil }
        return time
    }

    private static func seconds(_ text: String) -> WallTime? {
        let whole = text.prefix { $0 != "." }
        guard ExactDecimal(text) != nil, let seconds = parseASCIIDigits(whole) else { return nil }
        let behind = text.dropFirst(whole.count + 1).prefix(3)
        let milliseconds = parseASCIIDigits(behind + String(repeating: "0", count: 3 - behind.count)) ?? 0
        return WallTime(milliseconds: WallTime(seconds: Int64(seconds)).milliseconds.addingSaturating(Int64(milliseconds)))
    }
}

extension Mapping.FlagRule {
    /// Nil where the provider says nothing: absent or null.
    func read(in root: JSONValue) throws(MappingError) -> Bool? {
        guard let value = path.value(in: root), !value.isNull else { return nil }
        guard let flag = value.boolean else { throw MappingError(reason: "\(path.text) is no boolean") }
        return flag != isNegated
    }
}
