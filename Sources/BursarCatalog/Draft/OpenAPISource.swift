import BursarBasics
import BursarModel

/// Finds in a provider's OpenAPI document the operation that tells a balance, and takes from it what a draft needs. *Value.* Pure.
struct OpenAPISource {
    private let document: JSONValue
    private let file: String

    /// *Value.*
    private struct Operation {
        let path: String
        let method: ProviderDefinition.Method
        /// The path item, which may hold parameters and servers of all its operations.
        let item: JSONValue
        /// The operation itself.
        let node: JSONValue
        /// The key of its first successful response that is JSON: `200`, `2XX`.
        let status: String
        /// That response's Media Type Object.
        let media: JSONValue
        /// The higher, the more it looks like the one that tells a balance.
        let score: Int
    }

    init(_ document: JSONValue, file: String) {
        self.document = document
        self.file = file
    }

    /// - Parameter wanted: the path of the operation; nil: the one that looks most like a balance, the shorter path where two look alike.
    func source(_ wanted: String?) throws(DefinitionDraft.Refusal) -> DraftSource {
        let found = operations.sorted { ($0.score, $1.path.utf8.count) > ($1.score, $0.path.utf8.count) }
        let all = found.filter { Self.isUsable($0.path) }
        guard let operation = wanted.map({ path in all.first { $0.path == path } }) ?? all.first else {
            throw refusal(wanted, found)
        }
        guard wanted != nil || operation.score > 0 else {
            let paths = all.prefix(12).map(\.path).joined(separator: ", ")
            throw .init(description: "\(file): no path looks like a balance; say which one it is with --path: \(paths)")
        }
        return try source(of: operation, others: all.filter { $0.score > 0 && $0.path != operation.path }.prefix(8).map(\.path))
    }

    /// Why none of these operations can be taken, or not the one that is wanted.
    private func refusal(_ wanted: String?, _ found: [Operation]) -> DefinitionDraft.Refusal {
        let paths = found.map(\.path)
        if let path = wanted ?? paths.first, paths.contains(path) {
            let rule = "each segment is URL characters, or a parameter's name in braces, /{team}/, other than uuid and now_ms"
            return .init(description: "\(file): a definition cannot ask \(path.shownLine): \(rule)")
        }
        guard let wanted else { return .init(description: "\(file): no path has a GET or POST that answers JSON") }
        let near = NearestName.find(wanted, among: paths.filter(Self.isUsable)).map { "; did you mean \($0)?" } ?? ""
        return .init(description: "\(file): no GET or POST with a JSON answer has the path \(wanted)\(near)")
    }

    /// What a `$ref` leads to; any other value is itself.
    private func dereferenced(_ value: JSONValue?) -> JSONValue? {
        guard let reference = value?["$ref"]?.text else { return value }
        return DraftSchema.target(reference, in: document)
    }

    /// The operations that answer JSON and do not require a body.
    private var operations: [Operation] {
        (document["paths"]?.object?.members ?? []).flatMap { member -> [Operation] in
            guard let item = dereferenced(member.value), member.key.hasPrefix("/") else { return [] }
            return [("get", ProviderDefinition.Method.get), ("post", .post)].compactMap { name, method in
                guard let node = item[name], let (status, media) = success(of: node) else { return nil }
                guard dereferenced(node["requestBody"])?["required"]?.boolean != true else { return nil }
                return Operation(
                    path: member.key, method: method, item: item, node: node, status: status, media: media,
                    score: Self.score(member.key, node, method))
            }
        }
    }

