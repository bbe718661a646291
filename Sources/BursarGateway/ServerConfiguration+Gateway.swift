import BursarBasics
import BursarConfiguration
import BursarHTTP
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
    /// - Parameter logger: told of each renewal of a certificate, and of each that failed.
    convenience init(_ settings: TLSSettings, logger: Logger) throws(TLSError) {
        try self.init(settings) { renewal in
            switch renewal {
            case .renewed(let end):
                logger.notice("certificate renewed", metadata: ["not_valid_after": "\(end)"])
            case .failed(let error):
                logger.error("certificate not renewed, the old one stays", metadata: ["reason": "\(error)"])
            }
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
