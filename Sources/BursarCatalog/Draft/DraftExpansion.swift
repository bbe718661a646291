import BursarModel

/// Puts a document's references in, for drafts. *Value.* Pure.
///
/// The document is somebody else's file. A few references that each name two others stand for exponentially many values, and a long
/// example may be named a thousand times: what has been written out is counted, and nothing more is once there is too much of it.
struct DraftExpansion {
    let document: JSONValue
    /// In bytes, roughly as they are written.
    private var left: Int
    private static let valueCost = 16
    private static let deepest = 16

    /// Far more than any answer that tells a balance.
    static let mostBytes = 1 << 16

    init(_ document: JSONValue, atMost bytes: Int = Self.mostBytes) {
        self.document = document
        left = bytes
    }

    /// Whether there was more than may be written out: then something is missing from what came out.
    var isExhausted: Bool { left <= 0 }

    /// A document's own schema with its references put in, and the keywords that are checked here; nil where there is too much of it.
    mutating func resolved(_ schema: JSONValue) -> JSONValue? {
        let result = resolved(schema, seen: [], depth: 0)
        return isExhausted ? nil : result
    }

    /// A value that satisfies the schema, made of its own examples where it has some; cut off where there is too much of it.
    mutating func example(of schema: JSONValue) -> JSONValue { example(of: schema, seen: [], depth: 0) }

    /// - Parameter seen: the references on the way here; one that leads to itself ends there.
    private mutating func resolved(_ schema: JSONValue, seen: Set<String>, depth: Int) -> JSONValue {
        guard depth < Self.deepest, let object = schema.object, spend(0) else { return [:] }
        if let reference = object["$ref"]?.text {
            guard !seen.contains(reference), let target = target(reference) else { return [:] }
            return resolved(target, seen: seen.union([reference]), depth: depth + 1)
        }
        var result = JSONObject()
        for member in object.members {
            switch member.key {
            case "type", "enum", "const", "nullable": if spend(member.value) { result[member.key] = member.value }
            case "items", "not": result[member.key] = resolved(member.value, seen: seen, depth: depth + 1)
            case "allOf", "anyOf", "oneOf":
                var elements: [JSONValue] = []
                for element in member.value.elements ?? [] where !isExhausted {
                    elements.append(resolved(element, seen: seen, depth: depth + 1))
                }
                if !elements.isEmpty { result[member.key] = .array(elements) }
            case "properties":
                var properties: [JSONObject.Member] = []
                for property in member.value.object?.members ?? [] where spend(property.key.utf8.count) {
                    properties.append(.init(key: property.key, value: resolved(property.value, seen: seen, depth: depth + 1)))
                }
                result["properties"] = .object(JSONObject(unique: properties))
            default: continue
            }
        }
        return .object(result)
    }

    private mutating func example(of schema: JSONValue, seen: Set<String>, depth: Int) -> JSONValue {
        guard depth < Self.deepest, let object = schema.object, spend(0) else { return .null }
        if let reference = object["$ref"]?.text {
            guard !seen.contains(reference), let target = target(reference) else { return .null }
            return example(of: target, seen: seen.union([reference]), depth: depth + 1)
        }
        if let given = Self.given(object), !given.isNull { return spend(given) ? given : .null }
        if let all = object["allOf"]?.elements {
            var members: [JSONObject.Member] = []
            for part in all where !isExhausted {
                members += example(of: part, seen: seen, depth: depth + 1).object?.members ?? []
            }
            return .object(JSONObject(members))
        }
        if let one = (object["oneOf"] ?? object["anyOf"])?.elements?.first {
            return example(of: one, seen: seen, depth: depth + 1)
        }
        let type = object["type"]?.text ?? object["type"]?.elements?.compactMap(\.text).first { $0 != "null" }
        switch type {
        case "integer": return 100
        case "number": return .number("12.5")
        case "boolean": return true
        case "string": return object["format"]?.text == "date-time" ? "2026-12-01T00:00:00Z" : "text"
        case "array": return .array([example(of: object["items"] ?? [:], seen: seen, depth: depth + 1)])
        default:
            guard let properties = object["properties"]?.object else { return type == nil ? .null : [:] }
            var members: [JSONObject.Member] = []
            for property in properties.members where spend(property.key.utf8.count) {
                members.append(.init(key: property.key, value: example(of: property.value, seen: seen, depth: depth + 1)))
            }
            return .object(JSONObject(unique: members))
        }
    }

    /// The value that the schema itself gives.
    private static func given(_ schema: JSONObject) -> JSONValue? {
        schema["example"] ?? schema["examples"]?.elements?.first ?? schema["const"] ?? schema["enum"]?.elements?.first
            ?? schema["default"]
    }

    private mutating func target(_ reference: String) -> JSONValue? {
        spend(reference.utf8.count) ? DraftSchema.target(reference, in: document) : nil
    }

    /// False where nothing is left for a value with a text of that length.
    private mutating func spend(_ bytes: Int) -> Bool {
        left -= Self.valueCost + bytes
        return left > 0
    }

    /// The same for a value with all that is in it.
    private mutating func spend(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool: return spend(0)
        case .number(let text), .string(let text): return spend(text.utf8.count)
        case .array(let elements): return spend(0) && elements.allSatisfy { spend($0) }
        case .object(let object): return spend(0) && object.members.allSatisfy { spend($0.key.utf8.count) && spend($0.value) }
        }
    }
}
