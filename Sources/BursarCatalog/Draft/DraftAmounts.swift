import BursarModel

/// Which fields of an answer look like amounts. *Value.* Pure. A guess by names and values: a person reads the draft and decides.
struct DraftAmounts: Sendable {
    /// A figure in the answer. *Value.*
    struct Candidate: Sendable, Equatable {
        /// In the syntax of `x-bursar`.
        let path: String
        let steps: [ValuePath.Step]
        let value: String
        let kind: AmountKind
        let unit: String
        /// The path of a currency that the answer names beside it; nil where it names none.
        let currencyPath: String?
        /// What the value is multiplied by: `0.01` for cents.
        let scale: String?
        /// The higher, the more it looks like what is left.
        let score: Int
        /// Whether the path goes through the first element of a list, which stands for all of them.
        let isOfFirstElement: Bool
    }

    /// The one that the draft maps.
    let chosen: Candidate
    /// The draft names these in comments.
    let others: [Candidate]
    /// Whether the answer itself is a list: then paths start from its elements.
    let isList: Bool

    init?(_ example: JSONValue) {
        var candidates: [Candidate] = []
        isList = example.elements != nil
        let start = example.elements?.first ?? example
        Self.collect(start, steps: isList ? [.each] : [], text: "", PrivateNames(), beside: nil, &candidates, depth: 0)
        let best = candidates.enumerated().max { ($0.element.score, -$0.offset) < ($1.element.score, -$1.offset) }
        guard let chosen = best?.element else { return nil }
        self.chosen = chosen
        others = candidates.filter { $0.path != chosen.path }.prefix(20).map { $0 }
    }

    /// An example is somebody else's file: neither its depth nor its size may cost much.
    private static let maximumDepth = 16
    private static let maximumCandidates = 200

    /// Walks through the example and takes down each candidate.
    /// - Parameters:
    ///   - text: the path so far, as `x-bursar` writes it.
    ///   - object: the object that has the value, where a currency may stand beside it.
    private static func collect(
        _ value: JSONValue, steps: [ValuePath.Step], text: String, _ names: PrivateNames, beside object: JSONObject?,
        _ candidates: inout [Candidate], depth: Int
    ) {
        guard depth < maximumDepth, candidates.count < maximumCandidates else { return }
        switch value {
        case .object(let object):
            for member in object.members {
                guard let path = joined(text, member.key) else { continue }
                collect(
                    member.value, steps: steps + [.key(member.key)], text: path, names.named(member.key), beside: object,
                    &candidates, depth: depth + 1)
            }
        case .array(let elements):
            // The example does not say which element counts, or whether all do: the first stands for them.
            guard let first = elements.first, !text.isEmpty else { return }
            collect(
                first, steps: steps + [.index(0)], text: text + "[0]", names.element, beside: nil, &candidates,
                depth: depth + 1)
        case .number(let figure), .string(let figure):
            guard !names.isPrivate(value) else { return }
            candidate(figure, steps, text, object).map { candidates.append($0) }
        case .null, .bool: return
        }
    }

    /// The path of a member; nil for a name that only a JSON Pointer can write, which is left to a person.
    private static func joined(_ text: String, _ key: String) -> String? {
        guard (try? ValuePath(parsing: key)) != nil, !key.contains("."), !key.contains("["), !key.hasPrefix("/"), key != "$"
        else {
            return nil
        }
        return text.isEmpty ? key : "\(text).\(key)"
    }

    private static func candidate(
        _ number: String, _ steps: [ValuePath.Step], _ text: String, _ object: JSONObject?
    ) -> Candidate? {
        let words = DraftWords(steps)
        guard let value = ExactDecimal(number), !words.isNoAmount else { return nil }
        var currencyPath: String?
        for name in ["currency", "currency_code", "currencyCode"] where currencyPath == nil {
            guard let told = object?[name]?.text, DraftWords.isCurrencyCode(told) else { continue }
            let parent = text.split(separator: ".").dropLast().joined(separator: ".")
            currencyPath = parent.isEmpty ? name : "\(parent).\(name)"
        }
        // Without `$.` an amount `a-b` would read like a subtraction.
        let path = text.isEmpty ? "$" : text.contains("-") ? "$.\(text)" : text
        return Candidate(
            path: path, steps: steps, value: value.description, kind: words.kind, unit: words.unit,
            currencyPath: currencyPath, scale: words.scale, score: words.score + (currencyPath == nil ? 0 : 3),
            isOfFirstElement: steps.contains { if case .index = $0 { true } else { false } })
    }
}

