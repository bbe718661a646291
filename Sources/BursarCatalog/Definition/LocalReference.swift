/// `$ref: "#/components/schemas/Balance"`. *Pure.*
enum LocalReference {
    /// Nil, and reported, where there is nothing.
    static func resolve(
        _ reference: LocatedNode, in root: LocatedNode, _ problems: inout DefinitionProblems
    ) -> LocatedNode? {
        guard let text = reference.text, text.hasPrefix("#/") else {
            problems.error(
                reference.mark, "$ref must begin with #/", hint: "a definition is one file, so copy what is meant into it")
            return nil
        }
        var node = root
        for part in text.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            let name = part.unescapedPointer
            guard let next = node[name] else {
                let near = NearestName.find(name, among: node.pairs?.map(\.key) ?? [])
                problems.error(
                    reference.mark, "$ref leads nowhere: there is no \(QuotableName.quoted(name, near: near))",
                    hint: near.map { "did you mean \($0)?" })
                return nil
            }
            node = next
        }
        return node
    }

    /// Follows `$ref` for what is no schema: responses and examples. At most eight of them, because they may go round.
    static func follow(_ node: LocatedNode, in root: LocatedNode, _ problems: inout DefinitionProblems) -> LocatedNode? {
        var node = node
        for _ in 0..<8 {
            guard let reference = node["$ref"] else { return node }
            guard let next = resolve(reference, in: root, &problems) else { return nil }
            node = next
        }
        problems.error(node.mark, "$ref goes round in a circle")
        return nil
    }
}

extension StringProtocol {
    /// JSON Pointer's escapes (RFC 6901): `~1` is `/`, `~0` is `~`.
    var unescapedPointer: String {
        guard contains("~") else { return String(self) }
        var result = ""
        var isEscaped = false
        for character in self {
            switch (isEscaped, character) {
            case (true, "1"): result.append("/")
            case (true, _): result.append("~")
            case (false, "~"): break
            case (false, _): result.append(character)
            }
            isEscaped = !isEscaped && character == "~"
        }
        return result
    }
}
