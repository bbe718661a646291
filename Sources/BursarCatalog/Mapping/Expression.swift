import BursarModel

/// How an amount is computed: `available`, `total - used`, `-owed`, `sum(grants[].left)`. *Value.* Exact. There is no multiplication and
/// there are no constants: a balance that needs them would be guessed, not told by the provider.
struct Expression: Sendable, Hashable {
    struct Term: Sendable, Hashable {
        let isNegated: Bool
        let path: ValuePath
        let absence: Absence
        /// Written `sum(…)`: the path goes through a list, and its values are added up.
        let isSum: Bool
        /// In a sum: what it means that an element lacks the field.
        var elementAbsence = Absence.refused
    }

    /// What it means that a field is absent or null. *Value.*
    enum Absence: Sendable, Hashable {
        /// The answer is malformed.
        case refused
        /// Written `path?`: the whole amount is left out.
        case leavesOut
        /// Written `path?0`: it means 0, as the provider documents.
        case zero
        /// Written `path?unlimited`: it means that there is no limit, as the provider documents.
        case unlimited

        /// Takes the mark off the end of `word`.
        fileprivate init(takingFrom word: inout Substring) {
            if word.hasSuffix("?0") {
                word = word.dropLast(2)
                self = .zero
            } else if word.hasSuffix("?unlimited") {
                word = word.dropLast("?unlimited".count)
                self = .unlimited
            } else if word.hasSuffix("?") {
                word = word.dropLast()
                self = .leavesOut
            } else {
                self = .refused
            }
        }
    }

    let terms: [Term]

    init(parsing text: String) throws(ValuePath.Refusal) {
        var terms: [Term] = []
        // Whether the next term is negated; nil behind a term, where a sign must come first.
        var isNextNegated: Bool? = false
        for word in text.split(separator: " ") {
            var word = word
            if word == "+" || word == "-" {
                guard isNextNegated == nil || terms.isEmpty && word == "-" else { throw .init(reason: "two signs in a row") }
                isNextNegated = word == "-"
                continue
            }
            try Self.refuseArithmetic(word)
            guard var isNegated = isNextNegated else { throw .init(reason: "a + or - is missing between two paths") }
            if terms.isEmpty, word.hasPrefix("-") {
                isNegated = true
                word = word.dropFirst()
            }
            terms.append(try Self.term(word, isNegated: isNegated))
            isNextNegated = nil
        }
        guard isNextNegated == nil, !terms.isEmpty else { throw .init(reason: "a path is missing") }
        guard terms.count <= 16 else { throw .init(reason: "at most 16 paths are added up") }
        self.terms = terms
    }

    private static func term(_ word: Substring, isNegated: Bool) throws(ValuePath.Refusal) -> Term {
        var word = word
        let absence = Absence(takingFrom: &word)
        let isSum = word.hasPrefix("sum(") && word.hasSuffix(")")
        var elementAbsence = Absence.refused
        if isSum {
            word = word.dropFirst(4).dropLast()
            elementAbsence = Absence(takingFrom: &word)
            guard elementAbsence == .refused || elementAbsence == .zero else {
                throw .init(reason: "within sum(…) a field may be ?0; a ? behind the bracket says that the array may be absent")
            }
        }
        let path = try ValuePath(parsing: String(word))
        guard path.hasEach == isSum else {
            throw .init(reason: isSum ? "sum(…) needs a path with [] in it" : "a path with [] needs sum(…) around it, or `each`")
        }
        return Term(isNegated: isNegated, path: path, absence: absence, isSum: isSum, elementAbsence: elementAbsence)
    }

    /// Refuses what people write who take this for a formula, and says what to write instead.
    private static func refuseArithmetic(_ signed: Substring) throws(ValuePath.Refusal) {
        let word = signed.hasPrefix("-") ? signed.dropFirst() : signed
        if word.dropFirst().contains("+") {
            throw .init(reason: "between two paths stands ` + ` or ` - `, with a space before and behind it")
        }
        if isSubtraction(word) {
            throw .init(
                reason: "between two paths stands ` - `, with a space before and behind it; a name that has a - is written $.a-b"
            )
        }
        if word == "*" || word == "/" || word.contains("*") { throw .init(reason: "there is no * and no /; `scale` has factors") }
        if ExactDecimal(word) != nil { throw .init(reason: "a number is no path: there are no constants") }
        guard !word.hasPrefix("sum(") else { return }
        if let bracket = word.firstIndex(of: "("), bracket != word.startIndex {
            throw .init(reason: "there is no function but sum(…)")
        }
        if word.contains("(") || word.contains(")") { throw .init(reason: "there are no brackets but those of sum(…)") }
        if word.hasPrefix("["), word.count > 1 { throw .init(reason: "a list of alternatives is YAML's: available: [a, b]") }
    }

    /// `a-b`: a field of that name is possible and rare, so it has to be written as what it is, `$.a-b` or `/a-b`. Else a
    /// subtraction would be looked for as one field, in every answer.
    private static func isSubtraction(_ word: Substring) -> Bool {
        guard !word.hasPrefix("/"), !word.hasPrefix("$.") else { return false }
        // Within sum(…) there is no arithmetic, so a - is part of a name.
        let outside = word.hasPrefix("sum(") ? word[(word.firstIndex(of: ")") ?? word.endIndex)...] : word
        let sides = outside.split(separator: "-", omittingEmptySubsequences: false)
        return zip(sides, sides.dropFirst()).contains { left, right in
            guard let last = left.last, let first = right.first else { return false }
            return last != "." && (first.isLetter || first == "_" || first == "$")
        }
    }
}

