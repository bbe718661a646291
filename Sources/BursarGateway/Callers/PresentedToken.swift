import BursarBasics
import BursarCatalog
import BursarConfiguration
import BursarHTTP
import BursarModel

/// What the headers of a request have in the places where a client token may stand. *Value.*
enum PresentedToken: Equatable {
    /// Nothing of ours; a provider's own key, perhaps.
    case none
    case token(TokenDigest)
    /// It begins like a client token and is none, or stands where nothing else may.
    case malformed
    /// A Bearer of something else where a client token is wanted: of another server, or from a `.netrc`.
    case foreign
    /// Two different ones, or one header twice: whose request this is would be anybody's guess.
    case several
}

extension PresentedToken {
    /// The header that is Bursar's own: for requests whose documented header holds a provider's key.
    static let ownHeader = "bursar-token"

    /// - Parameter auth: how the provider of the route takes its key; nil on the gateway's own routes.
    static func read(_ headers: HeaderFields, auth: AuthPlan?) -> PresentedToken {
        var found = PresentedToken.none
        if headers.contains(ownHeader) { found = found.and(value(headers, ownHeader) { of($0, otherwise: .malformed) }) }
        if headers.contains("authorization") {
            // Another scheme, or a provider's key behind Bearer on its own route, is no business of ours.
            let isProviders = auth?.headerName == "authorization"
            found = found.and(
                value(headers, "authorization") { bytes in
                    if let bearer = bytes.dropping(scheme: "bearer") {
                        return of(bearer, otherwise: auth == nil ? .foreign : .none)
                    }
                    return isProviders ? auth.map { of(bytes, in: $0.scheme) } ?? .none : .none
                })
        }
        if let auth, auth.headerName != "authorization", auth.headerName != ownHeader, headers.contains(auth.headerName) {
            found = found.and(value(headers, auth.headerName) { of($0, in: auth.scheme) })
        }
        return found
    }

    /// Whether the only thing in that header is a client token, behind a scheme or not; known to be right by whoever asks.
    static func isAlone(in header: String, of headers: HeaderFields) -> Bool {
        guard headers.count(of: header) <= 1 else { return false }
        return headers.withValue(header) { bytes in
            let start = bytes.lastIndex(of: 0x20).map { $0 + 1 } ?? bytes.startIndex
            return bytes[start...].starts(with: ClientToken.prefix.utf8)
        } ?? true
    }

    /// Whether a client token stands in that header, behind a scheme or in the provider's own form.
    static func stands(in header: String, of headers: HeaderFields, as scheme: AuthPlan.Scheme) -> Bool {
        guard headers.contains(header) else { return false }
        if isAlone(in: header, of: headers) { return true }
        return if case .token = value(headers, header, { of($0, in: scheme) }) { true } else { false }
    }

    /// Whether a token that no client has is cut off or mistyped: its checksum does not fit. For the words of the answer.
    static func isMistyped(_ headers: HeaderFields) -> Bool {
        headers.allValues.contains { value in
            guard let start = value.firstRange(of: ClientToken.prefix)?.lowerBound else { return false }
            var token = String(value[start...])
            return token.withUTF8 { ClientToken.form(of: UnsafeRawBufferPointer($0)) } == .malformed
        }
    }

    private func and(_ other: PresentedToken) -> PresentedToken {
        switch (self, other) {
        case (.several, _), (_, .several): .several
        case (.none, let some), (let some, .none): some
        case (.malformed, _), (_, .malformed): .malformed
        // Whoever has a token of ours means that one.
        case (.foreign, let other), (let other, .foreign): other
        case (.token(let first), .token(let second)): first == second ? self : .several
        }
    }

    private static func value(
        _ headers: HeaderFields, _ name: String, _ read: (UnsafeRawBufferPointer) -> PresentedToken
    ) -> PresentedToken {
        guard headers.count(of: name) == 1 else { return .several }
        return headers.withValue(name) { read($0.trimmingBlanks) } ?? .none
    }

    /// - Parameter otherwise: what a text is that does not begin like a client token.
    private static func of(_ bytes: UnsafeRawBufferPointer, otherwise: PresentedToken = .none) -> PresentedToken {
        guard bytes.starts(with: ClientToken.prefix.utf8) else { return otherwise }
        // The checksum is looked at where no client has the token: it would cost each hit more than the hash does.
        return bytes.count == ClientToken.length ? .token(TokenDigest(of: bytes)) : .malformed
    }

    /// In the provider's own form.
    private static func of(_ bytes: UnsafeRawBufferPointer, in scheme: AuthPlan.Scheme) -> PresentedToken {
        switch scheme {
        case .apiKey(let prefix):
            let word = prefix.trimmed
            guard !word.isEmpty else { return of(bytes) }
            return bytes.dropping(scheme: word).map { of($0) } ?? .none
        case .basic:
            // The user or the password is the token; what the other one says does not matter.
            guard let rest = bytes.dropping(scheme: "basic"),
                let pair = Base64.decode(String(decoding: rest, as: UTF8.self)[...])
            else { return .none }
            return pair.withUnsafeBytes { pair in
                let colon = pair.firstIndex(of: UInt8(ascii: ":")) ?? pair.endIndex
                let user = UnsafeRawBufferPointer(rebasing: pair[..<colon])
                let password = UnsafeRawBufferPointer(rebasing: pair[min(colon + 1, pair.endIndex)...])
                return of(user).and(of(password))
            }
        }
    }
}

extension HeaderFields {
    fileprivate var allValues: [String] { map(\.value) }
}

extension UnsafeRawBufferPointer {
    fileprivate var trimmingBlanks: UnsafeRawBufferPointer {
        var rest = self[...]
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return UnsafeRawBufferPointer(rebasing: rest)
    }

    /// What stands behind `scheme`, in any case (RFC 9110 11.1), and at least one space.
    fileprivate func dropping(scheme: some StringProtocol) -> UnsafeRawBufferPointer? {
        let length = scheme.utf8.count
        guard count > length, self[length] == 0x20 else { return nil }
        var index = 0
        for other in scheme.utf8 {
            let own = self[index]
            guard own == other || own.isASCIILetter && own | 0x20 == other | 0x20 else { return nil }
            index += 1
        }
        return UnsafeRawBufferPointer(rebasing: self[length...]).trimmingBlanks
    }
}
