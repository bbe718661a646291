import BursarBasics
package import NIOCore

/// Clients for requests that leave, and the one rule on where they may go. *Immutable; any thread.*
///
/// A name that somebody else's DNS decides must lead to a public address, where the operator says nothing else; what the operator named
/// may lead anywhere. No proxy stands before this machine, nor before what is asked without TLS: it could read that.
package final class OutwardClients: Sendable {
    /// What is demanded of the address behind a URL. *Value.*
    package enum Reach: Sendable, Equatable {
        /// Public, unless the operator said that names may lead elsewhere.
        case publicAddress
        /// The operator's own choice.
        case anyAddress
        /// Named as such.
        case thisMachine
    }

    /// For this machine, and for what an operator chose where there is no proxy, or no TLS.
    private let direct: HTTPClient
    /// Through the proxy where there is one, else to public addresses only.
    private let outward: HTTPClient
    private let hasProxy: Bool

    package init(
        group: any EventLoopGroup, settings: ClientSettings, proxy: ClientProxy?, allowsPrivateAddresses: Bool
    ) {
        var settings = settings
        direct = HTTPClient(group: group, settings: settings)
        hasProxy = proxy != nil
        if let proxy {
            // The proxy resolves names, and its own rules say where it connects to.
            settings.proxy = proxy
        } else if !allowsPrivateAddresses {
            // TCP does reach such an address; TLS does not, nor a request, and with it a key.
            settings.allowsAddress = { IPAddress($0)?.scope == .global }
        }
        outward = HTTPClient(group: group, settings: settings)
    }

    package subscript(_ reach: Reach, to origin: Origin) -> HTTPClient {
        switch reach {
        // Always TLS: no definition and no target of that kind has anything else.
        case .publicAddress: outward
        case .anyAddress: hasProxy && origin.isEncrypted ? outward : direct
        case .thisMachine: direct
        }
    }

    package func retireConnections() {
        direct.retireConnections()
        outward.retireConnections()
    }

    package func shutdown() {
        direct.shutdown()
        outward.shutdown()
    }
}
