import BursarBasics
import BursarCatalog
import BursarModel

/// A rule as it stands in a file, before it is known for which account. *Value.*
struct WrittenRule {
    let rule: AlertRule
    let place: ConfigurationPlace
    /// Of `unit`, where it is said.
    let unitPlace: ConfigurationPlace?
}

extension ConfigurationKey {
    static let alertNames = ["below", "unit", "runway", "unavailable", "topped_up", "key_rejected", "name", "to", "repeat"]
}

/// `alerts`, of an account and of all.
extension ConfigurationParser {
    private static let conditions = ["below", "runway", "unavailable", "topped_up", "key_rejected"]

    /// Nil where nothing is said.
    mutating func alerts(_ entry: Entry?, targets: [TargetConfiguration], areTargetsRead: Bool) -> [WrittenRule]? {
        guard let entry else { return nil }
        guard !entry.node.isNull else { return [] }
        guard case .sequence(let nodes) = entry.node.content else {
            problems.error(
                at(entry.node), "alerts must be a list of rules",
                otherwise: "for example alerts: [{below: 50}, {unavailable: 30m}]")
            return []
        }
        guard nodes.count <= ConfigurationLimits.rules else {
            problems.error(at(entry.node), "alerts has \(nodes.count) elements; at most \(ConfigurationLimits.rules) are taken")
            return []
        }
        if !nodes.isEmpty, targets.isEmpty, unreadTargets.places.isEmpty, areTargetsRead {
            problems.error(
                at(entry.keyMark), "alerts without targets: nobody would be told", otherwise: "name who is told with targets:")
        }
        var places: [String: ConfigurationPlace] = [:]
        return nodes.compactMap { alert($0, targets, areTargetsRead, &places) }
    }

    private mutating func alert(
        _ node: LocatedNode, _ targets: [TargetConfiguration], _ areTargetsRead: Bool,
        _ places: inout [String: ConfigurationPlace]
    ) -> WrittenRule? {
        let known = Self.conditions.joined(separator: ", ")
        guard !node.isNull, let entries = entries(of: node, in: .alert) else {
            if node.isNull { problems.error(at(node), "a rule needs one of \(known)") }
            return nil
        }
        let errorsBefore = problems.errorCount
        let said = Self.conditions.filter { entries[$0] != nil }
        guard said.count == 1, let word = said.first, let entry = entries[word] else {
            problems.error(
                at(node),
                said.isEmpty ? "a rule needs one of \(known)" : "a rule has one condition, and this one has \(said.count)")
            return nil
        }
        let name = entries["name"].map { self.name($0) } ?? word
        if let name, let first = places.firstPlace(of: name, orNow: at(entries["name"]?.node ?? node)) {
            problems.error(
                at(entries["name"]?.node ?? entry.node),
                "a rule of the name \(ShowableText.quoted(name)) stands in line \(first.line); give one of them a name of its own",
                otherwise: "for example name: \(name)-2")
        }
        let condition = condition(word, entry, entries)
        let names = recipients(entries["to"], targets, areTargetsRead)
        let repeats = duration(entries["repeat"], "repeat", in: ConfigurationLimits.repeats)
        if condition == .toppedUp, problems.errorCount == errorsBefore, !names.isEmpty,
            names.allSatisfy({ name in targets.contains { $0.name == name && !$0.hearsTopUps } })
        {
            problems.error(
                entries["to"].map { at($0.node) } ?? at(entry.keyMark),
                "topped_up is told by no target of kind alertmanager: it has no end, and nobody would be told",
                otherwise: "name a target of another kind, or leave the rule out")
        }
        guard problems.errorCount == errorsBefore, let name, let condition else { return nil }
        return WrittenRule(
            rule: AlertRule(name: name, condition: condition, targets: names, repeats: repeats), place: at(node),
            unitPlace: entries["unit"].map { at($0.node) })
    }

    private mutating func condition(_ word: String, _ entry: Entry, _ entries: [String: Entry]) -> AlertRule.Condition? {
        if word != "below", let unit = entries["unit"] { problems.error(at(unit.keyMark), "unit is for below") }
        switch word {
        case "below":
            let unit = entries["unit"].flatMap { named in self.amountUnit(named) }
            guard let limit = amount(entry, "below") else { return nil }
            return .below(limit, unit: unit)
        case "runway": return duration(entry, "runway", in: ConfigurationLimits.runway).map { .runway($0) }
        case "unavailable": return duration(entry, "unavailable", in: ConfigurationLimits.unavailable).map { .unavailable($0) }
        default:
            guard let isOn = boolean(entry, word) else { return nil }
            guard isOn else {
                problems.error(at(entry.node), "\(word) is true, or left out")
                return nil
            }
            return word == "topped_up" ? .toppedUp : .keyRejected
        }
    }

    private mutating func amountUnit(_ entry: Entry) -> AmountUnit? {
        let expected = "a unit as rows have it, such as USD or credits"
        guard let text = text(entry.node, "unit", expected: expected) else { return nil }
        guard let unit = AmountUnit(text) else {
            problems.error(at(entry.node), "unit must be \(expected)")
            return nil
        }
        return unit
    }

