import Synchronization

/// A clock for mocks on which every wait lasts until it is let go. *Mutex; any thread.*
final class HeldAnswers: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let held = Mutex<[CheckedContinuation<Void, Never>]>([])

    var now: Instant { Instant(offset: .zero) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        await withCheckedContinuation { sleeper in held.withLock { $0.append(sleeper) } }
    }

    /// Lets go of the first answer that is held, once there is one. False: none came within a minute or more.
    func letGo() async -> Bool {
        for _ in 0..<60_000 {
            if let sleeper = held.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
                sleeper.resume()
                return true
            }
            try? await Task.sleep(for: .milliseconds(1))
        }
        return false
    }
}
