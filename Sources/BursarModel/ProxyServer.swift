/// A proxy that tunnels to providers and targets (CONNECT). *Value.* It is spoken to in clear text; what runs through the tunnel
/// is TLS with them, so that the proxy sees host names, no key and no message. What is reached without TLS is reached without it.
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
