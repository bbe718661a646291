import BursarBasics
import BursarConfiguration
import BursarHTTP
import BursarModel
import Logging

extension ServerConfiguration {
    /// The server's part of a configuration.
    /// - Parameter connections: how many there are descriptors for.
    init(_ configuration: Configuration, identity: TLSIdentity?, connections: Int) {
        let proxies = configuration.proxies
        let configured = configuration.listeners.map { listener in
            ListenerConfiguration(
                listener.serverAddress, security: listener.usesTLS ? identity : nil,
                proxyProtocolSources: proxies.proxyProtocol)
        }
        let inherited = configuration.inherited.map { socket in
            ListenerConfiguration(
                .inherited(descriptor: socket.descriptor), name: socket.name, proxyProtocolSources: proxies.proxyProtocol)
        }
        var limits = configuration.limits
        limits.connections = min(limits.connections, connections)
        self.init(listeners: configured + inherited, limits: limits, trustedProxies: proxies.trusted)
    }
}

extension TLSIdentity {
    /// - Parameter logger: told of each renewal of a certificate, of each that failed, and of an end that is near or past.
    convenience init(_ settings: TLSSettings, logger: Logger) throws(TLSError) {
        try self.init(settings) { renewal in
            switch renewal {
            case .renewed(let end, let term):
                logger.log(level: term.level, term.renewal, metadata: Self.metadata(end))
            case .unrenewed(let end, let term):
                if let words = term.words { logger.log(level: term.level, "\(words)", metadata: Self.metadata(end)) }
            case .failed(let error):
                logger.error("certificate not renewed, the old one stays", metadata: ["reason": "\(error)"])
            }
        }
        let term = term
        if let words = term.words { logger.log(level: term.level, "\(words)", metadata: Self.metadata(notValidAfter)) }
    }

    private static func metadata(_ end: Int) -> Logger.Metadata {
        ["not_valid_after": "\(WallTime(seconds: Int64(end)).rfc3339)"]
    }
}

extension CertificateTerm {
    fileprivate var level: Logger.Level {
        switch self {
        case .long: .notice
        case .ending: .warning
        case .over: .error
        }
    }

    fileprivate var renewal: Logger.Message {
        switch self {
        case .long: "certificate renewed"
        case .ending: "certificate renewed by one that ends soon"
        case .over: "certificate renewed by one that has expired: clients refuse it"
        }
    }

    /// Nil where nothing is to be said.
    fileprivate var words: String? {
        switch self {
        case .long: nil
        case .ending: "the certificate ends soon"
        case .over: "the certificate has expired: clients refuse it"
        }
    }
}

extension ListenerSettings {
    fileprivate var serverAddress: ListenerSource {
        switch address {
        case .tcp(let host, let port): .tcp(host: host, port: port)
        case .unix(let path): .unix(path: path, mode: mode)
        }
    }
}
