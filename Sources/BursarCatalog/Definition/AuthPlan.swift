import BursarBasics
package import BursarModel

/// How the credential stands in a request. *Value.*
package struct AuthPlan: Sendable, Hashable {
    package enum Scheme: Sendable, Hashable {
        /// The key behind a prefix: none, `Token `, `Bearer `.
        case apiKey(prefix: String)
        /// RFC 7617; the secret is `user:password`.
        case basic
    }

    /// Lowercased.
    package let headerName: String
    /// As documented: `Authorization`.
    package let displayName: String
    package let scheme: Scheme
    /// The header of a second secret, as documented, for a provider that wants two; the credential is then `first:second`.
    package let secondHeader: String?

    package init(displayName: String, scheme: Scheme, secondHeader: String? = nil) {
        headerName = displayName.lowercased()
        self.displayName = displayName
        self.scheme = scheme
        self.secondHeader = secondHeader
    }

    /// Lowercased, one or two.
    package var headerNames: [String] { [headerName] + [secondHeader?.lowercased()].compactMap(\.self) }

    /// Whether the credential consists of two parts with a colon between them.
    package var isPair: Bool { scheme == .basic || secondHeader != nil }
}

extension AuthPlan {
    /// The header's value. Whoever asks for it opens the secret, and may write it into the request head and nowhere else.
    /// - Returns: nil where the secret has bytes that no header may carry: a line feed would begin another header.
    package func headerValue(for secret: Secret) -> String? {
        secret.withExposedBytes { bytes in
            switch scheme {
            case .apiKey(let prefix):
                let bytes = secondHeader == nil ? bytes[...] : bytes.prefix { $0 != UInt8(ascii: ":") }
                guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
                return prefix + String(decoding: bytes, as: UTF8.self)
            case .basic:
                // A colon stands between user and password.
                guard bytes.contains(UInt8(ascii: ":")) else { return nil }
                return "Basic " + Base64.encode(bytes)
            }
        }
    }

    /// The value of ``secondHeader``; nil where there is none, or where the secret is no pair.
    package func secondValue(for secret: Secret) -> String? {
        guard secondHeader != nil else { return nil }
        return secret.withExposedBytes { bytes in
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let second = bytes[(colon + 1)...]
            guard !second.isEmpty, second.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
            return String(decoding: second, as: UTF8.self)
        }
    }

    /// What a caller sent where the provider takes its key. *Value.*
    package enum Sent: Sendable {
        case nothing
        case credential(Secret)
        /// More than one: which one a provider would take is anybody's guess.
        case several
        /// Something else: another scheme, nothing behind it, or one of two headers.
        case unusable
    }

    /// - Parameter values: gives those of a header, by its lowercased name.
    package func sent(_ values: (_ header: String) -> [String]) -> Sent {
        let first = values(headerName)
        let second = secondHeader.map { values($0.lowercased()) } ?? []
        if first.count > 1 || second.count > 1 { return .several }
        // The second header opens nothing alone, and is somebody's own all the same.
        guard let first = first.first else { return second.isEmpty ? .nothing : .unusable }
        let found =
            secondHeader == nil
            ? credential(inHeaderValue: first) : second.first.flatMap { credential(inHeaderValue: first, second: $0) }
        return found.map(Sent.credential) ?? .unusable
    }

    /// The credential in a caller's two headers, as one secret; nil where the provider wants only one, or where a form is wrong.
    /// A colon in the first is wrong: the secret would be cut there when it is sent.
    package func credential(inHeaderValue value: String, second: String) -> Secret? {
        guard secondHeader != nil, let first = credential(inHeaderValue: value), let second = Self.secret(second.trimmingBlanks)
        else { return nil }
        return first.withExposedBytes { first in
            guard !first.contains(UInt8(ascii: ":")) else { return nil }
            return second.withExposedBytes { second in Secret(Array(first) + [UInt8(ascii: ":")] + Array(second)) }
        }
    }

    /// The credential in a caller's header; nil where its form is another. Upper and lower case of the scheme are the same (RFC 9110 11.1).
    package func credential(inHeaderValue value: String) -> Secret? {
        let value = value.trimmingBlanks
        switch scheme {
        case .apiKey(let prefix):
            let scheme = prefix.trimmingBlanks
            guard !scheme.isEmpty else { return Self.secret(value) }
            guard let rest = value.dropping(scheme: scheme) else { return nil }
            return Self.secret(rest)
        case .basic:
            guard let rest = value.dropping(scheme: "Basic"), let pair = Base64.decode(rest), pair.contains(UInt8(ascii: ":"))
            else {
                return nil
            }
            return Secret(pair)
        }
    }

    private static func secret(_ text: Substring) -> Secret? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return Secret(Array(text.utf8))
    }
}

// MARK: - For people and documents

extension AuthPlan {
    /// How the credential stands in the header: "KEY", "Token KEY", "Basic KEY".
    package var words: String { valuePrefix + "KEY" }

    /// What stands before the credential in the header's value; ends with a space where there is anything.
    package var valuePrefix: String {
        switch scheme {
        case .apiKey(let prefix): prefix
        case .basic: "Basic "
        }
    }

    /// The header lines as a caller writes them: "Authorization: Token …", "X-Key: … and X-Secret: …".
    package var form: String {
        let scheme = valuePrefix.trimmingBlanks
        let first = "\(displayName): \(scheme.isEmpty ? "" : scheme + " ")…"
        return secondHeader.map { "\(first) and \($0): …" } ?? first
    }

    /// The same with words for the secrets: "authorization: Token KEY", "x-key: KEY and x-secret: SECRET".
    package var sample: String {
        let first = "\(headerName): \(words)"
        return secondHeader.map { "\(first) and \($0.lowercased()): SECRET" } ?? first
    }

    /// Where the credential is: "authorization header", "x-key and x-secret headers".
    package var headerWords: String {
        headerNames.joined(separator: " and ") + (secondHeader == nil ? " header" : " headers")
    }

    /// What a 401 must carry (RFC 9110 11.6.1): the scheme where the provider has one, else a name for "a key in a header".
    package var challenge: String {
        switch scheme {
        case .basic: "Basic realm=\"provider\""
        case .apiKey(let prefix):
            prefix.trimmingBlanks.isEmpty
                ? "ApiKey header=\"\(headerNames.joined(separator: ", "))\"" : String(prefix.trimmingBlanks)
        }
    }

    /// As Security Scheme Objects of OpenAPI, one or two; a request needs all of them.
    package var securitySchemes: [JSONValue] {
        guard let secondHeader else { return [firstScheme] }
        return [firstScheme, Self.headerScheme(secondHeader)]
    }

    private var firstScheme: JSONValue {
        switch scheme {
        case .basic: return ["type": "http", "scheme": "basic"]
        case .apiKey(let prefix):
            if headerName == "authorization", prefix.lowercased() == "bearer " { return ["type": "http", "scheme": "bearer"] }
            return Self.headerScheme(displayName)
        }
    }

    private static func headerScheme(_ name: String) -> JSONValue {
        ["type": "apiKey", "in": "header", "name": .string(name)]
    }
}

extension StringProtocol where SubSequence == Substring {
    /// What stands behind `scheme` and at least one space.
    fileprivate func dropping(scheme: some StringProtocol) -> Substring? {
        guard utf8.count > scheme.utf8.count, prefix(scheme.count).lowercased() == scheme.lowercased() else { return nil }
        let rest = dropFirst(scheme.count)
        guard rest.first == " " else { return nil }
        return rest.trimmingBlanks
    }
}
