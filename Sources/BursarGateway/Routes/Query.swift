import BursarBasics
import BursarConfiguration
import BursarModel

/// The parameters of a query string, in order, decoded. *Value.*
struct Query: Equatable, Sendable {
    struct Parameter: Equatable, Sendable {
        let name: String
        /// Empty for `?pretty` and for `?pretty=`.
        let value: String
    }

    let parameters: [Parameter]

    /// What `?pretty`, `?strict=yes` and their like say; nil where that is neither yes nor no.
    static func flag(_ value: String) -> Bool? {
        switch value.lowercased() {
        case "", "1", "true", "yes": true
        case "0", "false", "no": false
        default: nil
        }
    }

    static func flagRefusal(_ name: String) -> String { "The query parameter \(name) takes true, false or nothing." }

    static let empty = Query(parameters: [])

    private init(parameters: [Parameter]) { self.parameters = parameters }

    /// Reads `a=b&c` as forms write it (`+` is a space). Nil where an escape is broken or the bytes are no UTF-8.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else {
            parameters = []
            return
        }
        var parameters: [Parameter] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(sides[0]), let value = sides.count == 2 ? Self.decoded(sides[1]) : "" else {
                return nil
            }
            parameters.append(Parameter(name: name, value: value))
        }
        self.parameters = parameters
    }

    /// Whether a query has a credential in it, whether or not the rest of it, or the credential itself, can be read.
    static func carriesCredential(_ text: String?) -> Bool {
        guard let text, !text.isEmpty else { return false }
        return text.utf8.split(separator: UInt8(ascii: "&")).contains { pair in
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false).map(
                lenientlyDecoded)
            guard let name = sides.first else { return false }
            return credentialNames.contains(String(decoding: name, as: UTF8.self).lowercased())
                || sides.contains { $0.starts(with: ClientToken.prefix.utf8) }
        }
    }

    /// The bytes, where what is no escape stands for itself: to find something, and never to be used.
    private static func lenientlyDecoded(_ text: Substring.UTF8View.SubSequence) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first?.hexDigitValue, let low = rest.dropFirst().first?.hexDigitValue {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return bytes
    }

    private static func decoded(_ text: Substring.UTF8View.SubSequence) -> String? {
        percentDecodedBytes(text.lazy.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
            .flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Names that look like a credential in a URL: such a request is refused, because URLs end up in logs everywhere.
    static let credentialNames: Set<String> = [
        "key", "api_key", "apikey", "api-key", "x-api-key", "token", "access_token", "auth_token", "authorization", "secret",
        "password", "client_secret"
    ]
}
