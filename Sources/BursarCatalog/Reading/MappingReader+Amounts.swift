import BursarBasics
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
        var unit: AmountRule.Unit?
        var kinds: [AmountRule.Kind] = []
        var rule = AmountRule(unit: .told(.init(path: .root)), kinds: [])
        var sumMark: TextMark?
        let entries = entries(of: node, in: .amount)
        for pair in entries {
            let value = pair.value
            switch pair.key {
            case "each": rule.each = path(value)
            case "where":
                sumMark = pair.keyMark
                rule.conditions = conditions(
                    value, "where is a mapping of paths and values, such as {status: online}", isWhere: true)
            case "merge":
                rule.merges = value.text == "sum"
                if !rule.merges { problems.error(value.mark, "merge is sum, which adds up the elements of one unit") }
            case "unit": unit = self.unit(value)
            case "part": rule.part = part(value)
            case "scale": rule.factor = scale(value) ?? .one
            case "decimals": rule.decimals = decimals(value)
            case "words": rule.words = words(value)
            case "unlimited": rule.unlimited = flag(value, "unlimited")
            case "resets": rule.resets = paths(value)
            case "expires": rule.expires = paths(value)
            default:
                guard let kind = AmountKind(rawValue: pair.key) else { continue }
                kinds.append(AmountRule.Kind(kind: kind, alternatives: expressions(value), mark: pair.keyMark))
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
        if rule.merges, rule.each == nil { problems.error(node.mark, "merge goes with each") }
        let hasSum = kinds.contains { $0.alternatives.contains { $0.terms.contains { $0.isSum } } }
        if let sumMark, rule.each == nil, !hasSum { problems.error(sumMark, "where goes with each, or with a sum(…)") }
        if rule.decimals == nil, !rule.factor.ends {
            problems.error(node.mark, "this scale has no end in decimals", hint: "say how many digits are wanted: decimals: 2")
        }
        guard let unit, !kinds.isEmpty, kinds.allSatisfy({ !$0.alternatives.isEmpty }) else { return nil }
        rule.unit = unit
        rule.kinds = kinds
        return rule
    }

    private mutating func part(_ node: LocatedNode) -> AmountPart? {
        if let part = node.text.flatMap({ AmountPart($0) }) { return part }
        problems.error(node.mark, "a part is a name of up to 24 letters, digits, _ -, such as plan or topup")
        return nil
    }

    private mutating func decimals(_ node: LocatedNode) -> Int? {
        if let count = node.text.flatMap({ parseASCIIDigits($0[...]) }), count <= 18 { return count }
        problems.error(node.mark, "decimals is how many digits behind the point a scaled figure may have, 0 to 18")
        return nil
    }

    private mutating func unit(_ node: LocatedNode) -> AmountRule.Unit? {
        guard node.pairs != nil else {
            return checkedUnit(node).map { .fixed($0) }
        }
        var at: ValuePath?
        var parameter: String?
        var names: [String: AmountUnit] = [:]
        var known: [AmountUnit] = []
        var isMoney = false
        let entries = entries(of: node, in: .unit)
        for pair in entries {
            switch pair.key {
            case "at": at = path(pair.value)
            case "parameter":
                parameter = pair.value.text
                if parameter.map({ RequestTemplate.isParameterName($0) }) != true {
                    problems.error(pair.value.mark, "parameter is the name of one of the account's parameters")
                }
            case "money":
                isMoney = pair.value.boolean ?? false
                if pair.value.boolean == nil { problems.error(pair.value.mark, "money is true or false") }
            case "known": for element in list(pair.value) { if let name = checkedUnit(element) { known.append(name) } }
            default:
                guard let pairs = pair.value.pairs else {
                    problems.error(pair.value.mark, "names is a mapping such as {usd: USD}")
                    continue
                }
                for name in pairs { if let unit = checkedUnit(name.value) { names[name.key] = unit } }
            }
        }
        guard entries.count == node.pairs?.count else { return nil }
        if parameter != nil, let other = entries.first(where: { ["at", "known", "money"].contains($0.key) }) {
            problems.error(
                other.keyMark, "a unit comes from the body or from a parameter: \(other.key) does not go with parameter",
                hint: "at, known and money are for a unit that the body tells")
            return nil
        }
        if let parameter {
            if names.isEmpty { problems.error(node.mark, "a unit by parameter needs names, such as {cn: CNY, ai: USD}") }
            return .parameter(name: parameter, names: names)
        }
        guard let at else {
            problems.error(node.mark, "a unit that the body tells needs its path: unit: {at: currency}")
            return nil
        }
        return .told(.init(path: at, names: names, known: known, isMoney: isMoney))
    }

    /// A unit that looks like money and is none, or the other way round, is nearly always a slip.
    private mutating func warnOfMoney(_ unit: AmountUnit, _ mark: TextMark) {
        if unit.isMoney, !Currencies.contains(unit.name) {
            problems.warning(
                mark, "three capitals are money, and \(unit) is no currency of ISO 4217",
                hint: "write a unit of its own in small letters")
        } else if unit.name.utf8.count == 3, Currencies.contains(unit.name.uppercased()), !unit.isMoney {
            problems.warning(mark, "\(unit) is a unit of its own", hint: "money is written \(unit.name.uppercased())")
        }
    }

    private mutating func checkedUnit(_ node: LocatedNode) -> AmountUnit? {
        let unit = unitName(node)
        if let unit { warnOfMoney(unit, node.mark) }
        return unit
    }

    private mutating func unitName(_ node: LocatedNode) -> AmountUnit? {
        if let unit = node.text.flatMap({ AmountUnit($0) }) { return unit }
        problems.error(node.mark, "a unit is USD and the like, or up to 24 letters, digits, _ - .")
        return nil
    }

    /// `0.0001`, `1e-4`, `100` or `1/60`.
    private mutating func scale(_ node: LocatedNode) -> ExactFactor? {
        if let factor = node.text.flatMap({ ExactFactor($0) }) { return factor }
        problems.error(
            node.mark, "scale is a factor above 0: 0.01 where the provider counts in cents, 1/60 for minutes of seconds")
        return nil
    }

    private mutating func words(_ node: LocatedNode) -> TokenTable<WordMeaning> {
        var words = TokenTable<WordMeaning>()
        guard let pairs = node.pairs else {
            problems.error(node.mark, "words is a mapping such as {null: unlimited}")
            return words
        }
        for pair in pairs {
            guard let meaning = pair.value.text.flatMap({ WordMeaning(rawValue: $0) }) else {
                let names = WordMeaning.allCases.map(\.rawValue)
                let near = NearestName.find(pair.value.text ?? "", among: names)
                problems.error(
                    pair.value.mark, "a word means " + names.joined(separator: ", "),
                    hint: near.map { "did you mean \($0)?" } ?? "a balance that nobody tells is never 0")
                continue
            }
            // `null:` and `~:` both say null.
            words.insert(pair.key == "~" ? "null" : pair.key, meaning)
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
    mutating func flag(_ node: LocatedNode, _ name: String) -> Mapping.FlagRule? {
        guard let text = node.text else {
            problems.error(node.mark, "\(name) is the path of a boolean, or `not` and a path")
            return nil
        }
        let isNegated = text.hasPrefix("not ")
        let rest = isNegated ? String(text.dropFirst(4).trimmingBlanks) : text
        guard let path = path(LocatedNode(.scalar(rest, isPlain: false), at: node.mark)) else { return nil }
        return Mapping.FlagRule(path: path, isNegated: isNegated)
    }
}
