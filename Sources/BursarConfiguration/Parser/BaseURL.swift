import BursarBasics
import BursarModel

/// The part of an upstream address before the documented path: `https://api.example.com`, `http://127.0.0.1:9000/hyper3d`.
/// *Value.*
///
/// Bursar's own small reader instead of Foundation's `URL`, because here everything that is not plainly an origin and a path is
/// an error: user information would put a credential into a URL, a query or fragment would be dropped or moved without a word.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
    package let isEncrypted: Bool
    /// Lowercased; an IPv6 literal without its brackets.
    package let host: String
    /// Nil where the scheme's own port is meant.
    package let port: Int?
    /// Begins with a slash or is empty; never ends with one, so that a documented path can be put behind it.
    package let path: String

    package var description: String {
        let authority = host.contains(":") ? "[\(host)]" : host
        return (isEncrypted ? "https://" : "http://") + authority + (port.map { ":\($0)" } ?? "") + path
    }

    package var isLoopback: Bool { host == "localhost" || IPAddress(host)?.scope == .loopback }

    /// Why a text is no base URL: fixed words, never a part of the text, which may hold a password.
    package enum Refusal: Error, Equatable {
        case scheme, userInformation, query, fragment, host, port, path, tooLong
    }

    /// What a caller can do with a longer one is not worth the room in every message.
    private static let mostBytes = 2_048

    package init(parsing text: String) throws(Refusal) {
        guard text.utf8.count <= Self.mostBytes else { throw .tooLong }
        let lowercased = text.lowercased()
        let scheme = lowercased.hasPrefix("https://") ? "https://" : lowercased.hasPrefix("http://") ? "http://" : nil
        guard let scheme else { throw .scheme }
        isEncrypted = scheme == "https://"

        let rest = text.dropFirst(scheme.count)
        guard !rest.contains("#") else { throw .fragment }
        guard !rest.contains("?") else { throw .query }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else { throw .userInformation }
        (host, port) = try Self.hostAndPort(authority, standardPort: isEncrypted ? 443 : 80)
        path = try Self.path(rest.dropFirst(authority.count))
    }

    private static func hostAndPort(_ authority: Substring, standardPort: Int) throws(Refusal) -> (String, Int?) {
        var host = authority
        var rest = Substring()
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw .host }
            host = authority[authority.index(after: authority.startIndex)..<close]
            rest = authority[authority.index(after: close)...]
            guard host.contains(":"), IPAddress(String(host)) != nil else { throw .host }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                rest = authority[colon...]
            }
            guard ListenAddress.isHost(String(host)) else { throw .host }
        }
        guard !rest.isEmpty else { return (host.lowercased(), nil) }
        guard rest.hasPrefix(":"), let port = parseASCIIDigits(rest.dropFirst()), (1...65_535).contains(port) else { throw .port }
        return (host.lowercased(), port == standardPort ? nil : port)
    }

    /// Path characters of RFC 3986, without dot segments: `/a/../b` would make the address that is called another one than the
    /// one that is written.
    private static func path(_ text: Substring) throws(Refusal) -> String {
        let allowed = Set("-._~!$&'()*+,;=:@%/".utf8)
        guard text.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || allowed.contains($0) }) else { throw .path }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.contains(where: { $0 == "." || $0 == ".." }) else { throw .path }
        var path = text
        while path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }
}
