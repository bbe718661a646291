import BursarConfiguration
import BursarEngine
import BursarModel
import BursarUpstream
import Synchronization

/// Asks for accounts with `refresh` before somebody has to wait for them. *Mutex*; any thread.
///
/// One timer, for the next account that is due; no timer where no account has a `refresh`. It asks the refresher like a caller who
/// does not wait: budgets, cooldowns and single-flight hold. An account that nobody asked for in a while sleeps, unless it is to be
/// refreshed always.
final class BackgroundRefresh: Sendable {
    private struct State {
        var plan: RefreshPlan?
        var directory: AccountDirectory?
        var timer: (any ScheduledWork)?
        /// Counts plans, so that a timer of an old one does nothing.
        var number = 0
        /// Never left: a reload beside the stop must not begin it anew.
        var isStopped = false
    }

    private let refresher: Refresher
    private let clock: any UpstreamClock
    private let runways: RunwayBook?
    private let state = Mutex(State())

    /// Calls that fall together are begun together: the process wakes at most ten times a second for ten thousand accounts.
    static let shortestSleep: Duration = .milliseconds(100)
    static let longestSleep: Duration = .seconds(60)

    init(refresher: Refresher, clock: any UpstreamClock, runways: RunwayBook? = nil) {
        self.refresher = refresher
        self.runways = runways
        self.clock = clock
    }

    /// Begins, or goes on with another configuration's accounts.
    func follow(_ directory: AccountDirectory) {
        let others = runways?.isPossible == true ? RefreshConfiguration.forRunways : nil
        let items = directory.entries.enumerated().compactMap { index, entry in
            (entry.refresh?.interval ?? (entry.alerts.isEmpty ? others : RefreshConfiguration.forRunways)).map {
                RefreshPlan.Item(index: index, interval: $0, share: entry.upstream.key.share)
            }
        }
        let now = clock.now.monotonic
        state.withLock { state in
            if state.isStopped { return }
            state.timer?.cancel()
            state.timer = nil
            state.number += 1
            state.directory = directory
            state.plan = items.isEmpty ? nil : RefreshPlan(items, from: now)
            schedule(&state, now: now)
        }
    }

    func stop() {
        state.withLock { state in
            state.timer?.cancel()
            state = State(number: state.number + 1, isStopped: true)
        }
    }

    private func schedule(_ state: inout State, now: MonotonicTime) {
        guard let next = state.plan?.next else { return }
        let number = state.number
        // A timer stands still while the machine is suspended: none is set for longer than a minute.
        let time = min(max(next, now.advanced(by: Self.shortestSleep)), now.advanced(by: Self.longestSleep))
        state.timer = clock.schedule(at: time) { [weak self] in self?.fire(number) }
    }

    private func fire(_ number: Int) {
        let now = clock.now.monotonic
        let due = state.withLock { state -> [AccountEntry] in
            guard state.number == number, let directory = state.directory else { return [] }
            let due = state.plan?.due(at: now) ?? []
            schedule(&state, now: now)
            return due.map { directory[$0] }
        }
        for entry in due {
            let isWanted = !entry.alerts.isEmpty || runways?.isSubscribed(entry.id, now) ?? false
            guard isWanted || entry.refresh.map({ isAwake(entry, $0, now) }) ?? false else { continue }
            // Half an interval: a reading that a caller brought in just now is new enough.
            refresher.refreshInBackground(
                entry.upstream, olderThan: (entry.refresh?.interval ?? RefreshConfiguration.forRunways) / 2)
        }
    }

    /// Whether somebody asked for it lately, or need not have.
    ///
    /// Two intervals at least: of callers that get the ready answer the refresher hears nothing, but each refresh ends that answer,
    /// so that it hears of the next of them. With less, an account that is polled each second would be asleep when it is due.
    private func isAwake(_ entry: AccountEntry, _ refresh: RefreshConfiguration, _ now: MonotonicTime) -> Bool {
        guard let within = refresh.whileAskedWithin else { return true }
        guard let asked = refresher.status(entry.upstream)?.lastAsked else { return false }
        return asked.duration(to: now) <= max(within, refresh.interval * 2)
    }
}
