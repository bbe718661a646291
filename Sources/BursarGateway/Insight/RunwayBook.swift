import BursarConfiguration
import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarInsight
import BursarModel
import BursarStore
import BursarUpstream
import Synchronization

/// How long each account will last, worked out when somebody asks, at most once a minute an account, never on an event loop. *Mutex;
/// any thread.*
final class RunwayBook: Sendable {
    /// One account's answers. *Value.*
    struct Outlook: Sendable {
        /// When they were worked out.
        let at: MonotonicTime
        /// Of its units, in the order of its amounts. Nothing where no history is kept.
        let runways: [Runway]
        /// The newest reading that they follow from; there may be a newer one by the time that somebody looks. Nil where there
        /// is none.
        let newest: Observation?
    }

    private struct State {
        var outlooks: [AccountID: Outlook] = [:]
        /// When each account's runway was asked for last: such an account is kept fresh.
        var asked: [AccountID: MonotonicTime] = [:]
        var working: [AccountID: Task<Outlook, Never>] = [:]
        var isRenewing = false
    }

    static let shortestInterval: Duration = .seconds(60)
    /// An account whose runway nobody asks for so long falls asleep again.
    static let subscription: Duration = .seconds(86_400)
    /// Who shows what was worked out, and waits for nothing, has it renewed so often.
    static let renewal: Duration = .seconds(300)
    /// Older answers are not shown: their readings may be gone.
    static let longestShown: Duration = .seconds(900)

    private let store: StoreKeeper?
    private let refresher: Refresher
    private let state = Mutex(State())

    init(store: StoreKeeper?, refresher: Refresher) {
        self.store = store
        self.refresher = refresher
    }

    /// Whether histories are kept at all.
    var isPossible: Bool { store != nil }

    /// Runways of an account's units, in the order of its amounts. Nothing where no history is kept.
    func runways(of entry: AccountEntry) async -> [Runway] { await outlook(of: entry).runways }

    /// The answers of the last minute, or new ones.
    func outlook(of entry: AccountEntry) async -> Outlook {
        let now = refresher.now.monotonic
        guard let store else { return Outlook(at: now, runways: [], newest: nil) }
        let task = state.withLock { state -> Task<Outlook, Never> in
            state.asked[entry.id] = now
            if let known = state.outlooks[entry.id], known.at.duration(to: now) < Self.shortestInterval,
                known.runways.allSatisfy({ $0.status != .unknown(.stale) })
            {
                return Task { known }
            }
            if let working = state.working[entry.id] { return working }
            let task: Task<Outlook, Never> = Task.detached {
                let outlook = await Self.workOut(entry, store, self.refresher)
                self.state.withLock { state in
                    state.working[entry.id] = nil
                    state.outlooks[entry.id] = outlook
                }
                return outlook
            }
            state.working[entry.id] = task
            return task
        }
        return await task.value
    }

    private static func workOut(_ entry: AccountEntry, _ store: StoreKeeper, _ refresher: Refresher) async -> Outlook {
        let begun = refresher.now.monotonic
        let view = refresher.view(entry.upstream)
        let nothing = Outlook(at: begun, runways: [], newest: nil)
        guard let amounts = view.reading?.amounts else { return nothing }
        let history: [HistoryEntry]
        do throws(StoreFault) {
            history = try await store.history(of: entry.id, in: HistoryRange())
        } catch {
            return nothing
        }
        let now = refresher.now.wall
        // The newest word may still be on its way into the store.
        var observations = history.map { Observation(at: $0.at, until: $0.until, amounts: $0.amounts) }
        if let fetchedAt = view.fetchedAt?.wall { observations.confirm(amounts, at: fetchedAt) }
        let ttl = entry.refresh.map { max($0.interval, entry.upstream.policy.ttl) } ?? entry.upstream.policy.ttl
        let age = view.fetchedAt.map { $0.wall.duration(to: now) }
        let isFresh = view.status == .fresh || (view.status == .stale && (age ?? .zero) <= RunwayQuestion.oldest(ttl: ttl))
        let runways = SpendCounters.units(amounts).map { unit in
            Runway.answer(
                RunwayQuestion(
                    account: entry.id, unit: unit, history: observations, isFresh: isFresh, ttl: ttl, now: now))
        }
        return Outlook(at: begun, runways: runways, newest: observations.last)
    }

    /// How long the row's own amount lasts, in words, where a forecast is current.
    func lasting(_ id: AccountID, _ now: WallTime) -> String? {
        current(id).first.flatMap { $0.status == .burning ? $0.words(at: now) : nil }
    }

    /// What was worked out already, for those who must not cause work: where somebody wants to be told and it is no older than
    /// ``longestShown``.
    func current(_ id: AccountID) -> [Runway] {
        let now = refresher.now.monotonic
        return state.withLock { state in
            guard state.asked[id].map({ $0.duration(to: now) <= Self.subscription }) ?? false,
                let known = state.outlooks[id], known.at.duration(to: now) <= Self.longestShown
            else { return [] }
            return known.runways
        }
    }

    /// Works out anew, one after the other, what is older than ``renewal`` of the accounts that somebody asked for. Returns at once.
    func renew(_ entries: [AccountEntry]) {
        guard let store else { return }
        let now = refresher.now.monotonic
        let due = state.withLock { state -> [AccountEntry] in
            guard !state.isRenewing else { return [] }
            let due = entries.filter { entry in
                (state.asked[entry.id].map { $0.duration(to: now) <= Self.subscription } ?? false)
                    && (state.outlooks[entry.id].map { $0.at.duration(to: now) >= Self.renewal } ?? false)
            }
            state.isRenewing = !due.isEmpty
            return due
        }
        guard !due.isEmpty else { return }
        Task.detached(priority: .utility) {
            for entry in due {
                let outlook = await Self.workOut(entry, store, self.refresher)
                self.state.withLock { $0.outlooks[entry.id] = outlook }
            }
            self.state.withLock { $0.isRenewing = false }
        }
    }

    /// Whether somebody wants to be told how long the account lasts.
    func isSubscribed(_ id: AccountID, _ now: MonotonicTime) -> Bool {
        state.withLock { $0.asked[id].map { $0.duration(to: now) <= Self.subscription } ?? false }
    }
}

extension [Observation] {
    /// The reading that is shown now, where the history has not got it yet.
    fileprivate mutating func confirm(_ amounts: [Amount], at time: WallTime) {
        guard let last else { return append(Observation(at: time, until: time, amounts: amounts)) }
        guard last.until < time else { return }
        if last.amounts.saysTheSame(as: amounts) {
            self[count - 1] = Observation(at: last.at, until: time, amounts: last.amounts)
        } else {
            append(Observation(at: time, until: time, amounts: amounts))
        }
    }
}
