import BursarBasics
import BursarConfiguration
import BursarModel

/// The check of `Host` against DNS rebinding: a web page may point a name of its own at 127.0.0.1 and let the visitor's browser
/// ask this gateway; but then `Host` says that name. *Value.* Pure.
struct HostGuard: Sendable {
    /// Names that the operator added (`hosts:`).
    let patterns: [HostPattern]

    /// - Parameter host: the field as sent, with or without a port; nil where an HTTP/1.0 client sent none.
    func allows(_ host: String?) -> Bool {
        guard let host, !Self.isPlainAddress(host) else { return true }
        let name = Self.withoutPort(host).lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") || Self.isAddress(name) { return true }
        return patterns.contains { $0.matches(name) }
    }

    /// Whether this is an IPv4 literal with or without a port, which is what most callers of a loopback listener say: told from
    /// the bytes, because the long way costs a third of a hit. False decides nothing.
    private static func isPlainAddress(_ host: String) -> Bool {
        var (octets, digits, value) = (1, 0, 0)
        for byte in host.utf8 {
            switch byte {
            case 0x30...0x39:
                // A leading zero is octal to some readers: no literal, as for `inet_pton`.
                guard digits == 0 || value > 0 else { return false }
                value = value * 10 + Int(byte - 0x30)
                digits += 1
                guard value <= 255 else { return false }
            case 0x2E:
                guard digits > 0, octets < 4 else { return false }
                (octets, digits, value) = (octets + 1, 0, 0)
            case 0x3A: return digits > 0 && octets == 4
            default: return false
            }
        }
        return digits > 0 && octets == 4
    }

    /// Addresses cannot be rebound: the browser went to that address itself.
    private static func isAddress(_ name: String) -> Bool {
        IPAddress(name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name) != nil
    }

    private static func withoutPort(_ host: String) -> Substring {
        if host.hasPrefix("[") { return host.firstIndex(of: "]").map { host[...$0] } ?? host[...] }
        return host.prefix { $0 != ":" }
    }
}
