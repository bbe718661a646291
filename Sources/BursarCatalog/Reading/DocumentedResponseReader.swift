import BursarBasics
import BursarModel

/// Reads an operation's responses: what each must look like, and the examples to serve. *Value,* used once.
struct DocumentedResponseReader {
    let root: LocatedNode
    var problems: DefinitionProblems

    private var compiler: SchemaCompiler
    private(set) var plans: [ResponsePlan.Response] = []
    private(set) var documented: [DocumentedResponse] = []
    private(set) var examples: [Example] = []

    /// An example and where it stands, to be checked against what is documented. *Value.*
    struct Example {
        let key: ResponsePlan.Response.Key
        /// `200`, or `200 full` where it has a name.
        let name: String
        let mark: TextMark
        let value: JSONValue
    }

    var table: SchemaTable { compiler.table }

    init(root: LocatedNode, problems: DefinitionProblems) {
        self.root = root
        self.problems = problems
        compiler = SchemaCompiler(root: root)
    }

    mutating func read(_ operation: LocatedNode) {
        guard let pairs = operation["responses"]?.pairs, !pairs.isEmpty else {
            return problems.error(operation["responses"]?.mark ?? operation.mark, "responses: is missing")
        }
        for pair in pairs where !pair.key.hasPrefix("x-") { read(pair) }
        let hasSuccess = plans.contains { plan in
            guard plan.schema != nil else { return false }
            switch plan.key {
            case .status(let status): return (200..<300).contains(status)
            case .range(let range): return range == 2
            case .default: return false
            }
        }
        guard !hasSuccess else { return }
        problems.error(
            operation["responses"]?.mark ?? operation.mark, "no 2xx response has a JSON schema, so no balance can be checked")
    }

    private mutating func read(_ pair: LocatedNode.Pair) {
        guard let key = ResponsePlan.Response.Key(pair.key) else {
            return problems.error(pair.keyMark, "a response's key is a status such as 200, a range such as 4XX, or default")
        }
        guard let node = LocalReference.follow(pair.value, in: root, &problems) else { return }
        let content = node["content"]?.pairs ?? []
        let media = content.first { Self.isJSON($0.key) } ?? content.first
        if let media, !HeaderText.isValue(media.key) { problems.error(media.keyMark, "a media type is printable ASCII") }
        let isJSON = media.map { Self.isJSON($0.key) } ?? false
        let schemaNode = isJSON ? media?.value["schema"] : nil
        let schema = schemaNode.map { compiler.compile($0, &problems) }
        let found = media.map { examples(of: $0.value) } ?? []
        let values = found.map(\.node.json)
        if schema != nil {
            for (example, value) in zip(found, values) {
                let name = example.name.map { "\(pair.key) \($0)" } ?? pair.key
                examples.append(Example(key: key, name: name, mark: example.node.mark, value: value))
            }
        }
        var status: Int?
        if case .status(let number) = key { status = number }
        plans.append(.init(key: key, mediaType: media?.key, schema: schema, example: isJSON ? values.first : nil))
        documented.append(
            DocumentedResponse(
                status: status, key: pair.key, description: node["description"]?.text ?? "", mediaType: media?.key,
                schema: schemaNode?.json,
                examples: values.map { isJSON ? JSONWriter.compact($0) : Array(($0.text ?? "").utf8) }))
    }

    /// `example`, `examples`, or the schema's own.
    private mutating func examples(of media: LocatedNode) -> [(name: String?, node: LocatedNode)] {
        if let example = media["example"] { return [(nil, example)] }
        if let named = media["examples"]?.pairs {
            return named.compactMap { pair in
                LocalReference.follow(pair.value, in: root, &problems)?["value"].map { (pair.key, $0) }
            }
        }
        guard let schema = media["schema"].flatMap({ LocalReference.follow($0, in: root, &problems) }) else { return [] }
        if let example = schema["example"] { return [(nil, example)] }
        let several = schema["examples"]?.elements ?? []
        return several.enumerated().map { (several.count == 1 ? nil : "\($0.offset + 1)", $0.element) }
    }

    static func isJSON(_ mediaType: String) -> Bool {
        let essence = mediaType.prefix { $0 != ";" }.trimmingBlanks.lowercased()
        return essence == "application/json" || essence.hasSuffix("+json") || essence == "*/*"
    }
}

extension ResponsePlan.Response.Key {
    /// `200`, `4XX`, `default`.
    init?(_ text: String) {
        if text == "default" {
            self = .default
        } else if text.utf8.count == 3, let first = parseASCIIDigits(text.prefix(1)), (1...5).contains(first) {
            if text.dropFirst().uppercased() == "XX" {
                self = .range(first)
            } else if let status = parseASCIIDigits(text) {
                self = .status(status)
            } else {
                return nil
            }
        } else {
            return nil
        }
    }
}
