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
    /// Valid JSON, perhaps, that this program refuses: too large, too deep, a key twice, half a character (RFC 8259, 8.2).
    var isRefusal: Bool {
        switch self {
        case .tooLarge, .tooDeep, .duplicateKey, .loneSurrogate: true
        case .empty, .unexpectedEnd, .unexpectedByte, .trailingBytes, .malformedNumber, .malformedEscape,
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
