import Glibc
package import NIOCore

/// How a client reaches servers. *Value.*
package struct ClientSettings: Sendable {
    /// Three tries of TCP's first packet, after 1 s and 3 s. The call's own deadline may end it sooner.
    package static let connectTimeout = Duration.seconds(5)
    /// For a proxy's tunnel, and for TLS: each is two or three round trips.
    package static let handshakeTimeout = Duration.seconds(5)
    /// Beyond the longest usual ttl (30 s), so that the refresh after it finds its connection open.
    package static let idleTimeout = Duration.seconds(60)
    /// DNS records live for one to five minutes as a rule: a provider that moves is followed as fast as its own records ask for. A
    /// handshake every five minutes costs nothing that could be measured.
    package static let largestAge = Duration.seconds(300)

    package var tls: ClientTLS
    package var proxy: ClientProxy?
    /// Whether a connected address may be asked; nil: any. Not for the proxy's own address.
    package var allowsAddress: (@Sendable (SocketAddress) -> Bool)?
    package var connectionsPerOrigin: Int
    package var connectTimeout: Duration
    package var bodyLimit: Int
    /// Whether the body of a 3xx is left unread; its connection is not used again then.
    package var skipsRedirects = true

    package init(
        tls: ClientTLS, connectionsPerOrigin: Int = 64, connectTimeout: Duration = Self.connectTimeout,
        bodyLimit: Int = 1_024 * 1_024
    ) {
        self.tls = tls
        self.connectionsPerOrigin = connectionsPerOrigin
        self.connectTimeout = connectTimeout
        self.bodyLimit = bodyLimit
    }
}

/// A proxy that tunnels (CONNECT, RFC 9110 9.3.6), spoken to in clear text. *Value.*
package struct ClientProxy: Sendable {
    package let host: String
    package let port: Int
    /// The whole value of `Proxy-Authorization`.
    package let authorization: String?

    package init(host: String, port: Int, authorization: String? = nil) {
        self.host = host
        self.port = port
        self.authorization = authorization
    }
}

extension ConnectionTime {
    static var now: Self { Self(uptime: read(CLOCK_BOOTTIME), running: read(CLOCK_MONOTONIC)) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)  // cannot fail: both clocks exist since Linux 2.6.39, and the pointer is ours
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
