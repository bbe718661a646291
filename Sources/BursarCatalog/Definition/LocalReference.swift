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
        guard let names = JSONPointer.names(ofReference: text) else {
            problems.error(
                reference.mark, "$ref is no JSON Pointer",
                hint: "in a name ~ is written ~0, / is written ~1 and % is written %25")
            return nil
        }
        var node = root
        for name in names {
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

    /// One after the other, because they may go round.
    private static let mostSteps = 8

    /// Follows `$ref` for what is no schema: responses and examples.
    static func follow(_ node: LocatedNode, in root: LocatedNode, _ problems: inout DefinitionProblems) -> LocatedNode? {
        var node = node
        var steps = 0
        while let reference = node["$ref"] {
            guard steps < mostSteps else {
                problems.error(reference.mark, "$ref goes round in a circle, or through more than \(mostSteps) others")
                return nil
            }
            guard let next = resolve(reference, in: root, &problems) else { return nil }
            node = next
            steps += 1
        }
        return node
    }
}
