package import BursarBasics
package import NIOCore
internal import NIOPosix
internal import NIOSSL
import Synchronization

/// What a TLS listener shows to its clients, replaceable while it runs; a *Mutex* around one reference.
///
/// A connection takes the context that is current when it is accepted and keeps it for life: a reload touches no connection.
/// Renewed files are found by the next connection but one: each asks, at most once an interval, a thread off the event loops to
/// look at the files. So an idle server wakes for nothing, and no signal is needed after a renewal.
package final class TLSIdentity: TransportSecurity {
    /// What became of a renewal; a *value*.
    package enum Renewal: Sendable, Equatable {
        /// New connections use the new certificate, which clients refuse after this (seconds since 1970).
        case renewed(notValidAfter: Int, term: CertificateTerm)
        /// The certificate in use is about to end, or has: each once.
        case unrenewed(notValidAfter: Int, term: CertificateTerm)
        /// The files are not usable; the certificate in use stays, and they are looked at again.
        case failed(TLSError)
    }

    package let settings: TLSSettings
    private let current: Mutex<TLSMaterial>
    private let interval: TimeAmount
    /// What of the end of the certificate in use is known to whoever hears of renewals.
    private let told: Mutex<CertificateTerm>
    private let nextLook = Mutex(NIODeadline.uptimeNanoseconds(0))
    private let onRenewal: (@Sendable (Renewal) -> Void)?

    /// Reads the files; a listener does not start with material that it could not use.
    /// - Parameters:
    ///   - interval: the shortest time between two looks at the files.
    ///   - onRenewal: called on any thread, for the log.
    package init(
        _ settings: TLSSettings, interval: TimeAmount = .seconds(10), onRenewal: (@Sendable (Renewal) -> Void)? = nil
    ) throws(TLSError) {
        self.settings = settings
        self.interval = interval
        self.onRenewal = onRenewal
        let material = try TLSMaterial(reading: settings)
        current = Mutex(material)
        told = Mutex(material.term(now: Self.now))
    }

    /// TLS for a connection that was just accepted, with the material of this moment.
    package func makeHandlers() throws -> [any ChannelHandler] {
        // Taken first: the look is made by another thread, and what it finds is for the next connection, always.
        let context = current.withLock { $0.context }
        look(now: .now())
        return [NIOSSLServerHandler(context: context)]
    }

    /// Seconds since 1970 after which clients refuse the certificate.
    package var notValidAfter: Int { current.withLock { $0.notValidAfter } }
    package var term: CertificateTerm { current.withLock { $0.term(now: Self.now) } }

    private static var now: Int { Int(WallClock.now().seconds) }

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
        let term = fresh.term(now: Self.now)
        told.withLock { $0 = term }
        onRenewal?(.renewed(notValidAfter: fresh.notValidAfter, term: term))
    }

    private func tellTerm() {
        let (end, term) = current.withLock { ($0.notValidAfter, $0.term(now: Self.now)) }
        // A better one, too: a clock that was ahead for a while must not have told it for good.
        let isNews = told.withLock { told in
            defer { told = term }
            return term > told
        }
        if isNews { onRenewal?(.unrenewed(notValidAfter: end, term: term)) }
    }

    /// Lets a thread look at the files, unless one did so a moment ago.
    private func look(now: NIODeadline) {
        let isDue = nextLook.withLock { next in
            guard now >= next else { return false }
            next = now + interval
            return true
        }
        guard isDue else { return }
        NIOThreadPool.singleton.submit { [weak self] state in
            guard case .active = state, let self else { return }
            if self.filesChanged {
                do throws(TLSError) { try self.reload() } catch { self.onRenewal?(.failed(error)) }
            }
            self.tellTerm()
        }
    }
}
