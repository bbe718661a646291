import BursarModel

/// One element of `amounts`: kinds of one unit, from the body or from each element of an array in it. *Value.*
struct AmountRule: Sendable {
    enum Unit: Sendable {
        case fixed(AmountUnit)
        case told(ToldUnit)
        /// By a parameter of the account: `region`.
        case parameter(name: String, names: [String: AmountUnit])
    }

    /// A unit from the body. *Value.*
    struct ToldUnit: Sendable {
        let path: ValuePath
        /// Turns what the provider writes into a unit.
        var names: [String: AmountUnit] = [:]
        /// Are listed beforehand, and come first.
        var known: [AmountUnit] = []
        /// ISO 4217's three letters in any case, and nothing else.
        var isMoney = false
    }

    /// Alternatives: the first whose fields are all there counts.
    struct Kind: Sendable {
        let kind: AmountKind
        let alternatives: [Expression]
        let mark: TextMark
    }

    var each: ValuePath?
    /// Elements of `each`, or of a `sum(…)`, that count.
    var conditions: [Condition] = []
    /// Adds up the elements of one unit.
    var merges = false
    var unit: Unit
    var part: AmountPart?
    var factor = ExactFactor.one
    /// The most digits behind the point of a product that may have no end.
    var decimals: Int?
    var words = TokenTable<WordMeaning>()
    /// True where there is no limit: then only `used` is told.
    var unlimited: Mapping.FlagRule?
    var resets: [ValuePath] = []
    var expires: [ValuePath] = []
    var kinds: [Kind]
}

/// The amounts of one unit: of a rule, or of one element of its array. *Value.*
struct AmountGroup {
    /// Of its rule.
    let element: Int
    /// Nil where no figure is told, and so no unit needed.
    var unit: AmountUnit?
    var part: AmountPart?
    var figures: [(kind: AmountKind, value: ExactDecimal)] = []
    var resetsAt: WallTime?
    var expiresAt: WallTime?
    var isUnlimited = false
    var isDepleted = false
    /// Its available amount holds at once with those of other groups: see ``Mapping/isLeast``.
    var binds = false
    /// A figure is said not to be there, and nothing is wrong.
    var isAbsenceMeant = false
    /// Why figures are left out: `available is left out because b is null`.
    var leftOut: [String] = []
    /// The kinds of ``leftOut``, for what adds groups up.
    var leftOutKinds: Set<AmountKind> = []

    var available: ExactDecimal? { figures.first { $0.kind == .available }?.value }

    func amounts(isAside: Bool) -> [Amount] {
        guard let unit else { return [] }
        return figures.map { figure in
            Amount(
                kind: figure.kind, value: figure.value, unit: unit, part: part, resetsAt: resetsAt, expiresAt: expiresAt,
                isAside: isAside, binds: binds && figure.kind == .available)
        }
    }
}

extension AmountRule {
    static let mostElements = 100

    func tells(_ kind: AmountKind) -> Bool { kinds.contains { $0.kind == kind } }

