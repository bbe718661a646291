/// A proxy that tunnels to providers (CONNECT). *Value.* It is spoken to in clear text; what runs through the tunnel is TLS with
/// the provider, so that the proxy sees host names and no key.
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
