import BursarModel

/// One element of `amounts`: kinds of one unit, from the body or from each element of an array in it. *Value.*
struct AmountRule: Sendable {
    enum Unit: Sendable {
        case fixed(AmountUnit)
        /// From the body; `names` turns what the provider writes into a unit, `known` are listed and come first.
        case told(path: ValuePath, names: [String: AmountUnit], known: [AmountUnit])
    }

    /// Alternatives: the first whose fields are all there counts.
    struct Kind: Sendable {
        let kind: AmountKind
        let alternatives: [Expression]
        let mark: TextMark
    }

    let each: ValuePath?
    let unit: Unit
    /// Amounts are multiplied by this power of ten.
    let power: Int
    let words: [String: WordMeaning]
    let kinds: [Kind]
}

/// What the amounts of a body come to. *Value.*
struct ComputedAmounts: Equatable {
    var amounts: [Amount] = []
    var isUnlimited = false
}

extension AmountRule {
    func compute(in body: JSONValue, into result: inout ComputedAmounts) throws(MappingError) {
        guard let each else { return try computeOne(in: body, into: &result) }
        guard let elements = each.value(in: body)?.elements else { throw MappingError(reason: "\(each.text) is no array") }
        guard elements.count <= 100 else { throw MappingError(reason: "\(each.text) has more than 100 elements") }
        var groups: [(rank: Int, name: String, amounts: ComputedAmounts)] = []
        for element in elements {
            var group = ComputedAmounts()
            try computeOne(in: element, into: &group)
            let unit = try unitName(in: element)
            groups.append((unit.rank, unit.name, group))
        }
        // Providers do not keep an order, and the first amount is what a row repeats: it must not change by itself.
        for group in groups.sorted(by: { ($0.rank, $0.name) < ($1.rank, $1.name) }) {
            result.amounts += group.amounts.amounts
            result.isUnlimited = result.isUnlimited || group.amounts.isUnlimited
        }
    }

    private func computeOne(in body: JSONValue, into result: inout ComputedAmounts) throws(MappingError) {
        let unit = try unitName(in: body).unit
        for kind in kinds {
            switch try kind.compute(in: body, words: words) {
            case .value(let value):
                guard let scaled = power == 0 ? value : value.scaled(byPowerOfTen: power) else {
                    throw MappingError(reason: "the \(kind.kind.rawValue) amount has more than \(ExactDecimal.maxDigits) digits")
                }
                result.amounts.append(Amount(kind: kind.kind, value: scaled, unit: unit))
            case .unlimited: if kind.kind == .available { result.isUnlimited = true }
            case .leftOut: break
            case .missing(let path): throw MappingError(reason: "\(path) is missing")
            }
        }
    }

    private func unitName(in body: JSONValue) throws(MappingError) -> (unit: AmountUnit, rank: Int, name: String) {
        switch unit {
        case .fixed(let unit): return (unit, 0, unit.name)
        case .told(let path, let names, let known):
            guard let text = path.value(in: body)?.text else { throw MappingError(reason: "\(path.text) tells no unit") }
            guard let unit = names[text] ?? AmountUnit(text) else { throw MappingError(reason: "\(path.text) is no unit") }
            return (unit, known.firstIndex(of: unit) ?? known.count, unit.name)
        }
    }
}

extension AmountRule.Kind {
    func compute(in body: JSONValue, words: [String: WordMeaning]) throws(MappingError) -> Computed {
        var last = Computed.leftOut
        var isLeftOut = false
        for expression in alternatives {
            last = try expression.compute(in: body, words: words)
            switch last {
            case .missing: continue
            case .leftOut: isLeftOut = true
            case .value, .unlimited: return last
            }
        }
        // One alternative that lacks nothing but what may be absent makes the amount optional, wherever it stands.
        return isLeftOut ? .leftOut : last
    }
}
