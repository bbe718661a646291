import BursarModel
import BursarUpstream
import Synchronization

/// A clock that stands still until a test moves it. *Mutex; any thread.*
final class ManualClock: UpstreamClock {
    private struct Timer {
        let id: Int
        let time: MonotonicTime
        let work: @Sendable () -> Void
    }
    private struct State {
        var now = Moment(monotonic: MonotonicTime(nanoseconds: 1_000_000_000), wall: WallTime(milliseconds: 1_700_000_000_000))
        var timers: [Timer] = []
        var nextID = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var atNextLook: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    var now: Moment {
        let (now, work) = state.withLock { state in (state.now, state.atNextLook.take()) }
        work?()
        return now
    }

    /// Runs the work when somebody asks for the time: in the middle of what it asks for.
    func atNextLook(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.atNextLook = work } }

    var timerCount: Int { state.withLock { $0.timers.count } }

    func schedule(at time: MonotonicTime, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork {
        let (id, watchers) = state.withLock { state -> (Int, [CheckedContinuation<Void, Never>]) in
            state.nextID += 1
            state.timers.append(Timer(id: state.nextID, time: time, work: work))
            let count = state.timers.count
            let reached = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return (state.nextID, reached.map(\.continuation))
        }
        for watcher in watchers { watcher.resume() }
        return Handle(clock: self, id: id)
    }

    /// Runs what falls due, in order of time.
    func advance(by duration: Duration) {
        let end = now.advanced(by: duration)
        while let timer = takeDue(until: end.monotonic) { timer.work() }
        state.withLock { $0.now = end }
    }

    private func takeDue(until end: MonotonicTime) -> Timer? {
        state.withLock { state in
            guard let next = state.timers.min(by: { $0.time < $1.time }), next.time <= end else { return nil }
            state.timers.removeAll { $0.id == next.id }
            if next.time > state.now.monotonic {
                state.now = state.now.advanced(by: state.now.monotonic.duration(to: next.time))
            }
            return next
        }
    }

    /// Returns once so many timers run at the same time.
    func waitForTimers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.timers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private struct Handle: ScheduledWork {
        let clock: ManualClock
        let id: Int
        func cancel() { clock.state.withLock { $0.timers.removeAll { $0.id == id } } }
    }
}
