import BursarModel

/// Reads `x-bursar`. *Value,* used once. Every function reports what is wrong and goes on.
struct MappingReader {
    let node: LocatedNode
    var problems: DefinitionProblems

    init(node: LocatedNode, problems: DefinitionProblems) {
        self.node = node
        self.problems = problems
    }

    /// What `x-bursar` says. *Value.*
    struct Settings {
        var id: ProviderID?
        var title: String?
        var documentation: String?
        var environment: [String] = []
        var path: LocatedNode?
        var prefix: LocatedNode?
        var query: String?
        var headers: [(name: String, value: String)] = []
        var budget: CallLimit?
        var mapping = Mapping()

        /// Units that are known beforehand, in order, each once.
        var unitNames: [String] {
            var names: [String] = []
            for rule in mapping.amounts {
                let units: [AmountUnit]
                switch rule.unit {
                case .fixed(let unit): units = [unit]
                case .told(_, let table, let known): units = known + table.values.sorted { $0.name < $1.name }
                }
                for unit in units where !names.contains(unit.name) { names.append(unit.name) }
            }
            return names
        }
    }

    mutating func read() -> Settings {
        var settings = Settings()
        let entries = entries(of: node, in: .root)
        for pair in entries { read(pair, into: &settings) }
        // A misspelt key has been told with the one that was meant: that another is missing then says nothing new.
        guard entries.count == node.pairs?.count else { return settings }
        if !entries.contains(where: { $0.key == "id" }) {
            problems.error(node.mark, "x-bursar needs an id", hint: "id: acme names it in routes and configurations")
        }
        if settings.mapping.amounts.isEmpty, !entries.contains(where: { $0.key == "amounts" }) {
            problems.error(node.mark, "x-bursar needs amounts", hint: "amounts: [{unit: USD, available: data.balance}]")
        }
        if settings.environment.isEmpty, let id = settings.id {
            settings.environment = [id.name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() + "_API_KEY"]
        }
        return settings
    }

    private mutating func read(_ pair: LocatedNode.Pair, into settings: inout Settings) {
        let value = pair.value
        switch pair.key {
        case "id":
            settings.id = value.text.flatMap { ProviderID($0) }
            if settings.id == nil { problems.error(value.mark, "an id is 1 to 32 of a-z 0-9 -, beginning with a letter") }
        case "title": settings.title = text(value, "title", atMost: 64)
        case "documentation":
            settings.documentation = value.text.flatMap { Self.link($0) }
            if settings.documentation == nil { problems.error(value.mark, "documentation is the https:// address of a page") }
        case "environment": settings.environment = list(value).compactMap { variable($0) }
        case "path": settings.path = value
        case "prefix": settings.prefix = value
        case "query": settings.query = query(value)
        case "headers": settings.headers = headers(value)
        case "limit": settings.budget = limit(value)
        case "root": settings.mapping.roots = paths(value)
        case "success": settings.mapping.success = success(value)
        case "codes": settings.mapping.codes = codes(value)
        case "statuses": settings.mapping.statuses = statuses(value)
        case "message": settings.mapping.messages = paths(value)
        case "amounts": settings.mapping.amounts = amounts(value)
        case "low": settings.mapping.low = flag(value)
        case "as_of": settings.mapping.asOf = path(value)
        default: break  // reported by `entries`
        }
    }

    // MARK: - Pieces

    /// The known entries of a mapping; unknown keys are reported with the one that was meant.
    mutating func entries(of node: LocatedNode, in section: MappingKey.Section) -> [LocatedNode.Pair] {
        guard let pairs = node.pairs else {
            problems.error(node.mark, "\(section.rawValue) must be a mapping of keys and values")
            return []
        }
        let known = MappingKey.names(in: section)
        return pairs.filter { pair in
            if known.contains(pair.key) { return true }
            let meant = MappingKey.synonyms[section]?[pair.key.lowercased()] ?? NearestName.find(pair.key, among: known)
            let elsewhere = MappingKey.all.first { $0.name == pair.key }
            let hint =
                meant.map { "did you mean \($0)?" } ?? elsewhere.map { "it belongs to \($0.section.rawValue)" }
                ?? "known are " + known.joined(separator: ", ")
            problems.error(pair.keyMark, "unknown key \(DefinitionProblems.quoted(pair.key)) in \(section.rawValue)", hint: hint)
            return false
        }
    }

    /// A list, or one element without its brackets.
    func list(_ node: LocatedNode) -> [LocatedNode] { node.elements ?? [node] }

    mutating func text(_ node: LocatedNode, _ name: String, atMost limit: Int) -> String? {
        if let text = node.text.flatMap({ Self.line($0, atMost: limit) }) { return text }
        problems.error(node.mark, "\(name) is a text of one line, at most \(limit) bytes")
        return nil
    }

    /// A text that may stand in a table or a log line; nil for others.
    static func line(_ text: String, atMost limit: Int) -> String? {
        let isLine =
            !text.trimmingBlanks.isEmpty && text.utf8.count <= limit
            && text.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
            }
        return isLine ? text : nil
    }

    /// A page that the dashboard may link to: nothing but the web.
    static func link(_ text: String) -> String? {
        let isWeb = text.lowercased().hasPrefix("https://") || text.lowercased().hasPrefix("http://")
        return isWeb && text.utf8.count <= 500 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
    }

    mutating func path(_ node: LocatedNode) -> ValuePath? {
        guard let text = node.text else {
            problems.error(node.mark, "a path is a text such as data.balance")
            return nil
        }
        do throws(ValuePath.Refusal) {
            let path = try ValuePath(parsing: text)
            if path.hasEach {
                problems.error(node.mark, "[] stands only within sum(…)", hint: "`each` gives one set of amounts an element")
                return nil
            }
            return path
        } catch {
            problems.error(node.mark, error.reason)
            return nil
        }
    }

    mutating func paths(_ node: LocatedNode) -> [ValuePath] {
        var paths: [ValuePath] = []
        for element in list(node) { if let path = path(element) { paths.append(path) } }
        return paths
    }

    mutating func failureClass(_ node: LocatedNode) -> ProblemCode? {
        // What an answer can mean; the others are about there being none.
        let codes: [ProblemCode] = [.unauthorized, .forbidden, .rateLimited, .upstreamError]
        if let code = codes.first(where: { $0.rawValue == node.text }) { return code }
        let names = codes.map(\.rawValue)
        problems.error(
            node.mark, "a failure is one of " + names.joined(separator: ", "),
            hint: NearestName.find(node.text ?? "", among: names).map { "did you mean \($0)?" })
        return nil
    }
}
