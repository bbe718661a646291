/// Every key that a configuration may have: what the reader, the messages about unknown keys and the test of the documentation use.
/// *Value.*
package struct ConfigurationKey: Sendable, Hashable {
    /// The mapping that a key stands in.
    package enum Section: String, Sendable, CaseIterable {
        /// The top level.
        case root = ""
        /// An element of `accounts`.
        case account = "accounts[]"
        case defaults
        case log
        case drain
        /// An element of `listen` that says more than its address.
        case listener = "listen[]"
        case tls
        case limits
        case secrets
        case upstream
        /// An element of `clients`.
        case client = "clients[]"
        /// An element of `alerts`, of an account or of `defaults`.
        case alert = "alerts[]"
        /// An element of `targets`.
        case target = "targets[]"
    }

    package let section: Section
    package let name: String

    /// As documents write it: `accounts[].ttl`.
    package var path: String { section == .root ? name : "\(section.rawValue).\(name)" }

    package static let all: [ConfigurationKey] = Section.allCases.flatMap { section in
        names(in: section).map { ConfigurationKey(section: section, name: $0) }
    }

    /// Each list stands beside what reads its section.
    package static func names(in section: Section) -> [String] {
        switch section {
        case .root: rootNames
        case .account: accountNames
        case .defaults: defaultsNames
        case .secrets: secretsNames
        case .upstream: upstreamNames
        case .client: clientNames
        case .alert: alertNames
        case .target: targetNames
        case .log: logNames
        case .drain: drainNames
        case .listener: listenerNames
        case .tls: tlsNames
        case .limits: limitsNames
        }
    }

    /// What people write who come from other tools, and what it is called here: too far apart in letters to be found by
    /// likeness.
    static let synonyms: [Section: [String: String]] = [
        .root: [
            "bind": "listen", "address": "listen", "port": "listen", "host": "hosts", "allowed_hosts": "hosts",
            "keys": "accounts", "tokens": "clients", "users": "clients", "callers": "clients", "cors_origins": "cors",
            "origins": "cors", "allowed_origins": "cors", "credentials": "accounts", "definitions": "providers", "logging": "log",
            "shutdown": "drain",
            "pass_through": "passthrough", "anonymous": "allow_anonymous", "allow_exec": "secrets", "proxy": "upstream",
            "http_proxy": "upstream", "https_proxy": "upstream", "outbound": "upstream", "ssl": "tls", "https": "tls",
            "database": "store", "db": "store", "state": "store", "persistence": "store", "storage": "store",
            "trust_proxy": "trusted_proxies", "real_ip": "trusted_proxies", "notifications": "targets", "receivers": "targets",
            "webhooks": "targets", "alert": "targets"
        ],
        .account: [
            "api_key": "key", "apikey": "key", "token": "key", "secret": "key", "password": "key", "username": "user",
            "id": "name", "account": "name", "url": "base_url", "endpoint": "base_url", "cache": "ttl", "threshold": "low",
            "alert": "low", "type": "provider", "service": "provider", "params": "parameters", "stale": "stale_for"
        ],
        .defaults: ["cache": "ttl", "stale": "stale_for"],
        .log: ["requests": "access", "style": "format"],
        .drain: ["timeout": "deadline", "grace": "deadline", "wait": "delay"],
        .listener: ["bind": "address", "path": "address", "unix": "address", "ssl": "tls", "permissions": "mode"],
        .tls: [
            "cert": "certificate", "chain": "certificate", "private_key": "key", "ca": "client_ca",
            "client_authorities": "client_ca"
        ],
        .upstream: [
            "ca_file": "ca", "trust": "ca", "http_proxy": "proxy", "https_proxy": "proxy", "allow_private": "private_addresses",
            "user": "proxy_user", "password": "proxy_password"
        ],
        .client: [
            "token": "token_sha256", "tokens": "token_sha256", "sha256": "token_sha256", "id": "name", "client": "name",
            "providers": "allow", "accounts": "allow", "scope": "allow", "scopes": "allow", "limit": "rate", "rate_limit": "rate",
            "expiry": "expires", "expires_at": "expires", "until": "expires", "pass_through": "passthrough", "user": "uid",
            "certificate": "tls", "mtls": "tls"
        ],
        .alert: [
            "low": "below", "threshold": "below", "limit": "below", "lasts": "runway", "down": "unavailable",
            "unknown": "unavailable", "rejected": "key_rejected", "unauthorized": "key_rejected", "topup": "topped_up",
            "top_up": "topped_up", "targets": "to", "target": "to", "every": "repeat", "remind": "repeat", "id": "name"
        ],
        .target: [
            "type": "kind", "address": "url", "endpoint": "url", "secrets": "secret", "key": "secret", "argv": "command",
            "exec": "command", "program": "command", "limit": "per_hour", "rate": "per_hour", "id": "name",
            "allow_private": "private_addresses"
        ],
        .limits: [
            "max_connections": "connections", "per_peer": "connections_per_peer", "max_streams": "streams",
            "keepalive": "idle_time"
        ]
    ]
}
