import BursarModel

/// Reads and compiles one definition document, going on after each mistake so that all are told at once. *Value,* used once.
struct DefinitionReader {
    let file: String
    let root: LocatedNode
    var problems: DefinitionProblems

    /// What a definition is made of, as it is collected. *Value.*
    struct Request {
        var server: ServerTemplate
        var path: String
        var method: ProviderDefinition.Method
        /// Of the path.
        var parameters: [String]
        var accountParameters: [AccountParameter]
        var auth: AuthPlan
    }

    static func read(_ source: DefinitionFile) -> (definition: ProviderDefinition?, diagnostics: [Diagnostic]) {
        let (definition, problems) = compile(source)
        return (problems.hasErrors ? nil : definition, problems.diagnostics)
    }

    /// The same with a definition also where nothing is wrong with it but its examples: for whoever writes it.
    static func attempt(_ source: DefinitionFile) -> (definition: ProviderDefinition?, diagnostics: [Diagnostic]) {
        let (definition, problems) = compile(source)
        return (definition, problems.diagnostics)
    }

    private static func compile(_ source: DefinitionFile) -> (definition: ProviderDefinition?, problems: DefinitionProblems) {
        var problems = DefinitionProblems(file: source.path)
        let node: LocatedNode
        do throws(Diagnostic) {
            node =
                try source.isJSON
                ? LocatedReader.json(source.bytes, file: source.path) : LocatedReader.yaml(source.bytes, file: source.path)
        } catch {
            problems.add(error)
            return (nil, problems)
        }
        var reader = DefinitionReader(file: source.path, root: node, problems: problems)
        let definition = reader.definition()
        return (definition, reader.problems)
    }

    private mutating func definition() -> ProviderDefinition? {
        guard let extensionNode = extensionNode() else { return nil }
        checkVersion()
        var reader = MappingReader(node: extensionNode, problems: problems)
        let settings = reader.read()
        problems = reader.problems
        guard let operation = operation(wanted: settings.path, at: extensionNode.mark) else { return nil }
        let request = request(operation, settings)
        var responses = DocumentedResponseReader(root: root, problems: problems)
        responses.read(operation.node)
        problems = responses.problems
        guard let id = settings.id, let request, !problems.hasErrors else { return nil }

        let title = settings.title ?? root["info"]?["title"]?.text.flatMap { MappingReader.line($0, atMost: 64) } ?? id.name
        checkUnique(settings.mapping, at: extensionNode.mark)
        checkLeast(settings)
        checkPrivate(settings)
        guard !problems.hasErrors else { return nil }
        let mapping = settings.mapping
        let plan = ResponsePlan(
            table: responses.table, responses: responses.plans, mapping: mapping, used: mapping.usedPaths)
        var links = settings.links
        links.documentation =
            links.documentation ?? root["externalDocs"]?["url"]?.text.flatMap { MappingReader.link($0) }
        func definition(_ places: ExamplePlaces, _ examples: [ExampleOutcome]) -> ProviderDefinition {
            ProviderDefinition(
                id: id, idMark: extensionNode["id"]?.mark ?? extensionNode.mark,
                title: title, links: links, provenance: settings.provenance, note: settings.note, server: request.server,
                path: request.path, method: request.method, body: settings.body?.bytes, query: settings.query, auth: request.auth,
                headers: settings.headers.map { ($0.name, $0.value) }, environmentVariables: settings.environment,
                unitNames: settings.unitNames, tellsOtherUnits: settings.tellsOtherUnits, budget: settings.budget,
                ttl: settings.ttl, parameters: request.parameters,
                accountParameters: request.accountParameters, responses: responses.documented, openAPI: root.json, places: places,
                examples: examples, plan: plan)
        }
        let unchecked = definition(.none, [])
        let outcomes = outcomes(of: responses.examples, unchecked, settings.expect)
        let places = checkExamples(of: unchecked, responses.examples, outcomes, at: extensionNode.mark)
        return definition(places, outcomes)
    }

    /// Two figures of one name would say two things of one.
    private mutating func checkUnique(_ mapping: Mapping, at mark: TextMark) {
        var seen: [String] = []
        for rule in mapping.amounts {
            guard case .fixed(let unit) = rule.unit, rule.each == nil else { continue }
            for kind in rule.kinds {
                let name = "\(kind.kind.rawValue) \(unit) \(rule.part?.name ?? "")"
                if seen.contains(name) {
                    problems.error(
                        kind.mark, "the \(kind.kind.rawValue) amount in \(unit) stands twice", hint: "part: tells them apart")
                }
                seen.append(name)
            }
        }
    }

    /// What is compared must be known beforehand: a limit that nobody compares would be one that nobody sees.
    private mutating func checkLeast(_ settings: MappingReader.Settings) {
        guard let mark = settings.ownMark, let first = settings.mapping.amounts.first else { return }
        let rules = settings.mapping.amounts.filter { $0.tells(.available) }
        for rule in rules where rule.each != nil || rule.fixedUnit == nil {
            return problems.error(
                rule.kinds.first?.mark ?? mark, "beside own: least each unit is written in the file, and there is no each",
                hint: "unit: USD")
        }
        if settings.mapping.first != nil {
            return problems.error(
                mark, "own: least and first both say which amount is the row's own", hint: "leave one of them out")
        }
        guard first.tells(.available) else {
            return problems.error(mark, "own: least compares with the first element, which has no available amount")
        }
        guard rules.count(where: { $0.fixedUnit == first.fixedUnit }) < 2 else { return }
        problems.error(
            mark, "own: least needs a second element with an available amount in the first one's unit",
            hint: rules.count > 1
                ? "amounts of other units are never compared" : "without own the first element's available is the row's own")
    }

    private mutating func checkPrivate(_ settings: MappingReader.Settings) {
        let used = settings.mapping.usedPaths
        for (path, mark) in zip(settings.mapping.privatePaths, settings.privateMarks) where used.reads(path.steps) {
            problems.error(mark, "\(path.text) is private, and the mapping reads it")
        }
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
