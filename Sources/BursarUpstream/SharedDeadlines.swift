package import BursarModel
import Synchronization

/// Deadlines of many waits, with one timer for all that end within the same tenth of a second. *Mutex; any thread.*
///
/// Otherwise a thousand callers that wait for one call would set a thousand timers and cancel them again, and to cancel one an event loop
/// searches through all that it has.
package final class SharedDeadlines: Sendable {
    /// Where a deadline is kept, for ``remove(_:)``. *Value.*
    package struct Place: Sendable {
        fileprivate let step: Int64
        fileprivate let number: UInt64
    }

    /// The deadlines within one tenth of a second. *Value.*
    private struct Step {
        var works: [UInt64: @Sendable () -> Void] = [:]
        /// Nil until it was set, which happens outside the lock.
        var timer: (any ScheduledWork)?
    }

    private struct State {
        var steps: [Int64: Step] = [:]
        var number: UInt64 = 0
    }

    /// The length of a step. A deadline may come early by as much.
    package static let step = Duration.milliseconds(100)

    private let clock: any UpstreamClock
    private let state = Mutex(State())

    package init(clock: any UpstreamClock) { self.clock = clock }

    /// Calls `work` once, at `time` or up to a step before it, unless ``remove(_:)`` comes first. It must not block.
    package func add(_ time: MonotonicTime, _ work: @escaping @Sendable () -> Void) -> Place {
        let length = Self.step.nanoseconds
        let step = time.nanoseconds / length
        let (place, isNew) = state.withLock { state in
            state.number += 1
            let isNew = state.steps[step] == nil
            state.steps[step, default: Step()].works[state.number] = work
            return (Place(step: step, number: state.number), isNew)
        }
        if isNew {
            let timer = clock.schedule(at: MonotonicTime(nanoseconds: step * length)) { [weak self] in self?.fire(step) }
            // Meanwhile the step may have ended, or lost its last deadline.
            let isWanted = state.withLock { state in
                state.steps[step]?.timer = timer
                return state.steps[step] != nil
            }
            if !isWanted { timer.cancel() }
        }
        return place
    }

    /// Takes a deadline back. Does nothing where it has come already.
    package func remove(_ place: Place) {
        let timer = state.withLock { state -> (any ScheduledWork)? in
            guard state.steps[place.step]?.works.removeValue(forKey: place.number) != nil,
                state.steps[place.step]?.works.isEmpty == true
            else { return nil }
            return state.steps.removeValue(forKey: place.step)?.timer
        }
        timer?.cancel()
    }

    /// The time of a step has come.
    private func fire(_ step: Int64) {
        let works = state.withLock { $0.steps.removeValue(forKey: step)?.works }
        for work in (works ?? [:]).values { work() }
    }
}
