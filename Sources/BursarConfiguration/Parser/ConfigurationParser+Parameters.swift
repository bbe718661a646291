import BursarBasics
import BursarCatalog
import BursarModel

/// What a definition's path takes from configuration.
extension ConfigurationParser {
    mutating func parameters(
        _ entry: Entry?, of definition: ProviderDefinition?, in node: LocatedNode
    ) -> [String: String] {
        guard let definition else { return [:] }
        let parameters = definition.accountParameters
        let known = parameters.map(\.name)
        var values: [String: String] = [:]
        if let entry, !entry.node.isNull {
            guard case .mapping(let pairs) = entry.node.content else {
                problems.error(at(entry.node), "parameters must be a mapping of names and values")
                return [:]
            }
            for pair in pairs { values[pair.key] = parameter(pair, known: known, definition.id) ?? values[pair.key] }
        }
        // A misspelt name is told once, as that, and not as missing as well.
        let given = (entry?.node.pairs ?? []).map { known.contains($0.key) ? $0.key : NearestName.find($0.key, among: known) }
        for parameter in parameters where parameter.isRequired && !given.contains(parameter.name) {
            problems.error(at(entry?.node ?? node), "\(definition.id) needs the parameter \(parameter.name), under parameters:")
        }
        for parameter in parameters {
            guard let value = values[parameter.name], !parameter.allowed.isEmpty, !parameter.allowed.contains(value) else {
                continue
            }
            let place = (entry?.node.pairs ?? []).first { $0.key == parameter.name }.map { at($0.value) } ?? at(node)
            problems.error(place, "\(parameter.name) is one of " + parameter.allowed.joined(separator: ", "))
            values[parameter.name] = nil
        }
        return values
    }

    private mutating func parameter(_ pair: LocatedNode.Pair, known: [String], _ provider: ProviderID) -> String? {
        guard known.contains(pair.key) else {
            let near = NearestName.find(pair.key, among: known)
            problems.error(
                at(pair.keyMark), "unknown parameter \(QuotableName.quoted(pair.key, near: near)) of \(provider)", meant: near,
                otherwise: known.isEmpty ? "it takes none" : "it takes \(known.joined(separator: ", "))")
            return nil
        }
        let expected = "1 to \(ConfigurationLimits.parameterBytes) of A-Z a-z 0-9 - . _ ~"
        guard let text = text(pair.value, pair.key, expected: expected) else { return nil }
        // Unreserved characters of RFC 3986 only: the value becomes one segment of a path, and nothing else.
        guard text.utf8.count <= ConfigurationLimits.parameterBytes, text != ".", text != "..",
            text.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || [0x2D, 0x2E, 0x5F, 0x7E].contains($0) })
        else {
            problems.error(at(pair.value), "\(pair.key) must be \(expected): it becomes a part of a path")
            return nil
        }
        return text
    }
}
