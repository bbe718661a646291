import BursarModel

/// `amounts`, `low`.
extension MappingReader {
    mutating func amounts(_ node: LocatedNode) -> [AmountRule] {
        guard let elements = node.elements, !elements.isEmpty, elements.count <= 32 else {
            problems.error(
                node.mark, "amounts is a list of 1 to 32 elements", hint: "amounts: [{unit: USD, available: data.balance}]")
            return []
        }
        var rules: [AmountRule] = []
        for element in elements { if let rule = amount(element) { rules.append(rule) } }
        return rules
    }

    private mutating func amount(_ node: LocatedNode) -> AmountRule? {
        var each: ValuePath?
        var unit: AmountRule.Unit?
        var power = 0
        var words: [String: WordMeaning] = [:]
        var kinds: [AmountRule.Kind] = []
        let entries = entries(of: node, in: .amount)
        for pair in entries {
            switch pair.key {
            case "each": each = path(pair.value)
            case "unit": unit = self.unit(pair.value)
            case "scale": power = scale(pair.value) ?? 0
            case "words": words = self.words(pair.value)
            default:
                guard let kind = AmountKind(rawValue: pair.key) else { continue }
                kinds.append(AmountRule.Kind(kind: kind, alternatives: expressions(pair.value), mark: pair.keyMark))
            }
        }
        guard entries.count == node.pairs?.count else { return nil }  // reported: an unknown key, or no mapping
        if !entries.contains(where: { $0.key == "unit" }) {
            problems.error(node.mark, "an amount needs a unit", hint: "unit: USD, unit: credits, or unit: {at: currency}")
        }
        if kinds.isEmpty {
            let names = AmountKind.allCases.map(\.rawValue).joined(separator: ", ")
            problems.error(node.mark, "an amount needs at least one of \(names)", hint: "available: data.balance")
        }
        guard let unit, !kinds.isEmpty, kinds.allSatisfy({ !$0.alternatives.isEmpty }) else { return nil }
        return AmountRule(each: each, unit: unit, power: power, words: words, kinds: kinds)
    }

    private mutating func unit(_ node: LocatedNode) -> AmountRule.Unit? {
        guard node.pairs != nil else {
            guard let name = unitName(node) else { return nil }
            return .fixed(name)
        }
        var at: ValuePath?
        var names: [String: AmountUnit] = [:]
        var known: [AmountUnit] = []
        let entries = entries(of: node, in: .unit)
        for pair in entries {
            switch pair.key {
            case "at": at = path(pair.value)
            case "known": for element in list(pair.value) { if let name = unitName(element) { known.append(name) } }
            default:
                guard let pairs = pair.value.pairs else {
                    problems.error(pair.value.mark, "names is a mapping such as {usd: USD}")
                    continue
                }
                for name in pairs { if let unit = unitName(name.value) { names[name.key] = unit } }
            }
        }
        guard let at else {
            if entries.count == node.pairs?.count {
                problems.error(node.mark, "a unit that the body tells needs its path: unit: {at: currency}")
            }
            return nil
        }
        return .told(path: at, names: names, known: known)
    }

    private mutating func unitName(_ node: LocatedNode) -> AmountUnit? {
        if let unit = node.text.flatMap({ AmountUnit($0) }) { return unit }
        problems.error(node.mark, "a unit is USD and the like, or up to 24 letters, digits, _ - .")
        return nil
    }

    /// `0.0001`, `1e-4` or `100`: a power of ten, because only that keeps every digit.
    private mutating func scale(_ node: LocatedNode) -> Int? {
        guard let value = node.text.flatMap({ ExactDecimal($0) }),
            let power = (-ExactDecimal.maxDigits...ExactDecimal.maxDigits).first(where: {
                ExactDecimal(1).scaled(byPowerOfTen: $0) == value
            })
        else {
            problems.error(node.mark, "scale is a power of ten: 0.0001 where the provider counts in 1/10000")
            return nil
        }
        return power
    }

    private mutating func words(_ node: LocatedNode) -> [String: WordMeaning] {
        guard let pairs = node.pairs else {
            problems.error(node.mark, "words is a mapping such as {null: unlimited}")
            return [:]
        }
        var words: [String: WordMeaning] = [:]
        for pair in pairs {
            guard let meaning = pair.value.text.flatMap({ WordMeaning(rawValue: $0) }) else {
                let near = NearestName.find(pair.value.text ?? "", among: WordMeaning.allCases.map(\.rawValue))
                problems.error(
                    pair.value.mark, "a word means unlimited or unknown",
                    hint: near.map { "did you mean \($0)?" } ?? "a balance that nobody tells is never 0")
                continue
            }
            // `null:` and `~:` both say null.
            words[pair.key == "~" || pair.key.isEmpty ? "null" : pair.key] = meaning
        }
        return words
    }

    private mutating func expressions(_ node: LocatedNode) -> [Expression] {
        var expressions: [Expression] = []
        for element in list(node) {
            guard let text = element.text else {
                problems.error(element.mark, "an amount is a path such as data.balance, or total - used")
                continue
            }
            do throws(ValuePath.Refusal) {
                expressions.append(try Expression(parsing: text))
            } catch {
                problems.error(element.mark, error.reason)
            }
        }
        return expressions
    }

    /// `low_balance_alert` or `not is_available`.
    mutating func flag(_ node: LocatedNode) -> Mapping.FlagRule? {
        guard let text = node.text else {
            problems.error(node.mark, "low is the path of a boolean, or `not` and a path")
            return nil
        }
        let isNegated = text.hasPrefix("not ")
        let rest = isNegated ? String(text.dropFirst(4).trimmingBlanks) : text
        guard let path = path(LocatedNode(.scalar(rest, isPlain: false), at: node.mark)) else { return nil }
        return Mapping.FlagRule(path: path, isNegated: isNegated)
    }
}
