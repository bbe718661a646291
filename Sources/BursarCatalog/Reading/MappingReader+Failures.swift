import BursarBasics
import BursarModel

/// `success`, `codes`, `statuses`.
extension MappingReader {
    mutating func success(_ node: LocatedNode) -> [Mapping.SuccessRule] {
        guard let pairs = node.pairs else {
            problems.error(node.mark, "success is a mapping of paths and the values they must have, such as {code: 200}")
            return []
        }
        var rules: [Mapping.SuccessRule] = []
        for pair in pairs {
            let isOptional = pair.key.hasSuffix("?")
            let text = isOptional ? String(pair.key.dropLast()) : pair.key
            guard let path = path(LocatedNode(.scalar(text, isPlain: false), at: pair.keyMark)) else { continue }
            let allowed = list(pair.value).map(\.json)
            guard !allowed.isEmpty, allowed.allSatisfy({ $0.elements == nil && $0.members == nil }) else {
                problems.error(pair.value.mark, "a success value is a number, a text, true, false or null, or a list of such")
                continue
            }
            rules.append(Mapping.SuccessRule(path: path, isOptional: isOptional, allowed: allowed))
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
                    problems.error(pair.value.mark, "map is a mapping of codes and failures, such as {430: rate_limited}")
                    continue
                }
                for code in pairs { if let failure = failureClass(code.value) { rule.meanings[code.key] = failure } }
            }
        }
        if rule.paths.isEmpty, node.pairs != nil { problems.error(node.mark, "codes needs the path of the code: at: code") }
        return rule
    }

    mutating func statuses(_ node: LocatedNode) -> [Int: ProblemCode] {
        guard let pairs = node.pairs else {
            problems.error(node.mark, "statuses is a mapping of HTTP statuses and failures, such as {400: unauthorized}")
            return [:]
        }
        var statuses: [Int: ProblemCode] = [:]
        for pair in pairs {
            guard let status = parseASCIIDigits(pair.key), (300...599).contains(status) else {
                problems.error(pair.keyMark, "a status is a number from 300 to 599")
                continue
            }
            if let failure = failureClass(pair.value) { statuses[status] = failure }
        }
        return statuses
    }
}
