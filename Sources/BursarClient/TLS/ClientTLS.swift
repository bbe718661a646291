package import NIOSSL
import Synchronization

/// What TLS to servers is made with, for any number of clients. *Mutex; any thread.* Read when it is first needed: the system's roots
/// are some hundred certificates.
package final class ClientTLS: Sendable {
    private let authorities: [NIOSSLCertificate]?
    private let made = Mutex<NIOSSLContext?>(nil)

    /// - Parameter authorities: who may have signed a server's certificate; nil: whom this machine trusts.
    package init(authorities: [NIOSSLCertificate]? = nil) { self.authorities = authorities }

    func context() throws(ClientError) -> NIOSSLContext {
        let result: Result<NIOSSLContext, ClientError> = made.withLock { made in
            if let made { return .success(made) }
            do {
                let context = try NIOSSLContext(configuration: configuration)
                made = context
                return .success(context)
            } catch {
                // Nothing else is read than the roots.
                return .failure(ClientError(authorities == nil ? .noRoots : .tls))
            }
        }
        return try result.get()
    }

    private var configuration: TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        // The chain is verified by the library. The name is compared by ``ServerIdentity``: the library's own comparison also takes
        // the peer's address for a name.
        tls.certificateVerification = .noHostnameVerification
        if let authorities { tls.trustRoots = .certificates(authorities) }
        return tls
    }
}
