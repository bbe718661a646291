import BursarModel

/// How an amount is computed: `available`, `total - used`, `- owed`, `sum(grants[].left)`. *Value.* Exact; no multiplication, no
/// constants: a balance that needs more than this is not told by the provider but guessed.
struct Expression: Sendable, Hashable {
    struct Term: Sendable, Hashable {
        let isNegated: Bool
        let path: ValuePath
        /// Written with a `?` behind it: may be absent, and then the whole amount is left out.
        let isOptional: Bool
        /// Within `sum(…)`.
        let isSum: Bool
    }

    let terms: [Term]

    init(parsing text: String) throws(ValuePath.Refusal) {
        var terms: [Term] = []
        var sign: Bool? = false
        for word in text.split(separator: " ") {
            var word = word
            if word == "+" || word == "-" {
                guard sign == nil || terms.isEmpty && word == "-" else { throw .init(reason: "two signs in a row") }
                sign = word == "-"
                continue
            }
            guard var isNegated = sign else { throw .init(reason: "a + or - is missing between two paths") }
            if terms.isEmpty, word.hasPrefix("-") {
                isNegated = true
                word = word.dropFirst()
            }
            terms.append(try Self.term(word, isNegated: isNegated))
            sign = nil
        }
        guard sign == nil, !terms.isEmpty else { throw .init(reason: "a path is missing") }
        guard terms.count <= 16 else { throw .init(reason: "at most 16 paths are added up") }
        self.terms = terms
    }

    private static func term(_ word: Substring, isNegated: Bool) throws(ValuePath.Refusal) -> Term {
        var word = word
        if word.dropFirst().contains(where: { $0 == "+" }) {
            throw .init(reason: "between two paths stands ` + ` or ` - `, with a space before and behind it")
        }
        let isOptional = word.hasSuffix("?")
        if isOptional { word = word.dropLast() }
        let isSum = word.hasPrefix("sum(") && word.hasSuffix(")")
        let path = try ValuePath(parsing: String(isSum ? word.dropFirst(4).dropLast() : word))
        guard path.hasEach == isSum else {
            throw .init(reason: isSum ? "sum(…) needs a path with [] in it" : "a path with [] needs sum(…) around it, or `each`")
        }
        return Term(isNegated: isNegated, path: path, isOptional: isOptional, isSum: isSum)
    }
}

/// What a word or a null in an amount's place means. *Value.*
enum WordMeaning: String, Sendable, CaseIterable {
    /// There is no limit: no amount can be told, and it is not low.
    case unlimited
    /// The provider does not tell: the amount is left out.
    case unknown
}

/// What an expression gives for one body. *Value.*
enum Computed: Equatable {
    case value(ExactDecimal)
    case unlimited
    /// Told to be unknown, or an optional field is absent: the amount is left out.
    case leftOut
    /// A field that must be there is absent.
    case missing(String)
}

/// A body that has what it should, but not as an amount. *Value.* Our words only.
struct MappingError: Error, Equatable {
    let reason: String
}

extension Expression {
    func compute(in body: JSONValue, words: [String: WordMeaning]) throws(MappingError) -> Computed {
        var sum = ExactDecimal.zero
        var isFirst = true
        // What must be there is looked for also beside an optional field that is absent: a slip in its path shall not pass as one.
        var isLeftOut = false
        for term in terms {
            switch try term.compute(in: body, words: words) {
            case .value(let value):
                let signed = term.isNegated ? value.negated : value
                // The first value is taken as it is: adding it to zero would be the same, but says so less plainly.
                guard let next = isFirst ? signed : sum.adding(signed) else {
                    throw MappingError(reason: "\(term.path.text) brings a sum of more than \(ExactDecimal.maxDigits) digits")
                }
                sum = next
                isFirst = false
            case .unlimited: return term.isNegated ? .leftOut : .unlimited
            case .leftOut: return .leftOut
            case .missing(let what):
                guard term.isOptional else { return .missing(what) }
                isLeftOut = true
            }
        }
        return isLeftOut ? .leftOut : .value(sum)
    }
}

extension Expression.Term {
    fileprivate func compute(in body: JSONValue, words: [String: WordMeaning]) throws(MappingError) -> Computed {
        guard isSum else { return try Self.read(path.value(in: body), path, words) }
        guard let values = path.values(in: body) else { return .missing(path.text) }
        var sum = ExactDecimal.zero
        for value in values {
            switch try Self.read(value, path, words) {
            case .value(let value):
                guard let next = sum.adding(value) else {
                    throw MappingError(reason: "\(path.text) sums to more than \(ExactDecimal.maxDigits) digits")
                }
                sum = next
            case let other: return other
            }
        }
        return .value(sum)
    }

    /// A JSON number, or a decimal in a string; null as absent, unless a word says what it means.
    private static func read(
        _ value: JSONValue?, _ path: ValuePath, _ words: [String: WordMeaning]
    ) throws(MappingError) -> Computed {
        switch value {
        case nil: return .missing(path.text)
        case .null?: return words["null"].map { $0 == .unlimited ? .unlimited : .leftOut } ?? .missing(path.text)
        case .string(let text)?:
            if let word = words[text] { return word == .unlimited ? .unlimited : .leftOut }
            guard let decimal = ExactDecimal(text) else { throw MappingError(reason: "\(path.text) is no decimal number") }
            return .value(decimal)
        case .number(let text)?:
            if let word = words[text] { return word == .unlimited ? .unlimited : .leftOut }
            guard let decimal = ExactDecimal(text) else {
                throw MappingError(reason: "\(path.text) has more than \(ExactDecimal.maxDigits) digits")
            }
            return .value(decimal)
        case .bool?, .array?, .object?: throw MappingError(reason: "\(path.text) is no number")
        }
    }
}
