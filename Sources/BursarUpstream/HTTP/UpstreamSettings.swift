import BursarBasics
import BursarCatalog
package import BursarClient
package import BursarModel
package import NIOCore
import NIOSSL

/// How providers are reached. *Value.* Nothing of it comes from the environment: a variable that happens to be set must not be
/// able to send keys through another machine.
package struct UpstreamSettings: Sendable, Equatable {
    /// Instead of the system's roots.
    package var authorities: TrustedAuthorities?
    package var proxy: ProxyServer?
    /// Whether a provider's own host name may lead to an address that is not public.
    package var allowsPrivateAddresses = false

    package init() {}

    /// Clients for all that goes out by these settings: providers are asked with some, and alerts are sent with others.
    package func clients(
        on group: any EventLoopGroup, connectionsPerOrigin: Int, bodyLimit: Int
    ) -> OutwardClients {
        OutwardClients(
            group: group,
            settings: ClientSettings(
                tls: ClientTLS(authorities: authorities?.certificates), connectionsPerOrigin: connectionsPerOrigin,
                bodyLimit: bodyLimit), proxy: proxy?.client, allowsPrivateAddresses: allowsPrivateAddresses)
    }
}

/// Authorities that vouch for providers' certificates. *Immutable.*
package struct TrustedAuthorities: Sendable, Equatable {
    let certificates: [NIOSSLCertificate]

    /// Nil for anything else than one or more certificates in PEM form.
    package init?(pem bytes: [UInt8]) {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else { return nil }
        self.certificates = certificates
    }

    package var count: Int { certificates.count }
}

extension ProxyServer {
    /// The client keeps the password as text for as long as it lives.
    var client: ClientProxy {
        guard let user else { return ClientProxy(host: host, port: port, authorization: nil) }
        let secret = password.map { $0.withExposedBytes { Array($0) } } ?? []
        let pair = (Array(user.utf8) + [UInt8(ascii: ":")] + secret).withUnsafeBytes(Base64.encode)
        return ClientProxy(host: host, port: port, authorization: "Basic " + pair)
    }
}
