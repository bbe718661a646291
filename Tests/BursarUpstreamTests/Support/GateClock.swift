import Synchronization

/// A clock on which every sleep lasts until the gate is opened: a mock provider on it is slow for as long as a test wants.
/// *Mutex; any thread.*
final class GateClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private let state = Mutex<(isOpen: Bool, sleepers: [CheckedContinuation<Void, Never>])>((false, []))

    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.sleepers.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let sleepers = state.withLock { state in
            defer { state = (true, []) }
            return state.sleepers
        }
        for sleeper in sleepers { sleeper.resume() }
    }
}
