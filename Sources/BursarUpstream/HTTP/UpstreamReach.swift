import BursarBasics
import BursarCatalog

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
        if let url = try? HTTPURL(baseURL), url.isLoopback {
            self = .thisMachine
        } else {
            self = definition.server.isDocumented(baseURL) ? .provider : .chosen
        }
    }
}
