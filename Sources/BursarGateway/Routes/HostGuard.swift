import BursarModel

/// The check of `Host` against DNS rebinding: a web page may point a name of its own at 127.0.0.1 and let the visitor's browser
/// ask this gateway; but then `Host` says that name. *Value.* Pure.
struct HostGuard: Sendable {
    /// Names that the operator added (`hosts:`).
    let patterns: [HostPattern]

    /// - Parameter host: the field as sent, with or without a port; nil where an HTTP/1.0 client sent none.
    func allows(_ host: String?) -> Bool {
        guard let host else { return true }
        let name = Self.withoutPort(host).lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") || Self.isAddress(name) { return true }
        return patterns.contains { $0.matches(name) }
    }

    /// Addresses cannot be rebound: the browser went to that address itself.
    private static func isAddress(_ name: String) -> Bool {
        IPLiteral(name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name) != nil
    }

    private static func withoutPort(_ host: String) -> Substring {
        if host.hasPrefix("[") { return host.firstIndex(of: "]").map { host[...$0] } ?? host[...] }
        return host.prefix { $0 != ":" }
    }
}
