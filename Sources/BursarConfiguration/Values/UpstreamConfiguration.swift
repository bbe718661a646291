package import BursarModel

/// How providers are reached. *Value.* Nothing of it comes from the environment: a variable that happens to be set must not be able to
/// send keys through another machine.
package struct UpstreamConfiguration: Sendable, Equatable {
    /// Certificates in PEM form that vouch for providers in place of the system's roots; looked at when they were read.
    package var authorities: [UInt8]?
    package var proxy: ProxyServer?
    /// Whether a provider's own host name may lead to an address that is not public.
    package var allowsPrivateAddresses = false
    /// Whether calls carry the `traceparent` of the request that made them necessary.
    package var sendsTraces = false

    package init() {}
}

/// A proxy that tunnels to providers (CONNECT). *Value.*
package struct ProxyServer: Sendable, Equatable {
    package let host: String
    package let port: Int
    package let user: String?
    package let password: Secret?

    package init(host: String, port: Int, user: String? = nil, password: Secret? = nil) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
    }

    package static func == (left: Self, right: Self) -> Bool {
        guard left.host == right.host, left.port == right.port, left.user == right.user else { return false }
        guard let password = left.password, let other = right.password else {
            return left.password == nil && right.password == nil
        }
        return password.constantTimeEquals(other)
    }
}
