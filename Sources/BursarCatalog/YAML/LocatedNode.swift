/// A place in a text, from 1:1; columns count characters. *Value.*
package struct TextMark: Sendable, Hashable, Comparable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: TextMark, right: TextMark) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// A value of a YAML or JSON document with its place, so that whatever is wrong with it can be shown. *Value.*
package struct LocatedNode: Sendable {
    package enum Content: Sendable {
        /// `isPlain` is false for quoted and block text, which is never null, a number or a boolean.
        case scalar(String, isPlain: Bool)
        case sequence([LocatedNode])
        /// In the document's order; no key stands twice.
        case mapping([Pair])
    }

    /// *Value.*
    package struct Pair: Sendable {
        package let key: String
        package let keyMark: TextMark
        package let value: LocatedNode

        package init(key: String, keyMark: TextMark, value: LocatedNode) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }

    package let content: Content
    package let mark: TextMark

    package init(_ content: Content, at mark: TextMark) {
        self.content = content
        self.mark = mark
    }
}

extension LocatedNode {
    /// What YAML's core schema takes as null: above all a key with nothing behind it.
    package var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// A scalar's text as written, numbers and booleans too; nil for null, sequences and mappings.
    package var text: String? {
        guard case .scalar(let text, _) = content, !isNull else { return nil }
        return text
    }

    package var boolean: Bool? {
        guard case .scalar(let text, isPlain: true) = content else { return nil }
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }

    package var pairs: [Pair]? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs
    }

    package var elements: [LocatedNode]? {
        guard case .sequence(let elements) = content else { return nil }
        return elements
    }

    /// A mapping's value; nil for a key that is not there and for what is no mapping.
    package subscript(key: String) -> LocatedNode? { pairs?.first { $0.key.isSameKey(as: key) }?.value }

    /// The value by YAML 1.2's core schema. A plain scalar of JSON's number grammar is a number and keeps its text; what YAML
    /// alone takes for a number (`0x1F`, `.5`, `.inf`) is a string, because JSON could not say it.
    package var json: JSONValue {
        switch content {
        case .mapping(let pairs):
            return .object(JSONObject(unique: pairs.map { JSONObject.Member(key: $0.key, value: $0.value.json) }))
        case .sequence(let elements):
            return .array(elements.map(\.json))
        case .scalar(let text, isPlain: false):
            return .string(text)
        case .scalar(let text, isPlain: true):
            if isNull { return .null }
            if let boolean { return .bool(boolean) }
            return Self.isNumber(text) ? .number(text) : .string(text)
        }
    }

    static func isNumber(_ text: String) -> Bool {
        var copy = text
        return copy.withUTF8 { bytes in
            guard var scanner = try? JSONScanner(bytes, limits: JSONLimits()) else { return false }
            return (try? scanner.number()) != nil && scanner.current == nil
        }
    }
}
