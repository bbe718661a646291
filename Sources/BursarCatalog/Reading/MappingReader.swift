import BursarBasics
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
        var links = ProviderLinks()
        var provenance = Provenance()
        var note: String?
        var environment: [String] = []
        var path: LocatedNode?
        var prefix: LocatedNode?
        var query: [RequestTemplate] = []
        var queryMark: TextMark?
        var headers: [Header] = []
        var body: (bytes: [UInt8], mark: TextMark)?
        var budget: CallLimit?
        var ttl: Duration?
        var mapping = Mapping()
        /// Of `private`, with the place of each.
        var privateMarks: [TextMark] = []
        var expect: [Expectation] = []
        var ownMark: TextMark?

        /// Whether a unit may come that is not known beforehand.
        var tellsOtherUnits: Bool {
            mapping.amounts.contains { if case .told = $0.unit { true } else { false } }
        }

        /// Units that are known beforehand, in order, each once.
        var unitNames: [String] {
            var names: [String] = []
            for rule in mapping.amounts {
                let units: [AmountUnit]
                switch rule.unit {
                case .fixed(let unit): units = [unit]
                case .told(let told): units = told.known + told.names.values.sorted { $0.name < $1.name }
                case .parameter(_, let table): units = table.values.sorted { $0.name < $1.name }
                }
                for unit in units where !names.contains(unit.name) { names.append(unit.name) }
            }
            return names
        }
    }

    /// A header that every request carries. *Value.*
    struct Header {
        let name: String
        let value: RequestTemplate
        let mark: TextMark
    }

    /// What the file says that an example comes to. *Value.*
    struct Expectation {
        let example: String
        let mark: TextMark
        let lines: [String]
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
            settings.environment = [id.environmentVariable]
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
        case "note": settings.note = text(value, "note", atMost: 200)
        case "source": settings.provenance.sources = sources(value)
        case "read": settings.provenance.read = day(value)
        case "verified": verified(value, into: &settings.provenance)
        case "documentation": settings.links.documentation = page(value, "documentation")
        case "links": links(value, into: &settings.links)
        case "environment": settings.environment = list(value).compactMap { variable($0) }
        case "path": settings.path = value
        case "prefix": settings.prefix = value
        case "query":
            settings.query = query(value)
            settings.queryMark = value.mark
        case "headers": settings.headers = headers(value)
        case "body": settings.body = body(value)
        case "limit": settings.budget = limit(value)
        case "ttl": settings.ttl = ttl(value)
        case "private":
            settings.mapping.privatePaths = list(value).compactMap { path($0, allowingEach: true) }
            settings.privateMarks = list(value).map(\.mark)
        case "root": settings.mapping.roots = paths(value)
        case "success": settings.mapping.success = success(value)
        case "codes": settings.mapping.codes = codes(value)
        case "statuses": settings.mapping.statuses = statuses(value)
        case "message": settings.mapping.messages = paths(value)
        case "amounts": settings.mapping.amounts = amounts(value)
        case "first": settings.mapping.first = path(value)
        case "own":
            settings.mapping.isLeast = value.text == "least"
            settings.ownMark = pair.keyMark
            if !settings.mapping.isLeast {
                problems.error(value.mark, "own is least: of amounts that hold at once the least is the row's own")
            }
        case "low": settings.mapping.low = flag(value, "low")
        case "as_of": settings.mapping.asOf = paths(value)
        case "expect": settings.expect = expect(value)
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
            problems.error(
                pair.keyMark, "unknown key \(QuotableName.quoted(pair.key, near: meant)) in \(section.rawValue)", hint: hint)
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
                !LineText.isCommand($0) && $0.properties.generalCategory != .format
            }
        return isLine ? text : nil
    }

    /// A page that the dashboard may link to: nothing but the web.
    static func link(_ text: String) -> String? {
        let isWeb = text.lowercased().hasPrefix("https://") || text.lowercased().hasPrefix("http://")
        return isWeb && text.utf8.count <= 500 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
    }

    mutating func path(_ node: LocatedNode, allowingEach: Bool = false) -> ValuePath? {
        guard let text = node.text else {
            problems.error(node.mark, "a path is a text such as data.balance")
            return nil
        }
        do throws(ValuePath.Refusal) {
            let path = try ValuePath(parsing: text)
            if path.hasEach, !allowingEach {
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

    mutating func meaning(_ node: LocatedNode) -> AnswerMeaning? {
        if let meaning = AnswerMeaning.all.first(where: { $0.name == node.text }) { return meaning }
        let names = AnswerMeaning.all.map(\.name)
        problems.error(
            node.mark, "an outcome is one of " + names.joined(separator: ", "),
            hint: NearestName.find(node.text ?? "", among: names).map { "did you mean \($0)?" })
        return nil
    }
}