    private mutating func recipients(_ entry: Entry?, _ targets: [TargetConfiguration], _ areTargetsRead: Bool) -> [String] {
        let whole = targets.map(\.name)
        let names = whole + unreadTargets.places.keys.sorted().filter { !whole.contains($0) }
        guard let entry else { return names }
        var chosen: [String] = []
        for (text, place) in texts(entry, "to", element: "the name of a target", atMost: ConfigurationLimits.targets) ?? [] {
            if names.contains(text) {
                if !chosen.contains(text) { chosen.append(text) }
            } else if areTargetsRead {
                problems.error(
                    place, "unknown target \(ShowableText.quoted(text, else: "(not shown)"))",
                    meant: NearestName.find(text, among: names),
                    otherwise: names.isEmpty ? "there are no targets" : "known are \(names.joined(separator: ", "))")
            }
        }
        if chosen.isEmpty, entry.node.isNull || entry.node.elements?.isEmpty ?? false {
            problems.error(at(entry.node), "to is empty: nobody would be told", otherwise: "leave it out to tell every target")
        }
        return chosen
    }
}

// MARK: - Against accounts

extension ConfigurationParser {
    /// An account's own rules, checked against what its definition can tell.
    mutating func rules(_ written: [WrittenRule], of definition: ProviderDefinition) -> [AlertRule] {
        for rule in written {
            guard case .below(_, let unit?) = rule.rule.condition, !definition.mayGive(unit) else { continue }
            problems.error(
                rule.unitPlace ?? rule.place, "\(definition.id) has no amount in \(unit)",
                meant: NearestName.find(unit.name, among: definition.unitNames),
                otherwise: "it has \(definition.unitNames.joined(separator: ", "))")
        }
        return written.map(\.rule)
    }

    /// Rules for all hold where the definition can tell their unit; one that no account has is a mistake.
    func rules(forAll written: [WrittenRule], of definition: ProviderDefinition) -> [AlertRule] {
        written.map(\.rule).filter { rule in
            guard case .below(_, let unit?) = rule.condition else { return true }
            return definition.mayGive(unit)
        }
    }

    /// Targets that nobody uses, and rules for all that hold for no account.
    mutating func checkAlerts(
        _ accounts: [AccountConfiguration], forAll: [WrittenRule], _ targets: [TargetConfiguration]
    ) {
        guard !accounts.isEmpty else { return }
        let errorsBefore = problems.errorCount
        var units: [String] = []
        for account in accounts { for unit in account.definition.unitNames where !units.contains(unit) { units.append(unit) } }
        for rule in forAll {
            guard case .below(_, let unit?) = rule.rule.condition, !accounts.contains(where: { $0.definition.mayGive(unit) })
            else {
                continue
            }
            problems.error(
                rule.unitPlace ?? rule.place, "no account has an amount in \(unit)",
                meant: NearestName.find(unit.name, among: units),
                otherwise: "they have \(units.joined(separator: ", "))")
        }
        // A rule with such a mistake would have told them.
        guard problems.errorCount == errorsBefore else { return }
        let hearing = Set(targets.filter(\.hearsTopUps).map(\.name))
        let rules = accounts.flatMap(\.alerts)
        let used = Set(rules.flatMap { $0.condition == .toppedUp ? $0.targets.filter(hearing.contains) : $0.targets })
        let places = unreadTargets.places.merging(targets.map { ($0.name, $0.place) }) { _, whole in whole }
        for (name, place) in places.sorted(by: { $0.key < $1.key }) where !used.contains(name) {
            problems.error(
                place, "no rule tells the target \(ShowableText.quoted(name))", otherwise: "give accounts, or defaults, alerts:")
        }
    }

    /// What nothing is kept for.
    mutating func checkAlertsWithoutStore(_ accounts: [AccountConfiguration], _ targets: [TargetConfiguration]) {
        if let target = targets.first {
            problems.finding(
                .alertsWithoutStore, target.place,
                "without a store, a restart may tell again what was told, and misses what ended in it")
        }
        let waiting = accounts.filter { $0.alerts.contains(where: \.condition.isOfRunway) }
        if let first = waiting.first {
            let others = waiting.count > 1 ? " and \(waiting.count - 1) more" : ""
            problems.finding(
                .runwayRuleWithoutStore, first.place,
                "\(first.id)\(others): a rule on runway never fires without a store: there is no history to look at")
        }
    }
}

extension AlertRule.Condition {
    fileprivate var isOfRunway: Bool { if case .runway = self { true } else { false } }
}

extension TargetConfiguration {
    /// An Alertmanager is told states, and a top-up is none.
    fileprivate var hearsTopUps: Bool { if case .alertmanager = kind { false } else { true } }
}

extension ProviderDefinition {
    /// Whether an amount of the unit may ever come.
    fileprivate func mayGive(_ unit: AmountUnit) -> Bool { tellsOtherUnits || unitNames.contains(unit.name) }
}
