import BursarBasics
import BursarModel

/// What a definition's `x-bursar` says about bodies. *Value.*
struct Mapping: Sendable {
    /// Amounts, `low`, `as_of` and `first` start from the first of these that is there.
    var roots: [ValuePath] = [.root]
    var success: [Condition] = []
    var codes = CodeRule()
    var statuses = StatusTable()
    /// Where an error body has its words: the first that is in the documented example.
    var messages: [ValuePath] = []
    var amounts: [AmountRule] = []
    /// Where the body names the unit whose amounts are the row's own.
    var first: ValuePath?
    /// Whether the amounts of the first element's unit hold at once, so that the least of them is the row's own.
    var isLeast = false
    var low: FlagRule?
    var asOf: [ValuePath] = []
    /// Struck out of what is kept and shown. From the body, not from the root.
    var privatePaths: [ValuePath] = []

    /// Codes inside a body and what they mean. *Value.*
    struct CodeRule: Sendable {
        var paths: [ValuePath] = []
        var meanings = TokenTable<AnswerMeaning>()
    }

    /// HTTP statuses that mean something else than usual. *Value.*
    struct StatusTable: Sendable {
        var exact: [Int: AnswerMeaning] = [:]
        /// `4XX` is 4.
        var ranges: [Int: AnswerMeaning] = [:]

        /// A range says nothing about the statuses that mean something by themselves.
        subscript(status: Int) -> AnswerMeaning? {
            exact[status] ?? ([401, 403, 429].contains(status) ? nil : ranges[status / 100])
        }
    }

    /// A boolean, or its opposite. *Value.*
    struct FlagRule: Sendable {
        let path: ValuePath
        let isNegated: Bool
    }
}

extension Mapping {
    /// Where amounts are looked for.
    func root(of body: JSONValue) -> JSONValue? { rootPath(in: body)?.value(in: body) }

    func rootPath(in body: JSONValue) -> ValuePath? { roots.first { $0.value(in: body)?.isNull == false } }

    func reading(
        of body: JSONValue, reply: UpstreamReply, _ context: ReadingContext, drift: [String]
    ) throws(MappingError) -> Reading {
        guard let root = root(of: body) else {
            throw MappingError(reason: roots.map { $0.lack(in: body) }.joined(separator: ", and "))
        }
        var groups: [AmountGroup] = []
        var drift = drift
        var isAbsenceMeant = false
        for (index, rule) in amounts.enumerated() {
            let computed = try rule.groups(in: root, context, element: index)
            isAbsenceMeant = isAbsenceMeant || computed.isEmpty
            groups += computed
        }
        if isLeast { bind(&groups) }
        let own = ownGroup(groups, in: root)
        if let own, own != 0 { groups.insert(groups.remove(at: own), at: 0) }
        let ownGroup = own == nil ? nil : groups.first
        var amounts: [Amount] = []
        for (index, group) in groups.enumerated() { amounts += group.amounts(isAside: index > 0 || ownGroup == nil) }
        for kind in Self.removeRepeated(&amounts) {
            drift.append("two \(kind.rawValue) amounts have one unit: neither is told")
            isAbsenceMeant = true
        }
        let hasAnswer = isAbsenceMeant || groups.contains { $0.isUnlimited || $0.isAbsenceMeant || $0.isDepleted }
        guard !amounts.isEmpty || hasAnswer else { throw MappingError(reason: lackOfAmounts(groups)) }
        let low = try low?.read(in: root)
        let said = ownGroup.flatMap { isUsedUp($0) ? true : $0.isUnlimited ? false : nil }
        return Reading(
            amounts: amounts, providerSaysLow: said == true ? true : low ?? said, asOf: asOf.firstTime(in: root), reply: reply,
            drift: drift)
    }

    /// A reading of an answer that says without figures that nothing is left, or that there is nothing to tell.
    func reading(meaning: AnswerMeaning, reply: UpstreamReply) -> Reading? {
        switch meaning {
        case .failure: return nil
        case .none: return Reading(amounts: [], providerSaysLow: nil, asOf: nil, reply: reply)
        case .depleted:
            var amounts: [Amount] = []
            if let rule = self.amounts.first, case .fixed(let unit) = rule.unit,
                rule.kinds.contains(where: { $0.kind == .available })
            {
                amounts.append(Amount(kind: .available, value: .zero, unit: unit, part: rule.part))
            }
            return Reading(amounts: amounts, providerSaysLow: true, asOf: nil, reply: reply)
        }
    }

    /// The group that the row's own amount is in: the one place that decides. Nil where the body names a unit that no group has, and where
    /// the least cannot be told.
    private func ownGroup(_ groups: [AmountGroup], in root: JSONValue) -> Int? {
        if let first, let name = first.value(in: root)?.text { return groups.firstIndex { $0.unit?.name == name } }
        guard let group = groups.first, group.element == 0 else { return nil }
        return isLeast ? leastGroup(groups) : 0
    }

    /// Where the least is used up nothing can be spent, whatever the others have.
    private func isUsedUp(_ own: AmountGroup) -> Bool {
        own.isDepleted || (isLeast && own.available.map { $0 <= .zero } ?? false)
    }

    /// Marks the groups that are compared.
    private func bind(_ groups: inout [AmountGroup]) {
        let unit = groups.first?.unit
        for index in groups.indices {
            groups[index].binds = groups[index].unit == unit && amounts[groups[index].element].tells(.available)
        }
    }

    /// The group with the least that is available. Nil where that of one of them is unknown: it may be the least. Where none has a limit, it
    /// is the first one.
    private func leastGroup(_ groups: [AmountGroup]) -> Int? {
        var least: (index: Int, value: ExactDecimal)?
        for (index, group) in groups.enumerated() where group.binds && !group.isUnlimited {
            guard let value = group.available else { return nil }
            if least.map({ value < $0.value }) ?? true { least = (index, value) }
        }
        return least?.index ?? 0
    }

    /// The element that the row's own amount of this body comes from.
    func ownElement(in root: JSONValue, _ context: ReadingContext) -> Int? {
        var groups = amounts.enumerated().flatMap { (try? $1.groups(in: root, context, element: $0)) ?? [] }
        if isLeast { bind(&groups) }
        return ownGroup(groups, in: root).map { groups[$0].element }
    }

    /// Removes every figure that is told twice: neither can be trusted. Returns their kinds.
    private static func removeRepeated(_ amounts: inout [Amount]) -> [AmountKind] {
        struct Name: Hashable {
            let kind: AmountKind
            let unit: AmountUnit
            let part: AmountPart?
        }
        func name(_ amount: Amount) -> Name { Name(kind: amount.kind, unit: amount.unit, part: amount.part) }
        var counts: [Name: Int] = [:]
        for amount in amounts { counts[name(amount), default: 0] += 1 }
        guard counts.count != amounts.count else { return [] }
        let repeated = Set(counts.filter { $0.value > 1 }.keys)
        amounts.removeAll { repeated.contains(name($0)) }
        return AmountKind.allCases.filter { kind in repeated.contains { $0.kind == kind } }
    }

    /// Why there is no amount, with what was left out.
    private func lackOfAmounts(_ groups: [AmountGroup]) -> String {
        let leftOut = groups.flatMap(\.leftOut)
        return leftOut.first.map { "there is no amount: \($0)" } ?? "there is no amount"
    }
}

extension [ValuePath] {
    /// The first that leads to a time.
    func firstTime(in body: JSONValue) -> WallTime? {
        for path in self {
            if let time = BodyTime.read(path.value(in: body)) { return time }
        }
        return nil
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
