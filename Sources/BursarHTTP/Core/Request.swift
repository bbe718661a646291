package import BursarBasics

/// The protocol a request came in with. *Value.*
package enum HTTPVersion: UInt8, Sendable {
    case http1_0, http1_1, http2

    /// As a log writes it.
    package var text: String {
        switch self {
        case .http1_0: "HTTP/1.0"
        case .http1_1: "HTTP/1.1"
        case .http2: "HTTP/2"
        }
    }
}

/// A request's name in logs and in problem documents: 16 hex digits, unique in the process. *Value.* Kept as a number, because the text
/// of most is never needed.
package struct RequestID: Sendable, Hashable, CustomStringConvertible {
    package let value: UInt64

    package init(value: UInt64) { self.value = value }

    package var description: String { value.hexText }
}

/// What all requests of one connection share. *Immutable; any thread.*
package final class ConnectionInfo: Sendable {
    /// Who is at the other end of the socket. Whom to trust is decided by this.
    package let peer: Peer
    /// Whom the peer speaks for, where it sent a PROXY header. The peer's own rights do not count then.
    package let proxied: ProxiedClient?
    /// The client for logs: its address, or "unix". Made once, because every line of the log has it.
    package let clientText: String
    /// The listener's configured address, as the log and a per-listener rule name it.
    package let listener: String
    /// `http` or `https`.
    package let scheme: String
    package let isSecure: Bool
    /// Whether this peer may say for whom it forwards: its requests then carry `forwardedFor`.
    package let isTrustedProxy: Bool
    /// The names in the client's certificate, with their kind: `dns:app.internal`, `uri:…`, `email:…`, `cn:…`. Nil where it showed none that
    /// an authority of `TLSSettings.clientAuthoritiesFile` signed.
    package let certificateNames: [String]?

    package init(
        peer: Peer, proxied: ProxiedClient? = nil, listener: String, scheme: String, isTrustedProxy: Bool = false,
        certificateNames: [String]? = nil
    ) {
        self.peer = peer
        self.proxied = proxied
        self.listener = listener
        self.scheme = scheme
        isSecure = scheme == "https"
        self.isTrustedProxy = isTrustedProxy
        self.certificateNames = certificateNames
        clientText = Self.client(peer, proxied).description
    }

    /// Who asks, as far as the connection tells: for logs, and for counts by address. Never to decide whom to trust.
    package var client: Peer { Self.client(peer, proxied) }

    private static func client(_ peer: Peer, _ proxied: ProxiedClient?) -> Peer {
        if case .address(let address)? = proxied { .tcp(address) } else { peer }
    }

    /// The user whose program is at the other end of a Unix socket, as the kernel says. Nil behind a PROXY header: it would be the
    /// proxy's.
    package var userID: UInt32? {
        if proxied == nil, case .unix(let userID) = peer { userID } else { nil }
    }

    /// The same connection once its TLS handshake has shown the client's certificate.
    func showing(certificateNames: [String]) -> ConnectionInfo {
        ConnectionInfo(
            peer: peer, proxied: proxied, listener: listener, scheme: scheme, isTrustedProxy: isTrustedProxy,
            certificateNames: certificateNames)
    }
}

/// One whole request: a checked head, and all of its body, whose size is bounded. *Value.*
package struct Request: Sendable {
    /// As sent and case-sensitive: "GET".
    package var method: String
    /// In origin-form ("/v1/balances?pretty"), or "*". Of a target in absolute form, the part after the authority. Only visible ASCII.
    package var target: String
    /// The part of the target before "?", not decoded.
    package var path: String
    /// The part of the target after "?"; nil where there is no "?".
    package var query: String?
    package var headers: HeaderFields
    /// The server that the request is meant for; nil where it names none (HTTP/1.0, an empty Host).
    package var authority: Authority?
    package var body: [UInt8]
    package var version: HTTPVersion
    package var id: RequestID
    package var connection: ConnectionInfo
    /// The client that a trusted proxy says it forwards for: for the log, never for a decision about rights.
    package var forwardedFor: IPAddress?

    package init(
        method: String, target: String, headers: HeaderFields = [:], authority: Authority? = nil, body: [UInt8] = [],
        version: HTTPVersion = .http1_1, id: RequestID = RequestID(value: 0), connection: ConnectionInfo,
        forwardedFor: IPAddress? = nil
    ) {
        self.method = method
        self.target = target
        if let mark = target.utf8.firstIndex(of: 0x3F) {
            path = String(target[..<mark])
            query = String(target[target.utf8.index(after: mark)...])
        } else {
            path = target
            query = nil
        }
        self.headers = headers
        self.authority = authority
        self.body = body
        self.version = version
        self.id = id
        self.connection = connection
        self.forwardedFor = forwardedFor
    }

    /// The client for logs: what a trusted proxy says, else what the connection tells.
    package var clientText: String { forwardedFor?.description ?? connection.clientText }
    package var listener: String { connection.listener }
    package var scheme: String { connection.scheme }
    package var isHead: Bool { method == "HEAD" }
    /// Where the request stands in its caller's trace. Computed at each use, because for most requests nobody asks.
    package var trace: TraceContext? { headers.trace }
}