    /// Whether a definition could name the path: a parameter in braces is a whole segment.
    private static func isUsable(_ path: String) -> Bool {
        path.split(separator: "/").allSatisfy { segment in
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return segment.utf8.allSatisfy(\.isURLPathByte) }
            let name = String(segment.dropFirst().dropLast())
            return RequestTemplate.isParameterName(name) && !RequestTemplate.reserved.contains(name)
        }
    }

    private static func score(_ path: String, _ node: JSONValue, _ method: ProviderDefinition.Method) -> Int {
        let words: [(word: String, points: Int)] = [
            ("balance", 8), ("credit", 6), ("quota", 5), ("usage", 4), ("wallet", 4), ("billing", 3), ("subscription", 3),
            ("limits", 2), ("account", 1)
        ]
        let text = path.lowercased()
        let said = ((node["operationId"]?.text ?? "") + " " + (node["summary"]?.text ?? "")).lowercased()
        var score = words.reduce(0) { $0 + (text.contains($1.word) ? 2 * $1.points : said.contains($1.word) ? $1.points : 0) }
        // These list bookings; a balance is one account's figures.
        if text.contains("history") || text.contains("transaction") || text.contains("invoice") { score -= 8 }
        score -= 2 * path.count { $0 == "{" }
        return method == .get ? score : score - 4
    }

    /// The first successful response that is JSON, and its key: `200`, `2XX`.
    private func success(of node: JSONValue) -> (key: String, media: JSONValue)? {
        for member in (node["responses"]?.object?.members ?? []) where member.key.hasPrefix("2") {
            if let media = json(of: member.value) { return (member.key, media) }
        }
        return nil
    }

    /// A response's Media Type Object for JSON; nil where it has none.
    private func json(of response: JSONValue) -> JSONValue? {
        let content = dereferenced(response)?["content"]?.object?.members ?? []
        return content.first { DocumentedResponseReader.isJSON($0.key) }?.value
    }

    private func source(of operation: Operation, others: [String]) throws(DefinitionDraft.Refusal) -> DraftSource {
        let media = operation.media
        let given = example(in: media)
        var examples = DraftExpansion(document)
        guard let example = given ?? media["schema"].map({ examples.example(of: $0) }), example.isObjectOrList else {
            let lack = "has no example that is an object or a list, and no schema that gives one"
            throw .init(description: "\(file): \(operation.path) \(lack)")
        }
        let info = document["info"]
        var source = DraftSource(
            title: info?["title"]?.text ?? "", origin: origin(info), server: "", path: operation.path, example: example)
        (source.server, source.variables, source.serverGuess) = server(operation)
        (source.scheme, source.isSchemeGuessed) = scheme(operation)
        source.documentation = document["externalDocs"]?["url"]?.text
        source.method = operation.method
        source.status = operation.status
        var schemas = DraftExpansion(document)
        source.schema = media["schema"].flatMap { schemas.resolved($0) }
        source.isExampleMade = given == nil
        source.query = query(of: operation)
        source.errors = failures(of: operation.node)
        source.otherPaths = others
        return source
    }

    private func origin(_ info: JSONValue?) -> String {
        let version = info?["version"]?.text.map { " \($0)" } ?? ""
        return "OpenAPI document \(info?["title"]?.text ?? file)\(version)"
    }

    /// The first that can be an answer. Documents also give null, or a text with JSON in it.
    private func example(in media: JSONValue) -> JSONValue? {
        let named = (media["examples"]?.object?.members ?? []).map { dereferenced($0.value)?["value"] }
        return ([media["example"]] + named).lazy.compactMap(\.self).first(where: \.isObjectOrList)
    }

    /// Where the provider is, and why that is a guess; nil where the document says it.
    private func server(_ operation: Operation) -> (url: String, variables: JSONValue?, guess: String?) {
        let servers = operation.node["servers"] ?? operation.item["servers"] ?? document["servers"]
        let first = servers?.elements?.first
        guard let url = first?["url"]?.text, url.hasPrefix("https://") || url.hasPrefix("http://") else {
            return ("https://host.invalid", nil, DraftSource.unknownServer)
        }
        // A definition may ask this machine over plain http, and no other.
        guard url.hasPrefix("http://"), ServerURL(url) == nil else { return (url, first?["variables"], nil) }
        let rest = url.dropFirst(7)
        let host = rest.prefix { $0 != "/" }
        let secure = host.hasSuffix(":80") ? host.dropLast(3) : host
        return ("https://\(secure)\(rest[host.endIndex...])", first?["variables"], "the document says http")
    }

    /// The required parameters of the query. Each has its documented value, else one that the account gives: `team={team}`.
    private func query(of operation: Operation) -> [String] {
        func parameters(_ node: JSONValue) -> [JSONValue] {
            (node["parameters"]?.elements ?? []).compactMap { dereferenced($0) }
        }
        let own = parameters(operation.node)
        // The operation's replaces the path's of the same name and place.
        let shared = parameters(operation.item).filter { outer in
            !own.contains { $0["in"] == outer["in"] && $0["name"] == outer["name"] }
        }
        var taken: Set<String> = []
        return (shared + own).compactMap { parameter in
            guard parameter["in"] == "query", parameter["required"] == true, let name = parameter["name"]?.text, !name.isEmpty
            else { return nil }
            if let value = documentedValue(of: parameter) {
                return "\(name.percentEncodedSegment)=\(value.percentEncodedSegment)"
            }
            var given = Self.accountName(of: name)
            while !taken.insert(given).inserted { given += "_" }
            return "\(name.percentEncodedSegment)={\(given)}"
        }
    }

    private func documentedValue(of parameter: JSONValue) -> String? {
        let schema = dereferenced(parameter["schema"])
        return [schema?["default"], parameter["example"], schema?["enum"]?[0]].lazy.compactMap { $0?.plainText }.first
    }

    /// What an account calls the value of a parameter: `filter_x_` for `filter[x]`, `uuid_` for `uuid`, which is made anew for each call.
    private static func accountName(of name: String) -> String {
        let plain = String(name.prefix(64).map { RequestTemplate.isParameterName(String($0)) ? $0 : "_" })
        return RequestTemplate.reserved.contains(plain) ? plain + "_" : plain
    }

    /// How the key is sent: the first documented way that Bursar knows, else a guess.
    private func scheme(_ operation: Operation) -> (DraftSource.Scheme, isGuessed: Bool) {
        let requirements = (operation.node["security"] ?? document["security"])?.elements ?? []
        let named = requirements.flatMap { $0.object?.members.map(\.key) ?? [] }
        let schemes = document["components"]?["securitySchemes"]
        let names = named.isEmpty ? schemes?.object?.members.map(\.key) ?? [] : named
        for name in names {
            guard let scheme = dereferenced(schemes?[name]) else { continue }
            switch (scheme["type"]?.text, scheme["scheme"]?.text?.lowercased()) {
            case ("http"?, "bearer"?): return (.bearer, false)
            case ("http"?, "basic"?): return (.basic, false)
            case ("apiKey"?, _):
                guard scheme["in"]?.text == "header", let header = scheme["name"]?.text, HeaderText.isName(header),
                    !HeaderText.isReserved(header)
                else { continue }
                // In Authorization a scheme's word stands before the key, and the document does not say which.
                return (.header(header), header.lowercased() == "authorization")
            default: continue
            }
        }
        return (.bearer, true)
    }

    /// The documented errors, of a status or of a range such as `4XX`, each with its example or one made of its schema.
    private func failures(of node: JSONValue) -> [DraftSource.Failure] {
        // One measure for all that are made: they may well be a hundred.
        var expansion = DraftExpansion(document)
        func made(of schema: JSONValue) -> JSONValue? {
            let example = expansion.example(of: schema)
            return expansion.isExhausted ? nil : example
        }
        return (node["responses"]?.object?.members ?? []).compactMap { member in
            guard member.key.utf8.count == 3, member.key.hasPrefix("4") || member.key.hasPrefix("5"),
                let media = json(of: member.value),
                let example = example(in: media) ?? media["schema"].flatMap({ made(of: $0) }), example.object != nil
            else { return nil }
            return .init(key: member.key, description: dereferenced(member.value)?["description"]?.text ?? "", example: example)
        }
    }
}

extension JSONValue {
    /// Whether it can be an answer that tells a balance.
    fileprivate var isObjectOrList: Bool { object != nil || elements != nil }

    /// A text, a number or a boolean as it stands in a query.
    fileprivate var plainText: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
