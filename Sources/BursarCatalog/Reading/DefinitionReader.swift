import BursarModel

/// Reads and compiles one definition document, going on after each mistake so that all are told at once. *Value,* used once.
struct DefinitionReader {
    let file: String
    let root: LocatedNode
    var problems: DefinitionProblems

    /// What a definition is made of, as it is collected. *Value.*
    struct Request {
        var origin: String
        var path: String
        var parameters: [String]
        var auth: AuthPlan
    }

    static func read(_ source: DefinitionFile) -> (definition: ProviderDefinition?, diagnostics: [Diagnostic]) {
        let node: LocatedNode
        do throws(Diagnostic) {
            node =
                try source.isJSON
                ? LocatedReader.json(source.bytes, file: source.path) : LocatedReader.yaml(source.bytes, file: source.path)
        } catch {
            return (nil, [error])
        }
        var reader = DefinitionReader(file: source.path, root: node, problems: DefinitionProblems(file: source.path))
        let definition = reader.definition()
        return (reader.problems.hasErrors ? nil : definition, reader.problems.diagnostics)
    }

    private mutating func definition() -> ProviderDefinition? {
        guard let extensionNode = extensionNode() else { return nil }
        checkVersion()
        var mapping = MappingReader(node: extensionNode, problems: problems)
        let settings = mapping.read()
        problems = mapping.problems
        guard let operation = operation(wanted: settings.path, at: extensionNode.mark) else { return nil }
        let request = request(operation, settings)
        var responses = ResponseReader(root: root, problems: problems)
        responses.read(operation.node)
        problems = responses.problems
        guard let id = settings.id, let request, !problems.hasErrors else { return nil }

        let title = settings.title ?? root["info"]?["title"]?.text.flatMap { MappingReader.line($0, atMost: 64) } ?? id.name
        let plan = ResponsePlan(table: responses.table, responses: responses.plans, mapping: settings.mapping)
        let documentation = settings.documentation ?? root["externalDocs"]?["url"]?.text.flatMap { MappingReader.link($0) }
        func definition(_ places: ExamplePlaces) -> ProviderDefinition {
            ProviderDefinition(
                id: id, title: title, documentationURL: documentation, origin: request.origin, path: request.path,
                query: settings.query, auth: request.auth, fixedHeaders: settings.headers,
                environmentVariables: settings.environment, unitNames: settings.unitNames, budget: settings.budget,
                parameters: request.parameters, responses: responses.documented, openAPI: root.json, places: places, plan: plan)
        }
        let checked = definition(ExamplePlaces(firstAmount: nil, lowFlag: nil, code: nil))
        let places = checkExamples(of: checked, responses.examples, at: extensionNode.mark)
        return definition(places)
    }

    private mutating func extensionNode() -> LocatedNode? {
        guard let pairs = root.pairs, !pairs.isEmpty else {
            problems.error(root.mark, "a definition is an OpenAPI document, a mapping that begins with openapi: 3.1.0")
            return nil
        }
        guard let node = root["x-bursar"] else {
            let near = pairs.first { NearestName.find($0.key, among: ["x-bursar"]) != nil }
            problems.error(
                near?.keyMark ?? root.mark, "the document has no x-bursar, which says what its answers mean",
                hint: near == nil ? nil : "did you mean x-bursar?")
            return nil
        }
        guard node.pairs != nil else {
            problems.error(node.mark, "x-bursar must be a mapping")
            return nil
        }
        return node
    }

    private mutating func checkVersion() {
        guard let version = root["openapi"] else {
            return problems.error(root.mark, "openapi: is missing; documents of version 3.0 and 3.1 are read")
        }
        guard let text = version.text, text.hasPrefix("3.") else {
            return problems.error(version.mark, "openapi must be 3.0 or 3.1", hint: "convert older documents first")
        }
    }
}
