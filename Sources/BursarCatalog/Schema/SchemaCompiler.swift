import BursarModel

/// Compiles the schemas of a definition, each once, and reports what they cannot say here. *Value,* used once.
///
/// A schema that another one names waits in a list: references can make a chain of thousands, and a call within a call for each of
/// them would end the program on its stack.
struct SchemaCompiler {
    private static let mostSchemas = 5_000
    /// Counted along the shortest way. ``SchemaValidator`` goes no deeper than a bound either, and no answer would satisfy what lies
    /// behind it.
    private static let deepest = 64

    private let root: LocatedNode
    private(set) var table = SchemaTable()
    private var indexByPlace: [TextMark: Schema.Index] = [:]
    private var waiting: [Waiting] = []
    /// Of the schema that is being compiled.
    private var depth = 0
    private var hasToldDepth = false

    /// A schema that has its place in the table, and nothing there yet. *Value.*
    private struct Waiting {
        let node: LocatedNode
        let index: Schema.Index
        let depth: Int
    }

    init(root: LocatedNode) { self.root = root }

    /// - Returns: where in the table the schema of `node` stands.
    mutating func compile(_ node: LocatedNode, _ problems: inout DefinitionProblems) -> Schema.Index {
        let index = index(of: node, depth: 0, &problems)
        var next = 0
        while next < waiting.count {
            let (node, index) = (waiting[next].node, waiting[next].index)
            depth = waiting[next].depth
            table.schemas[index] = schema(node, &problems)
            next += 1
        }
        waiting = []
        return index
    }

    /// Where the schema of `node` stands, or will: a node is compiled once, so that references may go round.
    private mutating func index(of node: LocatedNode, depth: Int, _ problems: inout DefinitionProblems) -> Schema.Index {
        if let index = indexByPlace[node.mark] { return index }
        let index = table.schemas.count
        table.schemas.append(Schema())
        guard index < Self.mostSchemas else {
            if index == Self.mostSchemas { problems.error(node.mark, "more than \(Self.mostSchemas) schemas") }
            return index
        }
        indexByPlace[node.mark] = index
        guard depth <= Self.deepest else {
            if !hasToldDepth { problems.error(node.mark, "more than \(Self.deepest) schemas within each other") }
            hasToldDepth = true
            return index
        }
        waiting.append(Waiting(node: node, index: index, depth: depth))
        return index
    }

    /// Of a schema within the one that is being compiled.
    private mutating func inner(_ node: LocatedNode, _ problems: inout DefinitionProblems) -> Schema.Index {
        index(of: node, depth: depth + 1, &problems)
    }

    private mutating func schema(_ node: LocatedNode, _ problems: inout DefinitionProblems) -> Schema {
        var schema = Schema()
        if let boolean = node.boolean {
            schema.isNever = !boolean
            return schema
        }
        guard let pairs = node.pairs else {
            problems.error(node.mark, "a schema must be a mapping")
            return schema
        }
        if let reference = pairs.first(where: { $0.key == "$ref" }) {
            guard let target = LocalReference.resolve(reference.value, in: root, &problems) else { return schema }
            schema.reference = inner(target, &problems)
        }
        for pair in pairs { keyword(pair, &schema, &problems) }
        // OpenAPI 3.0 says null beside the type.
        if node["nullable"]?.boolean == true {
            schema.types?.insert(.null)
            if schema.choices?.contains(.null) == false { schema.choices?.append(.null) }
        }
        return schema
    }

    private mutating func keyword(_ pair: LocatedNode.Pair, _ schema: inout Schema, _ problems: inout DefinitionProblems) {
        let value = pair.value
        switch pair.key {
        case "$ref": break
        case "type": schema.types = types(value, &problems)
        case "properties":
            guard let pairs = value.pairs else { return problems.error(value.mark, "properties must be a mapping") }
            for property in pairs { schema.properties.append((property.key, inner(property.value, &problems))) }
        case "required":
            guard let elements = value.elements else { return problems.error(value.mark, "required must be a list of names") }
            schema.required = elements.compactMap(\.text)
        case "additionalProperties":
            switch value.boolean {
            case true?: break
            case false?: schema.additional = .forbidden
            case nil: schema.additional = .schema(inner(value, &problems))
            }
        case "items": schema.items = inner(value, &problems)
        case "enum":
            guard let elements = value.elements else { return problems.error(value.mark, "enum must be a list of values") }
            schema.choices = elements.map(\.json)
        case "const": schema.choices = [value.json]
        case "pattern": schema.pattern = pattern(value, &problems)
        case "allOf": schema.allOf = list(value, "allOf", &problems)
        case "anyOf": schema.anyOf = list(value, "anyOf", &problems)
        case "oneOf": schema.oneOf = list(value, "oneOf", &problems)
        case "not": schema.not = inner(value, &problems)
        default:
            if bound(pair, &schema.bounds, &problems) || SchemaKeywords.isAnnotation(pair.key) { return }
            reportUnknown(pair, &problems)
        }
    }

