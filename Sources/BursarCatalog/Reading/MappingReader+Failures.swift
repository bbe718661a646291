import BursarBasics
import BursarModel

/// `success`, `where`, `codes`, `statuses`.
extension MappingReader {
    mutating func success(_ node: LocatedNode) -> [Condition] {
        conditions(node, "success is a mapping of paths and the values they must have, such as {code: 200}")
    }

    /// - Parameter isWhere: whether `future` is a time, and no text.
    mutating func conditions(_ node: LocatedNode, _ shape: String, isWhere: Bool = false) -> [Condition] {
        guard let pairs = node.pairs, !pairs.isEmpty else {
            problems.error(node.mark, shape)
            return []
        }
        var rules: [Condition] = []
        for pair in pairs {
            let isOptional = pair.key.hasSuffix("?")
            let text = isOptional ? String(pair.key.dropLast()) : pair.key
            guard let path = path(LocatedNode(.scalar(text, isPlain: false), at: pair.keyMark)) else { continue }
            if isWhere, pair.value.text == "future" {
                rules.append(Condition(path: path, isOptional: isOptional, allowed: [], isFuture: true))
                continue
            }
            let allowed = list(pair.value).map(\.json)
            guard !allowed.isEmpty, allowed.allSatisfy({ $0.elements == nil && $0.object == nil }) else {
                problems.error(pair.value.mark, "a value is a number, a text, true, false or null, or a list of such")
                continue
            }
            rules.append(Condition(path: path, isOptional: isOptional, allowed: allowed))
        }
        return rules
    }

    mutating func codes(_ node: LocatedNode) -> Mapping.CodeRule {
        var rule = Mapping.CodeRule()
        for pair in entries(of: node, in: .codes) {
            switch pair.key {
            case "at": rule.paths = paths(pair.value)
            default:
                guard let pairs = pair.value.pairs else {
                    problems.error(pair.value.mark, "map is a mapping of codes and outcomes, such as {430: rate_limited}")
                    continue
                }
                for code in pairs { if let meaning = meaning(code.value) { rule.meanings.insert(code.key, meaning) } }
            }
        }
        if rule.paths.isEmpty, node.pairs != nil { problems.error(node.mark, "codes needs the path of the code: at: code") }
        return rule
    }

    mutating func statuses(_ node: LocatedNode) -> Mapping.StatusTable {
        var table = Mapping.StatusTable()
        guard let pairs = node.pairs else {
            problems.error(node.mark, "statuses is a mapping of HTTP statuses and outcomes, such as {400: unauthorized}")
            return table
        }
        for pair in pairs {
            switch ResponsePlan.Response.Key(pair.key) {
            case .status(let status)? where (300...599).contains(status): table.exact[status] = meaning(pair.value)
            case .range(let range)? where (3...5).contains(range): table.ranges[range] = meaning(pair.value)
            default: problems.error(pair.keyMark, "a status is a number from 300 to 599, or a range such as 4XX")
            }
        }
        return table
    }
}
