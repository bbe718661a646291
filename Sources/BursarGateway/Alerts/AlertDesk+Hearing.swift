import BursarEngine
import BursarInsight
import BursarModel
import BursarStore
import BursarUpstream
import Synchronization

/// What the desk hears of accounts.
extension AlertDesk {
    /// Looks at what was before: a top-up while nobody ran is one, and what is read again is no news.
    func learn(_ entries: [AccountEntry]) async {
        let since = clock.now.wall.advanced(by: .zero - SpendCounters.lookBack)
        for entry in entries {
            var history: [Observation] = []
            if let store {
                let kept = try? await store.history(of: entry.id, in: HistoryRange(since: since))
                history = (kept ?? []).map { Observation(at: $0.at, until: $0.until, amounts: $0.amounts) }
            }
            while !begin(entry, history) {}
        }
        wake.yield()
    }

    /// Judges an account from here on.
    /// - Returns: false where something was heard of it meanwhile, which may be newer than what is seen here: look again.
    private func begin(_ entry: AccountEntry, _ history: [Observation]) -> Bool {
        let key = entry.upstream.key
        let heard = state.withLock { $0.heard[key] }
        let (view, status) = refresher.look(at: entry.upstream)
        let now = clock.now.wall
        let (isDone, looksAhead) = state.withLock { state -> (Bool, Bool) in
            guard !state.isHeld, !state.isStopped, !state.known.contains(entry.id) else { return (true, false) }
            // A configuration that came meanwhile names another key, or the account no more, and learns what it names itself.
            guard state.entries[key]?.contains(where: { $0.id == entry.id }) == true else { return (true, false) }
            guard state.heard[key] == heard else { return (false, false) }
            state.known.insert(entry.id)
            state.ledger.remember(entry.id, history, now: now)
            if let reading = view.reading, let fetchedAt = view.fetchedAt, view.status == .fresh {
                state.ledger.read(entry.id, reading.amounts, at: fetchedAt.wall, now: now)
            }
            // One of the process before says nothing of now.
            if let problem = view.problem, let failure = status?.lastFailure, failure.at.monotonic >= begun {
                state.ledger.failed(entry.id, Self.cause(problem, failure), at: failure.at.wall, now: now)
            }
            return (true, view.status == .fresh && view.problem == nil && state.ledger.wantsRunway(entry.id))
        }
        // A reading that came before anybody judged the account has a forecast, too.
        if looksAhead, let fetchedAt = view.fetchedAt?.wall { Task { await lookAhead(entry, heard ?? 0, at: fetchedAt) } }
        return isDone
    }

    /// What may be shown of a credential changed. Any thread; does not block.
    func changed(_ change: ViewChange) {
        let now = clock.now.wall
        // In one step: an older change that comes late must not land behind a newer one.
        let entries = state.withLock { state -> [AccountEntry] in
            guard !state.isStopped, !state.isHeld, let entries = state.entries[change.key],
                change.number > state.heard[change.key] ?? 0
            else { return [] }
            state.heard[change.key] = change.number
            // Nobody was asked: it is what was known before.
            guard !change.isRestored else { return [] }
            let known = entries.filter { state.known.contains($0.id) }
            for entry in known {
                if let reading = change.view.reading, let fetchedAt = change.view.fetchedAt {
                    state.ledger.read(entry.id, reading.amounts, at: fetchedAt.wall, now: now)
                }
                if let problem = change.view.problem, let failure = change.failure {
                    state.ledger.failed(entry.id, Self.cause(problem, failure), at: failure.at.wall, now: now)
                }
            }
            return known
        }
        guard !entries.isEmpty else { return }
        wake.yield()
        // The reading is of before the failure: how long it lasts is not known any more.
        guard change.view.problem == nil, let fetchedAt = change.view.fetchedAt?.wall else { return }
        for entry in entries where state.withLock({ $0.ledger.wantsRunway(entry.id) }) {
            Task { await self.lookAhead(entry, change.number, at: fetchedAt) }
        }
    }

    /// That the circuit is open is no cause: the call that failed last has one.
    private static func cause(_ problem: Problem, _ failure: FailureRecord) -> ProblemCode {
        problem.code == .circuitOpen ? failure.code : problem.code
    }

    /// - Parameters:
    ///   - number: of the change that brought the reading. Where another was heard meanwhile, that says how things stand.
    ///   - at: when the reading landed. A forecast of one before is not judged: this one gets its own.
    private func lookAhead(_ entry: AccountEntry, _ number: UInt64, at: WallTime) async {
        guard state.withLock({ $0.isNewest(number, of: entry) }) else { return }
        let outlook = await runways.outlook(of: entry)
        let now = clock.now.wall
        let lasting = outlook.runways.first.map { $0.lasting(from: now) } ?? .unknown
        let isOwn = outlook.newest.map { $0.until >= at } ?? !runways.isPossible
        let isNewest = state.withLock { state -> Bool in
            guard state.isNewest(number, of: entry) else { return false }
            if isOwn { state.ledger.lasts(entry.id, lasting, of: outlook.amount, at: outlook.newest?.until ?? at, now: now) }
            return true
        }
        guard isNewest else { return }
        wake.yield()
        // As soon as there may be another, though nobody reads again until then.
        guard !isOwn else { return }
        _ = clock.schedule(at: outlook.at.advanced(by: RunwayBook.shortestInterval)) { [weak self] in
            guard let self else { return }
            Task { await self.lookAhead(entry, number, at: at) }
        }
    }
}

extension AlertDesk {
    func lastRead(_ account: AccountID) -> WallTime? { state.withLock { $0.ledger.lastRead(account) } }
}

extension AlertDesk.State {
    /// Whether nothing newer was heard than this change, and what it brought may be judged here.
    fileprivate func isNewest(_ number: UInt64, of entry: AccountEntry) -> Bool {
        !isStopped && !isHeld && (heard[entry.upstream.key] ?? 0) == number
    }
}

extension RunwayBook.Outlook {
    /// What was left of the unit that the first answer is of.
    fileprivate var amount: Amount? { runways.first.flatMap { newest?.amounts.available(of: $0.unit) } }
}

extension Runway {
    /// As a rule looks at it: the middle of the forecast.
    fileprivate func lasting(from now: WallTime) -> AlertLedger.Lasting {
        switch status {
        case .unknown, .accumulating: .unknown
        case .empty: .expected(.zero)
        case .flat, .quota: .open
        case .burning: forecast?.expected.map { .expected(max(.zero, now.duration(to: $0))) } ?? .open
        }
    }
}
