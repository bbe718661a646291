import BursarModel
import BursarStream
import BursarUpstream
import Synchronization

/// Tells subscribers what changes: from readings, from time alone, and from reloads. *Mutex*; any thread.
///
/// A change is told at once, those of the next tenth of a second together. Each row is rendered once, by the table that lists use too,
/// and encoded once for each view; a subscriber costs a wake-up of its event loop. Nothing here is on the way of a hit, and without
/// subscribers no timer runs and a change of a reading costs one look at a flag.
final class StreamHub: Sendable {
    /// The subscribers of one view. *Value.*
    struct Group {
        let channel: StreamChannel
        /// Of the accounts that the view shows, in configuration order.
        var positions: [Int]
        var members: [ObjectIdentifier: StreamSubscriber] = [:]
        /// Of the members, those who want their accounts fresh.
        var askers = 0
        /// Nobody reads it since then; its log is kept for whoever comes back.
        var asleepSince: MonotonicTime?
    }

    /// Under the lock. *Value.*
    struct State {
        var active: ActiveConfiguration?
        /// Counts configurations: what was begun under another one is dropped.
        var generation = 0
        var plan = StreamPlan(count: 0)
        var groups: [StreamView: Group] = [:]
        var views: [ObjectIdentifier: StreamView] = [:]
        var turnedAt: MonotonicTime?
        /// The last turn left something for the next.
        var isBehind = false
        var planned: (number: Int, at: MonotonicTime)?
        var timer: (any ScheduledWork)?
        var lastNumber = 0
        var isStopped = false
    }

    /// Changes that fall together are told together, so that a crowd of readers is woken ten times a second at the most.
    static let pause = Duration.milliseconds(100)
    /// Rows that are looked at in one turn: a row takes some microseconds, and a turn may be on an event loop.
    static let rowsPerTurn = 128
    /// How long the log of a view outlives its last reader, and of how many views at the most.
    static let sleep = Duration.seconds(120)
    static let mostAsleep = 16

    let refresher: Refresher
    let state = Mutex(State())
    /// Whether anybody reads: looked at without the lock.
    let isWatched = Atomic<Bool>(false)

    init(refresher: Refresher) { self.refresher = refresher }

    var now: WallTime { refresher.now.wall }
    /// How many streams are read.
    var subscriberCount: Int { state.withLock { $0.views.count } }
    /// How many views have a log.
    var viewCount: Int { state.withLock { $0.groups.count } }

    /// The reading behind a credential's rows changed, and the table of rows knows.
    func changed(_ key: CredentialKey) {
        guard isWatched.load(ordering: .acquiring) else { return }
        let now = refresher.now.monotonic
        let planned = state.withLock { state in
            for position in state.active?.directory.indices(of: key) ?? [] { state.plan.changed(position) }
            return plan(&state, now)
        }
        schedule(planned)
    }

    /// Nothing is told any more. Who reads is told so by the server's drain.
    func stop() {
        isWatched.store(false, ordering: .releasing)
        state.withLock { state in
            state.timer?.cancel()
            state = State(isStopped: true)
        }
    }
}
