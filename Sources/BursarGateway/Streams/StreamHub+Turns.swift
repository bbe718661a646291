import BursarCatalog
import BursarEngine
import BursarModel
import BursarStream
import BursarUpstream
import Synchronization

// MARK: - Rows

extension StreamHub {
    /// The rows as they are now; the plan learns when to look again.
    func look(
        at positions: [Int], _ active: ActiveConfiguration, _ state: inout State, _ now: Moment
    ) -> [(id: AccountID, row: StreamRow)] {
        positions.map { position in
            let row = row(active.directory[position], active.rows, now)
            looked(position, row, active, &state, now)
            return (active.directory[position].id, StreamRow(json: row.json, status: row.status))
        }
    }

    private func row(_ entry: AccountEntry, _ rows: RowTable, _ now: Moment) -> BalancesDocument.Row {
        rows.row(entry.position, now: now) { _ in
            BalanceRow(
                id: entry.id, title: entry.definition.title, lowLimit: entry.low, view: refresher.view(entry.upstream))
        }
    }

    private func looked(
        _ position: Int, _ row: BalancesDocument.Row, _ active: ActiveConfiguration, _ state: inout State, _ now: Moment
    ) {
        let look = StreamPlan.Look(
            status: row.status, validUntil: row.validUntil, expiresAt: row.expiresAt, quietUntil: row.quietUntil,
            ttl: active.directory[position].upstream.policy.ttl)
        state.plan.looked(position, look, now: now.monotonic)
    }

    /// Renders the rows of a directory that have changed, before the lock is taken: thousands take milliseconds.
    func prepare(_ directory: AccountDirectory, _ rows: RowTable) {
        let now = refresher.now
        for entry in directory.entries { _ = row(entry, rows, now) }
    }
}

// MARK: - Turns

extension StreamHub {
    /// A turn that is to be scheduled, outside the lock: a clock may run it at once.
    typealias Planned = (number: Int, at: MonotonicTime)

    /// Nil where the turn that is planned comes soon enough.
    func plan(_ state: inout State, _ now: MonotonicTime) -> Planned? {
        guard !state.isStopped else { return nil }
        let sleepers = state.groups.values.compactMap(\.asleepSince).min()?.advanced(by: Self.sleep)
        guard let wish = [state.plan.next(after: now), sleepers].compactMap(\.self).min() else { return nil }
        let soonest = state.isBehind ? now : state.turnedAt?.advanced(by: Self.pause) ?? now
        let time = max(wish, soonest, now)
        if let planned = state.planned, planned.at <= time { return nil }
        state.lastNumber += 1
        state.planned = (state.lastNumber, time)
        return state.planned
    }

    func schedule(_ planned: Planned?) {
        guard let planned else { return }
        let timer = refresher.clock.schedule(at: planned.at) { [weak self] in self?.turn(planned.number) }
        let old = state.withLock { state -> (any ScheduledWork)? in
            guard state.planned?.number == planned.number else { return timer }
            defer { state.timer = timer }
            return state.timer
        }
        old?.cancel()
    }

    private func turn(_ number: Int) {
        let now = refresher.now
        let begun = state.withLock { state -> (due: [StreamPlan.Due], active: ActiveConfiguration, generation: Int)? in
            guard state.planned?.number == number, let active = state.active else { return nil }
            (state.planned, state.timer) = (nil, nil)
            (state.turnedAt, state.isBehind) = (now.monotonic, false)
            forgetSleepers(&state, now.monotonic)
            return (state.plan.due(at: now.monotonic, most: Self.rowsPerTurn), active, state.generation)
        }
        guard let (due, active, generation) = begun else { return }
        for item in due where item.asks {
            let upstream = active.directory[item.position].upstream
            refresher.refreshInBackground(upstream, olderThan: upstream.policy.ttl)
        }
        let (concerned, planned) = state.withLock { state -> ([StreamSubscriber], Planned?) in
            guard state.generation == generation else { return ([], plan(&state, now.monotonic)) }
            var concerned: [StreamSubscriber] = []
            let rows = due.compactMap { changedRow($0, active, &state, now) }
            for group in state.groups.values where !group.members.isEmpty && group.channel.changed(rows) {
                concerned += group.members.values
            }
            state.isBehind = due.count == Self.rowsPerTurn
            return (concerned, plan(&state, now.monotonic))
        }
        for subscriber in concerned { subscriber.wake() }
        schedule(planned)
    }

    /// Nil: nothing is told of it now. A reading whose ttl has just ended is being replaced, and until its call has ended one way or
    /// the other there is nothing to say that would not be taken back.
    private func changedRow(
        _ due: StreamPlan.Due, _ active: ActiveConfiguration, _ state: inout State, _ now: Moment
    ) -> (id: AccountID, row: StreamRow)? {
        let entry = active.directory[due.position]
        let row = row(entry, active.rows, now)
        looked(due.position, row, active, &state, now)
        if !due.isChanged, row.status == .stale, let ended = row.expiresAt {
            let patience = ended.advanced(by: entry.upstream.policy.timeout)
            if now.monotonic < patience, refresher.view(entry.upstream).isRefreshing {
                state.plan.postponed(due.position, to: patience)
                return nil
            }
        }
        return (entry.id, StreamRow(json: row.json, status: row.status))
    }
}
