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
        return state.withLock { state in
            guard !state.isHeld, !state.known.contains(entry.id) else { return true }
            guard state.heard[key] == heard else { return false }
            state.known.insert(entry.id)
            state.ledger.remember(entry.id, history, now: now)
            if let reading = view.reading, let fetchedAt = view.fetchedAt, view.status == .fresh {
                state.ledger.read(entry.id, reading.amounts, at: fetchedAt.wall, now: now)
            }
            // One of the process before says nothing of now.
            if let problem = view.problem, let failure = status?.lastFailure, failure.at.monotonic >= begun {
                state.ledger.failed(entry.id, Self.cause(problem, failure), at: failure.at.wall, now: now)
            }
            return true
        }
    }

    /// What may be shown of a credential changed. Any thread; does not block.
    func changed(_ change: ViewChange) {
        guard let upstream = state.withLock({ $0.entries[change.key]?.first?.upstream }) else { return }
        let failure = change.view.problem == nil ? nil : refresher.status(upstream)?.lastFailure
        let now = clock.now.wall
        // In one step: an older change that comes late must not land behind a newer one.
        let entries = state.withLock { state -> [AccountEntry] in
            guard !state.isStopped, !state.isHeld, let entries = state.entries[change.key],
                change.number > state.heard[change.key] ?? 0
            else { return [] }
            state.heard[change.key] = change.number
            let known = entries.filter { state.known.contains($0.id) }
            for entry in known {
                if let reading = change.view.reading, let fetchedAt = change.view.fetchedAt {
                    state.ledger.read(entry.id, reading.amounts, at: fetchedAt.wall, now: now)
                }
                if let problem = change.view.problem, let failure {
                    state.ledger.failed(entry.id, Self.cause(problem, failure), at: failure.at.wall, now: now)
                }
            }
            return known
        }
        guard !entries.isEmpty else { return }
        wake.yield()
        if let fetchedAt = change.view.fetchedAt?.wall {
            for entry in entries where state.withLock({ $0.ledger.wantsRunway(entry.id) }) {
                Task { await self.lookAhead(entry, at: fetchedAt) }
            }
        }
    }

    /// That the circuit is open is no cause: the call that failed last has one.
    private static func cause(_ problem: Problem, _ failure: FailureRecord) -> ProblemCode {
        problem.code == .circuitOpen ? failure.code : problem.code
    }

    private func lookAhead(_ entry: AccountEntry, at: WallTime) async {
        let runway = await runways.runways(of: entry).first
        let now = clock.now.wall
        let lasting = runway.map { $0.lasting(from: now) } ?? .unknown
        state.withLock { state in
            if !state.isHeld { state.ledger.lasts(entry.id, lasting, at: at, now: now) }
        }
        wake.yield()
    }
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
