import BursarCatalog
import BursarModel

/// Brings the schemas of a definition into another document, under names that no other definition has. *Value.* Pure.
struct SchemaRenaming {
    private let own: [JSONObject.Member]
    private let prefix: String
    private let known: Set<String>

    private static let place = "#/components/schemas/"
    /// Deeper than any schema that somebody wrote.
    private static let mostDepth = 64

    init(_ definition: ProviderDefinition) {
        prefix = "\(definition.id)."
        own = definition.openAPI["components"]?["schemas"]?.object?.members ?? []
        known = Set(own.map(\.key))
    }

    /// The definition's own `components/schemas`, by their new names. One that points outside of these allows everything.
    var schemas: [JSONObject.Member] { own.map { .init(key: prefix + $0.key, value: renamed($0.value) ?? true) } }

    /// The schema with its `$ref`s as they are called in the other document; nil where one leads elsewhere.
    func renamed(_ schema: JSONValue) -> JSONValue? { renamed(schema, depth: 0) }

    private func renamed(_ value: JSONValue, depth: Int) -> JSONValue? {
        guard depth < Self.mostDepth else { return nil }
        switch value {
        case .array(let elements):
            var renamed: [JSONValue] = []
            for element in elements {
                guard let element = self.renamed(element, depth: depth + 1) else { return nil }
                renamed.append(element)
            }
            return .array(renamed)
        case .object(let object):
            var members: [JSONObject.Member] = []
            for member in object.members {
                guard let value = renamed(member, depth: depth) else { return nil }
                members.append(.init(key: member.key, value: value))
            }
            return .object(members.contains { $0.key == "nullable" } ? Self.withoutNullable(members) : JSONObject(members))
        case .null, .bool, .number, .string: return value
        }
    }

    private func renamed(_ member: JSONObject.Member, depth: Int) -> JSONValue? {
        guard member.key == "$ref", let target = member.value.text else { return renamed(member.value, depth: depth + 1) }
        guard target.hasPrefix(Self.place) else { return nil }
        let name = target.dropFirst(Self.place.count)
        guard known.contains(String(name.prefix { $0 != "/" })) else { return nil }
        return .string(Self.place + prefix + name)
    }

    /// OpenAPI 3.0's `nullable: true` is no word of 3.1, which the other document is.
    private static func withoutNullable(_ members: [JSONObject.Member]) -> JSONObject {
        var object = JSONObject(members)
        guard let nullable = object["nullable"]?.boolean else { return object }
        object["nullable"] = nil
        if nullable, case .string(let type)? = object["type"] { object["type"] = [.string(type), "null"] }
        return object
    }
}
