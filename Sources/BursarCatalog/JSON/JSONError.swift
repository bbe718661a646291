/// How much a reader takes. *Value.*
package struct JSONLimits: Sendable, Hashable {
    /// A balance is a few hundred bytes; more than a mebibyte is no balance.
    package var bytes: Int = 1 << 20
    /// Arrays and objects within each other. The reader recurses, so this also bounds its stack.
    package var depth: Int = 64

    package init() {}
    package init(bytes: Int, depth: Int = 64) {
        self.bytes = bytes
        self.depth = depth
    }
}

/// Why bytes are not JSON as this program takes it. *Value.* Never a part of the text, which is hostile and may hold a credential.
package struct JSONError: Error, Sendable, Hashable {
    /// *Value.*
    package enum Reason: Sendable, Hashable {
        case empty
        case tooLarge(limit: Int)
        case tooDeep(limit: Int)
        case unexpectedEnd
        case unexpectedByte
        /// Something stands behind the value.
        case trailingBytes
        /// `01`, `1.`, `+1`, `.5`, `NaN`.
        case malformedNumber
        case malformedEscape
        /// A `\uD800`…`\uDFFF` without its other half: it is no character.
        case loneSurrogate
        case controlCharacterInString
        case invalidUTF8
        /// Readers differ in which of two they take: with money that is no detail.
        case duplicateKey
    }

    /// In bytes from the start.
    package let offset: Int
    package let reason: Reason
}

extension JSONError.Reason {
    /// Whether it may well be JSON, and only none that is taken here.
    var isRefusal: Bool {
        switch self {
        case .tooLarge, .tooDeep, .duplicateKey: true
        case .empty, .unexpectedEnd, .unexpectedByte, .trailingBytes, .malformedNumber, .malformedEscape, .loneSurrogate,
            .controlCharacterInString, .invalidUTF8:
            false
        }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "no JSON value"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .tooDeep(let limit): "nested deeper than \(limit)"
        case .unexpectedEnd: "the text ends too early"
        case .unexpectedByte: "an unexpected character"
        case .trailingBytes: "something follows the JSON value"
        case .malformedNumber: "a malformed number"
        case .malformedEscape: "a malformed escape"
        case .loneSurrogate: "half a surrogate pair"
        case .controlCharacterInString: "an unescaped control character"
        case .invalidUTF8: "invalid UTF-8"
        case .duplicateKey: "a key that stands twice in one object"
        }
    }
}
