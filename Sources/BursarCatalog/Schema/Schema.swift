import BursarModel

/// A compiled part of a JSON Schema; the schemas in it are named by their index in the table. *Value.*
struct Schema: Sendable {
    typealias Index = Int

    /// JSON Schema's names; `integer` is a number without a fraction.
    struct Types: OptionSet, Sendable {
        let rawValue: UInt8
        static let null = Types(rawValue: 1)
        static let boolean = Types(rawValue: 2)
        static let integer = Types(rawValue: 4)
        static let number = Types(rawValue: 8)
        static let string = Types(rawValue: 16)
        static let array = Types(rawValue: 32)
        static let object = Types(rawValue: 64)

        static let names: [(name: String, type: Types)] = [
            ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .string),
            ("array", .array), ("object", .object)
        ]

        var words: String { Self.names.filter { contains($0.type) }.map(\.name).joined(separator: " or ") }
    }

    enum Additional: Sendable {
        case allowed
        case forbidden
        case schema(Index)
    }

    /// Nil: any.
    var types: Types?
    var properties: [(name: String, schema: Index)] = []
    var required: [String] = []
    var additional = Additional.allowed
    var items: Index?
    /// JSON Schema's `enum`; nil: any.
    var choices: [JSONValue]?
    var pattern: Pattern?
    var bounds = Bounds()
    var allOf: [Index] = []
    var anyOf: [Index] = []
    var oneOf: [Index] = []
    var not: Index?
    var reference: Index?
    /// The schema `false`.
    var isNever = false

    /// *Value.* Nil: no bound.
    struct Bounds: Sendable {
        var minimum: ExactDecimal?
        var maximum: ExactDecimal?
        var exclusiveMinimum: ExactDecimal?
        var exclusiveMaximum: ExactDecimal?
        var minLength: Int?
        var maxLength: Int?
        var minItems: Int?
        var maxItems: Int?
    }
}

/// All schemas of one definition. *Value.*
struct SchemaTable: Sendable {
    var schemas: [Schema] = []

    subscript(index: Schema.Index) -> Schema { schemas[index] }
}

/// What does not satisfy a schema: the place, in names that the definition has, and the rule. *Value.* No upstream text.
struct SchemaMismatch: Error, Equatable {
    let path: String
    let rule: String

    var description: String { path.isEmpty ? "the body \(rule)" : "\(path) \(rule)" }
}