/// What a definition says that a word, a number or a null means where an amount belongs. *Value.*
enum WordMeaning: String, Sendable, CaseIterable {
    /// There is no limit, so there is no amount, and the row is not low.
    case unlimited
    /// The provider does not know it: the amount is left out.
    case unknown
    /// Nothing is left: the amount is 0, and the row is low.
    case depleted
    /// The account has no such amount, and nothing is wrong: it is left out.
    case none
}

/// What an expression gives for one body. *Value.*
enum Computed: Equatable {
    case value(ExactDecimal)
    case unlimited
    case depleted
    /// There is no such amount, and nothing is wrong.
    case none
    /// The amount is left out, for this reason: a word says that it is unknown, or an optional field is absent.
    case leftOut(String)
    /// A required field is absent; which one, in words.
    case missing(String)
}

/// A field is there and is no amount, or a sum has too many digits. *Value.* The reason quotes nothing of the body.
struct MappingError: Error, Equatable {
    let reason: String
}

/// What the amounts of one body are computed with. *Value.*
struct AmountContext {
    /// An element of a `sum(…)` counts where all of these hold in it.
    var conditions: [Condition] = []
    var words = TokenTable<WordMeaning>()
    var now: WallTime
}

extension Expression {
    func compute(in body: JSONValue, _ context: AmountContext) throws(MappingError) -> Computed {
        var sum: ExactDecimal?
        var leftOut: String?
        var isZero = false
        for term in terms {
            switch try term.compute(in: body, context) {
            case .value(let value):
                let signed = term.isNegated ? value.negated : value
                // Begins with the first value and not with 0, so that its digits stay as the provider wrote them.
                guard let next = sum.map({ $0.adding(signed) }) ?? signed else {
                    throw MappingError(reason: "\(term.path.text) brings a sum of more than \(ExactDecimal.maxDigits) digits")
                }
                sum = next
            case .unlimited: return term.unlimited
            case .depleted: return .depleted
            case .none:
                // An empty list adds nothing to the other terms. Any other term without an amount leaves none to the whole.
                guard term.isSum else { return .none }
            case .leftOut(let why): return .leftOut(why)
            case .missing(let what):
                switch term.absence {
                case .refused: return .missing(what)
                case .leavesOut: leftOut = leftOut ?? what
                case .zero: isZero = true
                case .unlimited: return term.unlimited
                }
            }
        }
        if let leftOut { return .leftOut(leftOut) }
        return sum.map { .value($0) } ?? (isZero ? .value(.zero) : .none)
    }
}

extension Expression.Term {
    /// What is left of something without a limit has none either; what is taken from something must have one.
    fileprivate var unlimited: Computed { isNegated ? .leftOut("\(path.text) has no limit") : .unlimited }

    fileprivate func compute(in body: JSONValue, _ context: AmountContext) throws(MappingError) -> Computed {
        guard isSum else { return try Self.read(path.value(in: body), path.text, context.words) }
        guard let elements = path.elements(in: body) else { return .missing(path.lack(in: body)) }
        guard !elements.isEmpty else { return .none }
        var sum = ExactDecimal.zero
        for (index, element) in elements.enumerated()
        where context.conditions.allSatisfy({ $0.holds(in: element, now: context.now) }) {
            switch try Self.read(path.behindEach.value(in: element), path.text(at: index), context.words) {
            case .value(let value):
                guard let next = sum.adding(value) else {
                    throw MappingError(reason: "\(path.text) sums to more than \(ExactDecimal.maxDigits) digits")
                }
                sum = next
            case .missing where elementAbsence == .zero: continue
            case .none: continue
            case .depleted: continue
            case let other: return other
            }
        }
        return .value(sum)
    }

    /// Takes a JSON number, or a decimal in a string. Null is as good as absent, unless a word says what it means.
    private static func read(
        _ value: JSONValue?, _ path: String, _ words: TokenTable<WordMeaning>
    ) throws(MappingError) -> Computed {
        guard let value else { return .missing("\(path) is missing") }
        if !words.isEmpty, let meaning = words[value] { return Computed(meaning, of: path) }
        switch value {
        case .null: return .missing("\(path) is null")
        case .string(let text):
            // The definition may name the number 0 where the provider writes "0".
            if ExactDecimal(text) != nil, let meaning = words[number: text] { return Computed(meaning, of: path) }
            guard let decimal = ExactDecimal(text) else { throw MappingError(reason: "\(path) is no decimal number") }
            return .value(decimal)
        case .number(let text):
            guard let decimal = ExactDecimal(text) else {
                throw MappingError(reason: "\(path) has more than \(ExactDecimal.maxDigits) digits")
            }
            return .value(decimal)
        case .bool, .array, .object: throw MappingError(reason: "\(path) is no number")
        }
    }
}

extension Computed {
    fileprivate init(_ meaning: WordMeaning, of path: String) {
        switch meaning {
        case .unlimited: self = .unlimited
        case .unknown: self = .leftOut("\(path) is said to be unknown")
        case .depleted: self = .depleted
        case .none: self = .none
        }
    }
}
