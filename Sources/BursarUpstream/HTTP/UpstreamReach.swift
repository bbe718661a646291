import BursarCatalog
import BursarClient
import NIOCore

/// Whose choice the host of an upstream address is, and so what is demanded of the address behind it. *Value.*
package enum UpstreamReach: Sendable, Equatable {
    /// A definition's own origin: a public service. Whoever controls its DNS must not be able to point a request that bears a key
    /// at a machine of the operator's network.
    case provider
    /// Another host, by the operator's `base_url`: may be anywhere.
    case chosen
    /// This machine, named literally.
    case thisMachine

    init(baseURL: String, definition: ProviderDefinition) {
        if Self.isThisMachine(baseURL) {
            self = .thisMachine
        } else {
            self = definition.server.isDocumented(baseURL) ? .provider : .chosen
        }
    }

    private static func isThisMachine(_ url: String) -> Bool {
        guard let separator = url.firstRange(of: "://") else { return false }
        let authority = url[separator.upperBound...].prefix { $0 != "/" }
        let host =
            authority.hasPrefix("[")
            ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        if host == "localhost" { return true }
        return (try? SocketAddress(ipAddress: String(host), port: 0)).map { AddressScope($0) == .loopback } ?? false
    }
}
