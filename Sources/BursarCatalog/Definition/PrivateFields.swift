import BursarModel

/// Strikes fields of persons, and other secrets, out of a body. *Pure.*
enum PrivateFields {
    /// What stands in a text's place; everything else becomes null.
    static let mark = "private"

    /// The body without them; nil where it has none, and so stays as it is, byte for byte.
    static func struckOut(of body: JSONValue, at paths: [ValuePath]) -> JSONValue? {
        var result = body
        var isChanged = false
        for path in paths {
            guard let changed = strike(result, path.steps[...]) else { continue }
            result = changed
            isChanged = true
        }
        return isChanged ? result : nil
    }

    /// Nil where nothing is there to be struck out.
    private static func strike(_ value: JSONValue, _ steps: ArraySlice<ValuePath.Step>) -> JSONValue? {
        guard let step = steps.first else {
            switch value {
            case .null: return nil
            case .string: return .string(mark)
            case .bool, .number, .array, .object: return .null
            }
        }
        switch (step, value) {
        case (.key(let key), .object(var object)):
            guard let member = object[key], let changed = strike(member, steps.dropFirst()) else { return nil }
            object[key] = changed
            return .object(object)
        case (.index(let index), .array(var elements)):
            guard elements.indices.contains(index), let changed = strike(elements[index], steps.dropFirst()) else { return nil }
            elements[index] = changed
            return .array(elements)
        case (.each, .array(var elements)):
            var isChanged = false
            for index in elements.indices {
                guard let changed = strike(elements[index], steps.dropFirst()) else { continue }
                elements[index] = changed
                isChanged = true
            }
            return isChanged ? .array(elements) : nil
        default: return nil
        }
    }
}
