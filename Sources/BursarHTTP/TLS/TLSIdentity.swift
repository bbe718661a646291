package import NIOCore
internal import NIOSSL
import Synchronization

/// What a TLS listener shows to its clients, replaceable while it runs; a *Mutex* around one reference.
///
/// A connection takes the context that is current when it is accepted and keeps it for life: a reload touches no connection.
package final class TLSIdentity: TransportSecurity {
    package let settings: TLSSettings
    private let current: Mutex<TLSMaterial>

    /// Reads the files; a listener does not start with material that it could not use.
    package init(_ settings: TLSSettings) throws(TLSError) {
        self.settings = settings
        current = Mutex(try TLSMaterial(reading: settings))
    }

    /// TLS for a connection that was just accepted, with the material of this moment.
    package func makeHandlers() throws -> [any ChannelHandler] {
        [NIOSSLServerHandler(context: current.withLock { $0.context })]
    }

    /// Seconds since 1970 after which clients refuse the certificate: for a gauge and a warning in time.
    package var notValidAfter: Int { current.withLock { $0.notValidAfter } }

    /// Whether a file is not the one that was read, as after a renewal. Costs one `stat` a file.
    package var filesChanged: Bool {
        let known = current.withLock { $0.stamps }
        return settings.files.map { TLSFile.stamp(of: $0) } != known
    }

    /// Reads the files again. What is wrong with them is thrown, and the material in use stays: the middle of a renewal, with
    /// one of two files replaced, must not end a listener. Blocks for file reading, so it is not for an event loop.
    package func reload() throws(TLSError) {
        let fresh = try TLSMaterial(reading: settings)
        current.withLock { $0 = fresh }
    }
}
