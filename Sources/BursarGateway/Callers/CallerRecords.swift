import BursarConfiguration
import BursarHTTP
import BursarModel
import Synchronization

/// What is known of callers and outlives a configuration. *Mutex*; any thread; valid tokens never touch this.
final class CallerRecords: Sendable {
    private struct State {
        var delays = FailureDelays()
        var counts: [CallerRefusal: Int] = [:]
        var limited = 0
        var limiters: [String: ClientLimiter] = [:]
    }

    private let state = Mutex(State())

    /// - Returns: how long the answer waits.
    func refused(_ refusal: CallerRefusal, peer: Peer, at now: MonotonicTime) -> Duration {
        state.withLock { state in
            state.counts[refusal, default: 0] += 1
            return refusal.isAttempt ? state.delays.failed(peer, at: now) : .zero
        }
    }

    func countLimited() { state.withLock { $0.limited += 1 } }

    var limited: Int { state.withLock { $0.limited } }
    func count(_ refusal: CallerRefusal) -> Int { state.withLock { $0.counts[refusal] ?? 0 } }

    /// The limiter of a client: the one that it had before a reload, unless its rate is another.
    func limiter(for client: ClientConfiguration) -> ClientLimiter? {
        guard let rate = client.rate else { return nil }
        return state.withLock { state in
            if let limiter = state.limiters[client.name], limiter.rate == rate { return limiter }
            let limiter = ClientLimiter(rate)
            state.limiters[client.name] = limiter
            return limiter
        }
    }

    /// Forgets what belongs to no client any more.
    func keepLimiters(of clients: [ClientConfiguration]) {
        let names = Set(clients.map(\.name))
        state.withLock { state in state.limiters = state.limiters.filter { names.contains($0.key) } }
    }
}