    private func reportUnknown(_ pair: LocatedNode.Pair, _ problems: inout DefinitionProblems) {
        if SchemaKeywords.unsupported.contains(pair.key) {
            problems.warning(pair.keyMark, "\(pair.key) is not checked here")
        } else {
            let near = NearestName.find(pair.key, among: SchemaKeywords.all)
            problems.warning(
                pair.keyMark, "unknown schema keyword \(QuotableName.quoted(pair.key, near: near))",
                hint: near.map { "did you mean \($0)?" })
        }
    }

    private func types(_ node: LocatedNode, _ problems: inout DefinitionProblems) -> Schema.Types? {
        var types: Schema.Types = []
        for element in node.elements ?? [node] {
            // `type: [string, null]` says null plainly.
            let name = element.isNull ? "null" : element.text ?? ""
            guard let known = Schema.Types.names.first(where: { $0.name == name }) else {
                let names = Schema.Types.names.map(\.name)
                let near = NearestName.find(name, among: names).map { "did you mean \($0)?" }
                problems.error(element.mark, "unknown type", hint: near ?? "known are " + names.joined(separator: ", "))
                return nil
            }
            types.insert(known.type)
        }
        return types
    }

    private func pattern(_ node: LocatedNode, _ problems: inout DefinitionProblems) -> Pattern? {
        guard let text = node.text else {
            problems.error(node.mark, "pattern must be a text")
            return nil
        }
        do throws(PatternError) {
            return try Pattern(text)
        } catch {
            problems.error(node.mark, error.description)
            return nil
        }
    }

    private mutating func list(_ node: LocatedNode, _ name: String, _ problems: inout DefinitionProblems) -> [Schema.Index] {
        guard let elements = node.elements, !elements.isEmpty else {
            problems.error(node.mark, "\(name) must be a list of schemas")
            return []
        }
        var indices: [Schema.Index] = []
        for element in elements { indices.append(inner(element, &problems)) }
        return indices
    }

    /// True where the key is a bound.
    private func bound(_ pair: LocatedNode.Pair, _ bounds: inout Schema.Bounds, _ problems: inout DefinitionProblems) -> Bool {
        switch pair.key {
        case "minimum": bounds.minimum = number(pair, &problems)
        case "maximum": bounds.maximum = number(pair, &problems)
        case "exclusiveMinimum":
            // A boolean in OpenAPI 3.0, which makes `minimum` exclusive; a number since.
            if pair.value.boolean == nil { bounds.exclusiveMinimum = number(pair, &problems) }
        case "exclusiveMaximum":
            if pair.value.boolean == nil { bounds.exclusiveMaximum = number(pair, &problems) }
        case "minLength": bounds.minLength = count(pair, &problems)
        case "maxLength": bounds.maxLength = count(pair, &problems)
        case "minItems": bounds.minItems = count(pair, &problems)
        case "maxItems": bounds.maxItems = count(pair, &problems)
        default: return false
        }
        return true
    }

    private func number(_ pair: LocatedNode.Pair, _ problems: inout DefinitionProblems) -> ExactDecimal? {
        if let number = pair.value.json.decimal { return number }
        problems.error(pair.value.mark, "\(pair.key) must be a number")
        return nil
    }

    private func count(_ pair: LocatedNode.Pair, _ problems: inout DefinitionProblems) -> Int? {
        if let number = pair.value.json.integer, number >= 0 { return number }
        problems.error(pair.value.mark, "\(pair.key) must be a whole number")
        return nil
    }
}

/// The keywords of JSON Schema by what is done with them. *Constants.*
enum SchemaKeywords {
    static let checked = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "allOf", "anyOf", "oneOf",
        "not", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems",
        "nullable", "$ref"
    ]
    /// Say nothing about which values are valid.
    static let annotations = [
        "title", "description", "format", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "externalDocs",
        "xml", "discriminator", "nullable", "$comment", "$id", "$schema", "contentEncoding", "contentMediaType"
    ]
    /// Say something that is not looked at: worth a warning.
    static let unsupported = [
        "patternProperties", "propertyNames", "minProperties", "maxProperties", "uniqueItems", "multipleOf", "prefixItems",
        "contains", "minContains", "maxContains", "if", "then", "else", "dependentRequired", "dependentSchemas",
        "unevaluatedProperties", "unevaluatedItems", "$defs", "$anchor", "$dynamicRef", "definitions"
    ]
    static let all = checked + annotations + unsupported

    static func isAnnotation(_ key: String) -> Bool { annotations.contains(key) || key.hasPrefix("x-") }
}
