import BursarConfiguration
import BursarModel
import Synchronization

/// A client as requests meet it. *Immutable; any thread:* the bucket has a lock of its own.
final class Client: Sendable {
    let name: String
    let visibility: Visibility
    /// Which of ``ActiveConfiguration/scopes`` it is served from.
    let scope: Int
    let mayPassThrough: Bool
    let isAdmin: Bool
    /// From then on its credentials are refused.
    let expires: WallTime?
    /// Nil: as often as it likes.
    let limiter: ClientLimiter?

    init(_ configuration: ClientConfiguration, scope: Int, limiter: ClientLimiter?) {
        name = configuration.name
        visibility = configuration.allow
        self.scope = scope
        mayPassThrough = configuration.mayPassThrough
        isAdmin = configuration.isAdmin
        expires = configuration.expires
        self.limiter = limiter
    }

    func isExpired(at now: WallTime) -> Bool { expires.map { now >= $0 } ?? false }
}

/// Counts the requests of a client that has a rate. *Mutex*; any thread: the only lock on the way of a hit, and only of such a client.
final class ClientLimiter: Sendable {
    let rate: RequestRate
    private let bucket: Mutex<TokenBucket>

    init(_ rate: RequestRate) {
        self.rate = rate
        bucket = Mutex(TokenBucket(rate))
    }

    /// - Returns: the verdict, and when the whole quota is there again.
    func requested(at now: MonotonicTime) -> (verdict: TokenBucket.Verdict, untilFull: Duration) {
        bucket.withLock { ($0.requested(at: now), $0.untilFull(now)) }
    }
}
