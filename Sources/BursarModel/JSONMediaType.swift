import BursarBasics

/// What a provider's body may be called where this gateway hands it on. Pure.
///
/// A browser runs what is called `text/html` or `image/svg+xml`, and would as this gateway's own, beside its page. So a provider's word
/// counts only where it names JSON. ``UpstreamReply`` asks here, and nothing else of a provider becomes the type of an answer.
package enum JSONMediaType {
    package static let plain = "application/json"
    private static let longest = 128

    /// The field as it came, where it says `application/json` or `application/…+json` with a charset behind it or nothing; else nil.
    package static func accepted(_ field: String?) -> String? {
        guard let field, (1...longest).contains(field.utf8.count), field.utf8.allSatisfy(\.isPrintableASCII) else {
            return nil
        }
        let parts = field.lowercased().split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        guard let type = parts.first, isJSON(type.trimmingBlanks) else { return nil }
        return parts.count == 1 || isCharset(parts[1].trimmingBlanks) ? field : nil
    }

    private static func isJSON(_ type: Substring) -> Bool {
        guard type.hasPrefix("application/") else { return false }
        let subtype = type.dropFirst("application/".count)
        return subtype == "json" || (subtype.hasSuffix("+json") && subtype.utf8.count > "+json".utf8.count && isToken(subtype))
    }

    private static func isCharset(_ parameter: Substring) -> Bool {
        guard parameter.hasPrefix("charset=") else { return false }
        let value = parameter.dropFirst("charset=".count)
        let isQuoted = value.utf8.count > 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        return isToken(isQuoted ? value.dropFirst().dropLast() : value)
    }

    /// Of the tokens of RFC 9110 5.6.2 those that registered names have (RFC 6838 4.2).
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case 0x21, 0x23, 0x24, 0x26, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F: true
                default: false
                }
            }
    }
}
