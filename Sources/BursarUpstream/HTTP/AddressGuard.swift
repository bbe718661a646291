import AsyncHTTPClient
import NIOCore

/// Refuses a connection whose other end is no public address, before a request is written to it. *Stateless.*
///
/// It looks at the connected peer and not at a name's addresses: an answer of DNS that is checked first and asked for again when
/// connecting may be another one (rebinding). So TCP and TLS handshakes do reach such an address; a request, and with it the key,
/// does not.
enum AddressGuard {
    struct Refused: Error {}

    static func protect(_ configuration: inout HTTPClient.Configuration) {
        configuration.http1_1ConnectionDebugInitializer = check
        configuration.http2ConnectionDebugInitializer = check
    }

    @Sendable
    private static func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        if let address = channel.remoteAddress, AddressScope(address) == .global {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        // Closed only once the pool has taken note of the failure: it does not expect a connection to end that never began.
        channel.eventLoop.execute { channel.close(promise: nil) }
        return channel.eventLoop.makeFailedFuture(Refused())
    }
}
