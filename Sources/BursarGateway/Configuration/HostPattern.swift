import BursarModel

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
        guard Self.isName(rest) || (!coversSubdomains && IPLiteral(rest) != nil) else { return nil }
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

    /// A DNS name as hosts are named in practice: labels of letters, digits, `-` and `_`, at most 253 bytes. The last label has a
    /// letter and is no hexadecimal number: else it is an address, mistyped or in one of `inet_aton`'s strange forms.
    static func isName(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, let last = labels.last, last.contains(where: { $0.isASCIILetter }) else { return false }
        if last.count >= 2, last.first == UInt8(ascii: "0"), last.dropFirst().first.map({ $0 | 0x20 }) == UInt8(ascii: "x") {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
                && label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D || $0 == 0x5F }
        }
    }
}
