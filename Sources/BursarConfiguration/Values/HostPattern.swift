import BursarBasics

/// A name under which callers may address the gateway, beside the listeners' own: `bursar.internal`, `*.corp.example`. *Value.*
///
/// The check of `Host` against this list is what stops DNS rebinding, so the pattern is no more than a name, an address, or a
/// name with one `*.` before it; a bare `*` would switch the check off and is refused.
package struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// Lowercased, without brackets, port or a closing point.
    private let name: String
    private let coversSubdomains: Bool

    package init?(_ text: String) {
        var rest = text.lowercased()
        coversSubdomains = rest.hasPrefix("*.")
        if coversSubdomains { rest.removeFirst(2) }
        if rest.hasPrefix("["), rest.hasSuffix("]"), rest.contains(":") { rest = String(rest.dropFirst().dropLast()) }
        if rest.hasSuffix(".") { rest.removeLast() }
        guard HostName.isName(rest) || (!coversSubdomains && IPAddress(rest) != nil) else { return nil }
        name = rest
    }

    /// - Parameter host: the host of a `Host` field without its port; brackets, case and a closing point do not matter.
    package func matches(_ host: some StringProtocol) -> Bool {
        var host = host.lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.hasSuffix(".") { host.removeLast() }
        if !coversSubdomains { return host == name }
        return host.utf8.count > name.utf8.count + 1 && host.hasSuffix("." + name)
    }

    package var description: String { coversSubdomains ? "*." + name : name }
}
