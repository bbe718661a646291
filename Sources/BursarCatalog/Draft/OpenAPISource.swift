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
        /// The higher, the more it looks like the one that tells a balance.
        let score: Int
    }

    init(_ document: JSONValue, file: String) {
        self.document = document
        self.file = file
    }

    /// - Parameter wanted: the path of the operation; nil: the one that looks most like a balance, the shorter path where two look alike.
    func source(_ wanted: String?) throws(DefinitionDraft.Refusal) -> DraftSource {
        let all = operations.sorted { ($0.score, $1.path.utf8.count) > ($1.score, $0.path.utf8.count) }
        guard let operation = wanted.map({ path in all.first { $0.path == path } }) ?? all.first else {
            if let wanted {
                let near = NearestName.find(wanted, among: all.map(\.path)).map { "; did you mean \($0)?" } ?? ""
                throw .init(description: "\(file): no GET or POST with a JSON answer has the path \(wanted)\(near)")
            }
            throw .init(description: "\(file): no path has a GET or POST that answers JSON")
        }
        guard wanted != nil || operation.score > 0 else {
            let paths = all.prefix(12).map(\.path).joined(separator: ", ")
            throw .init(description: "\(file): no path looks like a balance; say which one it is with --path: \(paths)")
        }
        return try source(of: operation, others: all.filter { $0.score > 0 && $0.path != operation.path }.prefix(8).map(\.path))
    }

    /// What a `$ref` leads to; any other value is itself.
    private func dereferenced(_ value: JSONValue?) -> JSONValue? {
        guard let reference = value?["$ref"]?.text else { return value }
        return DraftSchema.target(reference, in: document)
    }

    /// The operations that answer JSON and do not require a body.
    private var operations: [Operation] {
        (document["paths"]?.object?.members ?? []).flatMap { member -> [Operation] in
            guard let item = dereferenced(member.value), member.key.hasPrefix("/"), Self.isUsable(member.key) else { return [] }
            return [("get", ProviderDefinition.Method.get), ("post", .post)].compactMap { name, method in
                guard let node = item[name], success(of: node) != nil else { return nil }
                guard dereferenced(node["requestBody"])?["required"]?.boolean != true else { return nil }
                return Operation(
                    path: member.key, method: method, item: item, node: node, score: Self.score(member.key, node, method))
            }
        }
    }

    /// Whether a definition could name the path: a parameter in braces is a whole segment.
    private static func isUsable(_ path: String) -> Bool {
        path.split(separator: "/").allSatisfy { segment in
            segment.contains("{")
                ? segment.hasPrefix("{") && segment.hasSuffix("}") : segment.utf8.allSatisfy(\.isURLPathByte)
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
        guard let (status, media) = success(of: operation.node) else {
            throw .init(description: "\(file): \(operation.path) documents no JSON answer")
        }
        let given = example(in: media)
        let made = media["schema"].map { DraftSchema.example(of: $0, in: document) }
        guard let example = given ?? made, example.object != nil || example.elements != nil else {
            throw .init(description: "\(file): \(operation.path) has neither an example nor a schema to make one of")
        }
        let info = document["info"]
        var source = DraftSource(
            title: info?["title"]?.text ?? "", origin: origin(info), server: "", path: operation.path, example: example)
        (source.server, source.variables, source.isServerGuessed) = server(operation)
        (source.scheme, source.isSchemeGuessed) = scheme(operation)
        source.documentation = document["externalDocs"]?["url"]?.text
        source.method = operation.method
        source.status = status
        source.schema = media["schema"].map { DraftSchema.resolved($0, in: document) }
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

    private func example(in media: JSONValue) -> JSONValue? {
        if let example = media["example"], !example.isNull { return example }
        return media["examples"]?.object?.members.lazy.compactMap { dereferenced($0.value)?["value"] }.first
    }

    private func server(_ operation: Operation) -> (url: String, variables: JSONValue?, isGuessed: Bool) {
        let servers = operation.node["servers"] ?? operation.item["servers"] ?? document["servers"]
        let first = servers?.elements?.first
        guard let url = first?["url"]?.text, url.hasPrefix("https://") || url.hasPrefix("http://") else {
            return ("https://host.invalid", nil, true)
        }
        let secure = url.hasPrefix("http://") ? "https://" + url.dropFirst(7) : url
        return (secure, first?["variables"], false)
    }

    /// The required parameters of the query. Each has its documented value, else one that the account gives: `team={team}`.
    private func query(of operation: Operation) -> [String] {
        let parameters = (operation.item["parameters"]?.elements ?? []) + (operation.node["parameters"]?.elements ?? [])
        return parameters.compactMap { dereferenced($0) }.compactMap { parameter in
            guard parameter["in"] == "query", parameter["required"] == true, let name = parameter["name"]?.text,
                RequestTemplate.isParameterName(name), !RequestTemplate.reserved.contains(name)
            else { return nil }
            let schema = parameter["schema"]
            let value = (schema?["default"] ?? parameter["example"] ?? schema?["enum"]?[0])?.text
            return "\(name)=\(value?.percentEncodedSegment ?? "{\(name)}")"
        }
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

    /// The responses of one status from 400 up, each with its example or one made of its schema.
    private func failures(of node: JSONValue) -> [DraftSource.Failure] {
        (node["responses"]?.object?.members ?? []).compactMap { member in
            guard member.key.utf8.count == 3, member.key.hasPrefix("4") || member.key.hasPrefix("5"),
                let media = json(of: member.value),
                let example = example(in: media) ?? media["schema"].map({ DraftSchema.example(of: $0, in: document) }),
                example.object != nil
            else { return nil }
            return .init(key: member.key, description: dereferenced(member.value)?["description"]?.text ?? "", example: example)
        }
    }
}