/// The words in the names of a path: `creditsRemaining` has credits and remaining. *Value.*
struct DraftWords: Sendable {
    /// Of the last name.
    private let last: Set<String>
    /// Of all names of the path.
    private let all: Set<String>

    init(_ steps: [ValuePath.Step]) {
        let names = steps.compactMap { step in if case .key(let key) = step { key } else { nil } }
        last = Self.words(names.last ?? "")
        all = names.reduce(into: []) { $0.formUnion(Self.words($1)) }
    }

    static func words(_ name: String) -> Set<String> {
        var words: [String] = []
        var current = ""
        for character in name {
            let endsWord =
                !(character.isLetter || character.isNumber) || (character.isUppercase && current.last?.isLowercase == true)
            if endsWord, !current.isEmpty {
                words.append(current.lowercased())
                current = ""
            }
            if character.isLetter || character.isNumber { current.append(character) }
        }
        if !current.isEmpty { words.append(current.lowercased()) }
        return Set(words)
    }

    /// Whether the last name has one of the words.
    private func says(_ words: String...) -> Bool { !last.isDisjoint(with: words) }

    /// Whether the last name says that the number is no amount.
    var isNoAmount: Bool {
        says(
            "id", "code", "status", "time", "timestamp", "date", "at", "created", "updated", "expires", "expiry", "reset",
            "resets",
            "percent", "percentage", "page", "version", "concurrency", "rate", "interval", "ttl", "year", "month", "day",
            "threshold")
    }

    var kind: AmountKind { Self.kind(of: last) ?? .available }

    private static func kind(of name: Set<String>) -> AmountKind? {
        func says(_ words: String...) -> Bool { !name.isDisjoint(with: words) }
        if says("reserved", "frozen", "hold", "held", "pending", "locked") { return .reserved }
        if says("used", "usage", "spent", "spend", "consumed", "count") { return .used }
        if says("available", "balance", "remaining", "remain", "left", "remained") { return .available }
        if says("limit", "quota", "max", "maximum", "cap", "allowance") { return .limit }
        if says("granted", "total", "allocated", "included", "purchased") { return .granted }
        return nil
    }

    var score: Int {
        var score = 0
        if says("available") { score += 12 }
        if says("remaining", "left", "remain", "remained") { score += 11 }
        if says("balance") { score += 10 }
        if says("credit", "credits", "funds") { score += 6 }
        if !all.isDisjoint(with: ["balance", "credit", "credits", "wallet", "quota", "usage"]) { score += 2 }
        return kind == .available ? score : min(score, 1)
    }

    /// The words that say what is counted: of the last name, or else of all.
    private var counted: Set<String> { Self.unit(of: last) == nil ? all : last }

    var unit: String { Self.unit(of: counted) ?? "credits" }

    /// Of the same words as the unit: `cents: {balance: 1250}` is in cents as a whole.
    var scale: String? { counted.isDisjoint(with: ["cent", "cents"]) ? nil : "0.01" }

    private static func unit(of names: Set<String>) -> String? {
        let units: [(unit: String, words: Set<String>)] = [
            // Cents are of USD only where no other currency is named beside them.
            ("USD", ["usd", "dollar", "dollars"]), ("EUR", ["eur", "euro", "euros"]), ("USD", ["cent", "cents"]),
            ("credits", ["credit", "credits"]), ("tokens", ["tokens"]), ("characters", ["character", "characters"]),
            ("requests", ["request", "requests", "calls"]), ("minutes", ["minute", "minutes"]),
            ("seconds", ["second", "seconds"]),
            ("images", ["image", "images"]), ("points", ["point", "points"]), ("GB", ["gb", "gigabytes"])
        ]
        return units.first { !$0.words.isDisjoint(with: names) }?.unit
    }

    /// Whether the words of a name say that a figure is an amount.
    static func tellAmount(_ name: Set<String>) -> Bool { kind(of: name) != nil || unit(of: name) != nil }

    /// ISO 4217's three letters, in any case.
    static func isCurrencyCode(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
    }
}