    /// One group, or with `each` one for each element; empty where the array is.
    func groups(in body: JSONValue, _ context: ReadingContext, element: Int) throws(MappingError) -> [AmountGroup] {
        guard let each else { return [try group(in: body, context, element: element, conditions: conditions)] }
        guard let elements = each.value(in: body)?.elements else {
            throw MappingError(reason: each.value(in: body).map { _ in "\(each.text) is no array" } ?? each.lack(in: body))
        }
        guard elements.count <= Self.mostElements else {
            throw MappingError(reason: "\(each.text) has more than \(Self.mostElements) elements")
        }
        var groups: [(rank: Int, name: String, group: AmountGroup)] = []
        for (index, value) in elements.enumerated() where conditions.allSatisfy({ $0.holds(in: value, now: context.now) }) {
            do throws(MappingError) {
                let group = try group(in: value, context, element: element, conditions: [])
                groups.append((rank(of: group.unit), group.unit?.name ?? "", group))
            } catch {
                throw MappingError(reason: "\(each.text)[\(index)].\(error.reason)")
            }
        }
        // Providers do not keep an order, and the first amount is what a row repeats: it must not change by itself.
        let sorted = groups.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }.map(\.group)
        return merges ? try merged(sorted) : sorted
    }

    private func group(
        in body: JSONValue, _ context: ReadingContext, element: Int, conditions: [Condition]
    ) throws(MappingError) -> AmountGroup {
        var group = AmountGroup(element: element, part: part)
        let isUnlimited = try unlimited?.read(in: body) ?? false
        let amountContext = AmountContext(conditions: conditions, words: words, now: context.now)
        for kind in kinds {
            // Beside "no limit" the figures of the limit mean nothing, whatever stands there.
            if isUnlimited, kind.kind != .used { continue }
            switch try kind.compute(in: body, amountContext) {
            case .value(let value): group.figures.append((kind.kind, try scaled(value, kind.kind)))
            case .unlimited: if kind.kind == .available { group.isUnlimited = true }
            case .depleted:
                group.figures.append((kind.kind, .zero))
                if kind.kind == .available { group.isDepleted = true }
            case .none: group.isAbsenceMeant = true
            case .leftOut(let why):
                group.leftOut.append("\(kind.kind.rawValue) is left out because \(why)")
                group.leftOutKinds.insert(kind.kind)
            case .missing(let what): throw MappingError(reason: what)
            }
        }
        if isUnlimited { group.isUnlimited = true }
        if !group.figures.isEmpty {
            group.unit = try unitName(in: body, context.parameters)
        } else {
            group.unit = try? unitName(in: body, context.parameters)
        }
        group.resetsAt = resets.firstTime(in: body)
        group.expiresAt = expires.firstTime(in: body)
        return group
    }

    private func scaled(_ value: ExactDecimal, _ kind: AmountKind) throws(MappingError) -> ExactDecimal {
        if factor == .one { return value }
        if let scaled = value.multiplied(by: factor, decimals: decimals) { return scaled }
        throw MappingError(reason: "the \(kind.rawValue) amount has more than \(ExactDecimal.maxDigits) digits")
    }

    /// Adds up what has one unit. A figure that one of them lacks is known of none.
    private func merged(_ groups: [AmountGroup]) throws(MappingError) -> [AmountGroup] {
        var merged: [AmountGroup] = []
        for group in groups {
            guard let index = merged.firstIndex(where: { $0.unit == group.unit }) else {
                merged.append(group)
                continue
            }
            var sum = merged[index]
            for figure in group.figures {
                guard let place = sum.figures.firstIndex(where: { $0.kind == figure.kind }) else {
                    sum.leftOutKinds.insert(figure.kind)
                    continue
                }
                guard let value = sum.figures[place].value.adding(figure.value) else {
                    throw MappingError(
                        reason: "the \(figure.kind.rawValue) amount has more than \(ExactDecimal.maxDigits) digits")
                }
                sum.figures[place].value = value
            }
            sum.leftOutKinds.formUnion(group.leftOutKinds)
            for figure in sum.figures where !group.figures.contains(where: { $0.kind == figure.kind }) {
                sum.leftOutKinds.insert(figure.kind)
            }
            sum.figures.removeAll { sum.leftOutKinds.contains($0.kind) }
            sum.leftOut += group.leftOut
            sum.isUnlimited = sum.isUnlimited || group.isUnlimited
            sum.isAbsenceMeant = sum.isAbsenceMeant || group.isAbsenceMeant
            sum.isDepleted = sum.isDepleted && group.isDepleted
            if sum.resetsAt != group.resetsAt { sum.resetsAt = nil }
            if sum.expiresAt != group.expiresAt { sum.expiresAt = nil }
            merged[index] = sum
        }
        return merged
    }
}

// MARK: - Units

extension AmountRule {
    /// Nil where the body or the account tells it.
    var fixedUnit: AmountUnit? { if case .fixed(let unit) = unit { unit } else { nil } }

    private func rank(of unit: AmountUnit?) -> Int {
        guard case .told(let told) = self.unit, let unit else { return 0 }
        return told.known.firstIndex(of: unit) ?? told.known.count
    }

    private func unitName(in body: JSONValue, _ parameters: [String: String]) throws(MappingError) -> AmountUnit {
        switch unit {
        case .fixed(let unit): return unit
        case .parameter(let name, let names):
            guard let unit = parameters[name].flatMap({ names[$0] }) else {
                throw MappingError(reason: "the account's \(name) tells no unit")
            }
            return unit
        case .told(let told):
            guard let text = told.path.value(in: body)?.text else {
                throw MappingError(reason: "\(told.path.text) tells no unit")
            }
            if let unit = told.names[text] { return unit }
            guard told.isMoney else {
                guard let unit = AmountUnit(text) else { throw MappingError(reason: "\(told.path.text) is no unit") }
                return unit
            }
            guard let unit = AmountUnit(text.uppercased()), unit.isMoney, text.utf8.count == 3 else {
                throw MappingError(reason: "\(told.path.text) is no currency")
            }
            return unit
        }
    }
}

extension AmountRule.Kind {
    func compute(in body: JSONValue, _ context: AmountContext) throws(MappingError) -> Computed {
        var last = Computed.none
        var leftOut: Computed?
        for expression in alternatives {
            last = try expression.compute(in: body, context)
            switch last {
            case .missing: continue
            case .leftOut: leftOut = leftOut ?? last
            case .value, .unlimited, .depleted, .none: return last
            }
        }
        // One alternative that lacks nothing but what may be absent makes the amount optional, wherever it stands.
        return leftOut ?? last
    }
}
