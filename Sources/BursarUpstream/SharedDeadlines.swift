package import BursarModel
import Synchronization

/// Deadlines of many waits, with one timer for all that end within the same tenth of a second. *Mutex; any thread.*
///
/// A crowd that waits for one call would otherwise set a thousand timers and take them away again, and an event loop looks for each of
/// those among all that it has.
package final class SharedDeadlines: Sendable {
    /// A deadline that was set. *Value.*
    package struct Place: Sendable {
        fileprivate let step: Int64
        fileprivate let number: UInt64
    }

    /// What ends in one step. *Value.*
    private struct Step {
        var works: [UInt64: @Sendable () -> Void] = [:]
        /// Nil until it is set, which happens outside the lock.
        var timer: (any ScheduledWork)?
    }

    private struct State {
        var steps: [Int64: Step] = [:]
        var number: UInt64 = 0
    }

    /// Deadlines come early by at most this.
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
            let timer = clock.schedule(at: MonotonicTime(nanoseconds: step * length)) { [weak self] in self?.came(step) }
            let isWanted = state.withLock { state in
                state.steps[step]?.timer = timer
                return state.steps[step] != nil
            }
            if !isWanted { timer.cancel() }
        }
        return place
    }

    /// Does nothing where the deadline has come.
    package func remove(_ place: Place) {
        let timer = state.withLock { state -> (any ScheduledWork)? in
            guard state.steps[place.step]?.works.removeValue(forKey: place.number) != nil,
                state.steps[place.step]?.works.isEmpty == true
            else { return nil }
            return state.steps.removeValue(forKey: place.step)?.timer
        }
        timer?.cancel()
    }

    private func came(_ step: Int64) {
        let works = state.withLock { $0.steps.removeValue(forKey: step)?.works }
        for work in (works ?? [:]).values { work() }
    }
}
