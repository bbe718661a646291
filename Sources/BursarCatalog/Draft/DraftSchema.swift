import BursarModel

/// Schemas of drafts. *Pure.*
enum DraftSchema {
    /// What this value looks like: types alone, and required what a mapping reads.
    static func inferred(from value: JSONValue, requiring steps: ArraySlice<ValuePath.Step>? = nil) -> JSONValue {
        switch value {
        case .null: return [:]
        case .bool: return ["type": "boolean"]
        case .number: return ["type": "number"]
        case .string: return ["type": "string"]
        case .array(let elements):
            guard let first = elements.first, Set(elements.map(\.typeName)).count == 1 else { return ["type": "array"] }
            guard first.object == nil || elements.count == 1 else { return ["type": "array", "items": ["type": "object"]] }
            return ["type": "array", "items": inferred(from: first, requiring: steps?.dropFirst())]
        case .object(let object):
            var required: String?
            if case .key(let key)? = steps?.first { required = key }
            let properties = object.members.map { member in
                JSONObject.Member(
                    key: member.key,
                    value: inferred(from: member.value, requiring: member.key == required ? steps?.dropFirst() : nil))
            }
            var schema: JSONObject = ["type": "object"]
            if let required { schema["required"] = [.string(required)] }
            schema["properties"] = .object(JSONObject(properties))
            return .object(schema)
        }
    }

    /// A document's own schema with its references put in, and the keywords that are checked here; nil where it leads nowhere.
    /// - Parameter seen: the references on the way here; one that leads to itself ends there.
    static func resolved(_ schema: JSONValue, in document: JSONValue, seen: Set<String> = [], depth: Int = 0) -> JSONValue {
        guard depth < 16, let object = schema.object else { return [:] }
        if let reference = object["$ref"]?.text {
            guard !seen.contains(reference), let target = target(reference, in: document) else { return [:] }
            return resolved(target, in: document, seen: seen.union([reference]), depth: depth + 1)
        }
        var result = JSONObject()
        for member in object.members {
            switch member.key {
            case "type", "enum", "const", "nullable": result[member.key] = member.value
            case "items", "not": result[member.key] = resolved(member.value, in: document, seen: seen, depth: depth + 1)
            case "allOf", "anyOf", "oneOf":
                let elements = (member.value.elements ?? []).map { resolved($0, in: document, seen: seen, depth: depth + 1) }
                if !elements.isEmpty { result[member.key] = .array(elements) }
            case "properties":
                let members = (member.value.object?.members ?? []).map { property in
                    JSONObject.Member(
                        key: property.key, value: resolved(property.value, in: document, seen: seen, depth: depth + 1))
                }
                result["properties"] = .object(JSONObject(members))
            default: continue
            }
        }
        return .object(result)
    }

    /// `schema` with the field at `steps` required all the way; of a schema without plain properties as it is.
    static func requiring(_ steps: ArraySlice<ValuePath.Step>, in schema: JSONValue) -> JSONValue {
        guard let step = steps.first, var object = schema.object else { return schema }
        if let all = object["allOf"]?.elements {
            object["allOf"] = .array(all.map { requiring(steps, in: $0) })
            return .object(object)
        }
        switch step {
        case .key(let key):
            guard var properties = object["properties"]?.object, let property = properties[key] else { return schema }
            properties[key] = requiring(steps.dropFirst(), in: property)
            object["properties"] = .object(properties)
            object["required"] = [.string(key)]
        case .index, .each:
            guard let items = object["items"] else { return schema }
            object["items"] = requiring(steps.dropFirst(), in: items)
        }
        return .object(object)
    }

    /// A value that satisfies the schema, made of its own examples where it has some.
    static func example(of schema: JSONValue, in document: JSONValue, seen: Set<String> = [], depth: Int = 0) -> JSONValue {
        guard depth < 16, let object = schema.object else { return .null }
        if let reference = object["$ref"]?.text {
            guard !seen.contains(reference), let target = target(reference, in: document) else { return .null }
            return example(of: target, in: document, seen: seen.union([reference]), depth: depth + 1)
        }
        if let given = object["example"] ?? object["examples"]?.elements?.first ?? object["const"] ?? object["enum"]?.elements?
            .first
            ?? object["default"], !given.isNull
        {
            return given
        }
        if let all = object["allOf"]?.elements {
            var members = JSONObject()
            for part in all.map({ example(of: $0, in: document, seen: seen, depth: depth + 1) }) {
                for member in part.object?.members ?? [] { members[member.key] = member.value }
            }
            return .object(members)
        }
        if let one = (object["oneOf"] ?? object["anyOf"])?.elements?.first {
            return example(of: one, in: document, seen: seen, depth: depth + 1)
        }
        let type = object["type"]?.text ?? object["type"]?.elements?.compactMap(\.text).first { $0 != "null" }
        switch type {
        case "integer": return 100
        case "number": return .number("12.5")
        case "boolean": return true
        case "string": return object["format"]?.text == "date-time" ? "2026-12-01T00:00:00Z" : "text"
        case "array": return .array([example(of: object["items"] ?? [:], in: document, seen: seen, depth: depth + 1)])
        default:
            guard let properties = object["properties"]?.object else { return type == nil ? .null : [:] }
            return .object(
                JSONObject(
                    properties.members.map {
                        .init(key: $0.key, value: example(of: $0.value, in: document, seen: seen, depth: depth + 1))
                    }))
        }
    }

    /// What `#/components/schemas/Balance` leads to.
    static func target(_ reference: String, in document: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#/") else { return nil }
        var value: JSONValue? = document
        for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            value = value?[String(part).replacing("~1", with: "/").replacing("~0", with: "~")]
        }
        return value
    }
}
