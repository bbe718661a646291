import BursarModel
import BursarUpstream
import Synchronization

/// Time that stands still until a test moves it. *Mutex*; any thread.
final class ManualClock: UpstreamClock {
    private struct State {
        var elapsed: Duration = .zero
        var works: [UInt64: (at: MonotonicTime, work: @Sendable () -> Void)] = [:]
        var next: UInt64 = 0
    }

    private final class Work: ScheduledWork {
        let clock: ManualClock
        let number: UInt64
        init(clock: ManualClock, number: UInt64) {
            self.clock = clock
            self.number = number
        }
        func cancel() { clock.state.withLock { _ = $0.works.removeValue(forKey: number) } }
    }

    private static let start = Moment(
        monotonic: MonotonicTime(nanoseconds: 1_000_000_000_000), wall: WallTime(milliseconds: 1_795_215_360_000))
    private let state = Mutex(State())

    /// How much is waiting for its time.
    var scheduledCount: Int { state.withLock { $0.works.count } }

    var now: Moment { state.withLock { Self.start.advanced(by: $0.elapsed) } }

    func schedule(at time: MonotonicTime, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork {
        let number = state.withLock { state in
            state.next += 1
            state.works[state.next] = (time, work)
            return state.next
        }
        runDue()
        return Work(clock: self, number: number)
    }

    /// Moves time and runs what is due by then, in the order of its times.
    func advance(by duration: Duration) {
        state.withLock { $0.elapsed += duration }
        runDue()
    }

    /// The machine is suspended for so long: time goes on, and what is scheduled comes as much later, as an event loop's timers do.
    func suspend(for duration: Duration) {
        state.withLock { state in
            state.elapsed += duration
            state.works = state.works.mapValues { ($0.at.advanced(by: duration), $0.work) }
        }
    }

    private func runDue() {
        while true {
            let due = state.withLock { state -> (@Sendable () -> Void)? in
                let now = Self.start.advanced(by: state.elapsed).monotonic
                guard let first = state.works.min(by: { ($0.value.at, $0.key) < ($1.value.at, $1.key) }), first.value.at <= now
                else { return nil }
                state.works[first.key] = nil
                return first.value.work
            }
            guard let due else { return }
            due()
        }
    }
}
