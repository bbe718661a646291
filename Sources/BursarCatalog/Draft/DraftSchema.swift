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
            schema["properties"] = .object(JSONObject(unique: properties))
            return .object(schema)
        }
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

    /// What `#/components/schemas/Balance` leads to.
    static func target(_ reference: String, in document: JSONValue) -> JSONValue? {
        guard let names = JSONPointer.names(ofReference: reference) else { return nil }
        var value: JSONValue? = document
        for name in names { value = value?[name] }
        return value
    }
}
