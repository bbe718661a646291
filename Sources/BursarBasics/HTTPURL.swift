/// An `http://` or `https://` URL: scheme, host and port, and what stands behind them as it is written. *Value.*
///
/// The one place that reads a URL. What is not plainly one is refused whole: user information would put a credential into a URL, and a
/// host that two readers understand in two ways would be checked as one and called as the other.
package struct HTTPURL: Sendable, Hashable {
    package let isEncrypted: Bool
    /// Lowercased; an IPv6 literal without its brackets.
    package let host: String
    /// Nil where the scheme's own port is meant.
    package let port: Int?
    /// From the first slash, `?` or `#` on; not looked at here.
    package let rest: Substring

    /// Why a text is none: fixed words, never a part of the text, which may hold a password.
    package enum Refusal: Error, Equatable {
        case scheme, userInformation, host, port
    }

    package init(_ text: String) throws(Refusal) {
        guard let scheme = Self.scheme(of: text) else { throw .scheme }
        isEncrypted = scheme == "https://"
        let behind = text.dropFirst(scheme.count)
        let authority = behind.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        rest = behind[authority.endIndex...]
        guard !authority.contains("@") else { throw .userInformation }
        let port: Int?
        (host, port) = try Self.hostAndPort(authority)
        self.port = port == (isEncrypted ? 443 : 80) ? nil : port
    }

    /// `https://` or `http://` where a text begins so, in any case.
    package static func scheme(of text: String) -> String? {
        let beginning = text.prefix(8).lowercased()
        return ["https://", "http://"].first { beginning.hasPrefix($0) }
    }

    private static func hostAndPort(_ authority: Substring) throws(Refusal) -> (String, Int?) {
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
        return (host.lowercased(), port)
    }

    /// With the scheme's own port where none is written.
    package var portNumber: Int { port ?? (isEncrypted ? 443 : 80) }

    /// As `Host` has it: an IPv6 literal in its brackets, the port where it is not the scheme's own.
    package var authority: String { HostName.bracketed(host) + (port.map { ":\($0)" } ?? "") }

    /// `https://api.example.com`
    package var origin: String { (isEncrypted ? "https://" : "http://") + authority }

    /// Whether it names this machine, literally.
    package var isLoopback: Bool { host == "localhost" || IPAddress(host)?.scope == .loopback }
}

extension UInt8 {
    /// RFC 3986's characters of a path segment, `%` as part of an escape.
    package var isURLPathByte: Bool {
        isASCIILetter || isASCIIDigit || "-._~!$&'()*+,;=:@%".utf8.contains(self)
    }
}
