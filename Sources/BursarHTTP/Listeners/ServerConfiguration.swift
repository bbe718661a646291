package import BursarBasics

/// One address to listen on and what holds for its connections. *Value.*
package struct ListenerConfiguration: Sendable {
    package var address: ListenerSource
    /// What logs call it: the address as configured, unless something better is given.
    package var name: String
    /// Nil: cleartext.
    package var security: (any TransportSecurity)?
    /// Connections from these must begin with a PROXY header (v1 or v2), whose source becomes the peer; others must not.
    package var proxyProtocolSources: [AddressRange]

    package init(
        _ address: ListenerSource, name: String? = nil, security: (any TransportSecurity)? = nil,
        proxyProtocolSources: [AddressRange] = []
    ) {
        self.address = address
        self.name = name ?? address.description
        self.security = security
        self.proxyProtocolSources = proxyProtocolSources
    }
}

/// Everything an `HTTPServer` is told. *Value.*
package struct ServerConfiguration: Sendable {
    package var listeners: [ListenerConfiguration]
    package var limits: ServerLimits
    /// Connections the kernel holds until they are accepted; it caps this at net.core.somaxconn (4,096 on current kernels).
    package var backlog: Int32
    /// Who may say `X-Forwarded-For`, or `Forwarded` where the other is not there.
    package var trustedProxies: [AddressRange]

    package init(
        listeners: [ListenerConfiguration], limits: ServerLimits = ServerLimits(), backlog: Int32 = 1_024,
        trustedProxies: [AddressRange] = []
    ) {
        self.listeners = listeners
        self.limits = limits
        self.backlog = backlog
        self.trustedProxies = trustedProxies
    }
}

/// A listener that is up. *Value.*
package struct BoundAddress: Sendable, Hashable, CustomStringConvertible {
    /// The listener's configured name.
    package let listener: String
    /// The real address: `127.0.0.1:41234`, `[::1]:8787`, `unix:/path`.
    package let description: String
    /// Nil for a Unix socket.
    package let port: Int?
    package let isSecure: Bool

    /// As a client writes it; nil for a Unix socket.
    package var url: String? { port == nil ? nil : "\(isSecure ? "https" : "http")://\(description)" }
}

/// Why a listener is not up. Safe to show anyone. *Value.*
package struct ListenError: Error, CustomStringConvertible {
    package let address: String
    package let reason: String
    package var description: String { "cannot listen on \(address): \(reason)" }
}
