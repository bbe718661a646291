import BursarModel

@testable import BursarEngine

extension ScheduleSimulation {
    static let demands: [Demand] = [.anyCached, .anyCached, .newest, .newest, .newerThan(age: .seconds(10)), .cachedOnly]

    func request(_ credential: Int, demand: Demand) throws {
        let waiter = WaiterID(nextWaiter)
        nextWaiter += 1
        let wasKnown = models[credential].isKnown
        let action = machine.requested(
            supplies.keys[credential], policy: policies[credential], demand: demand, waiter: waiter, now: now)
        try noteEvictions(newcomer: credential, wasKnown: wasKnown)
        if demand != .cachedOnly || wasKnown, action != .blocked(.empty, .tableFull) {
            models[credential].isKnown = true
            models[credential].isRemoved = false
        }
        let model = models[credential]
        let status = model.status(monotonic)
        switch action {
        case .fresh(let view):
            count("fresh")
            try require(status == .fresh && view.status == .fresh, "fresh although \(status)")
            try require(demand != .newest, "no-cache answered from what was held")
            if case .newerThan = demand {
                try require(monotonic - model.fetchedAt <= 10 * ReferenceModel.second, "older than max-age")
            }
        case .stale(let view, let refresh):
            count(refresh == nil ? "stale" : "stale and refresh")
            try require(status == .stale && view.status == .stale, "stale although \(status)")
            if let refresh {
                try mayStart(credential, refresh, demand)
            } else if demand != .cachedOnly {
                try require(model.flight != nil || !model.mustStart(monotonic), "no refresh although nothing forbids it")
            }
        case .start(let start):
            count("start \(start.kind)")
            try mayStart(credential, start, demand)
            models[credential].waiting.insert(waiter)
        case .join(let id):
            count(model.isOverdue ? "join overdue" : "join")
            try require(model.flight == id && demand != .cachedOnly, "joined what is not in flight")
            models[credential].waiting.insert(waiter)
        case .blocked(let view, let reason):
            try checkBlocked(credential, view, reason, demand)
        }
    }

    func checkBlocked(
        _ credential: Int, _ view: AccountView, _ reason: BlockReason, _ demand: Demand
    ) throws {
        switch reason {
        case .cachedOnly:
            count("blocked cachedOnly")
            try require(demand == .cachedOnly && view.status == .unavailable, "cachedOnly blocked although something is held")
        case .tableFull:
            count("blocked tableFull")
            try require(credential >= 2 && !models[credential].isKnown, "a known credential refused for want of room")
            for other in 2..<models.count where models[other].isKnown {
                try require(models[other].flight != nil || mayCool(other), "the table is full of what may go")
            }
        case .coolingDown, .keyRejected, .backingOff, .open, .limited:
            count("blocked")
            let model = models[credential]
            try require(demand != .cachedOnly, "only-if-cached has one reason")
            try require(!model.mustStart(monotonic), "blocked (\(reason)) although nothing forbids a call")
            try require(
                view.problem != nil || view.status != .unavailable, "unavailable without a reason when blocked by \(reason)")
        }
    }

    /// A call begins: the invariants that matter most.
    func mayStart(_ credential: Int, _ start: CallStart, _ demand: Demand) throws {
        let model = models[credential]
        try require(demand != .cachedOnly, "only-if-cached asked the provider")
        try require(model.flight == nil, "two calls in flight")
        try require(monotonic >= model.earliest, "a call inside a cooldown, backoff, auth hold or open circuit")
        try require(model.budgetAllows(monotonic), "a call beyond the budget")
        try require(start.kind == (model.isOpen ? .probe : .first), "\(start.kind) in the wrong state")
        models[credential].started(start.id, now: monotonic)
        models[credential].latest = min(model.latest, monotonic)
    }

    func leave(_ credential: Int) {
        guard let waiter = models[credential].waiting.min(by: { $0.rawValue < $1.rawValue }) else { return }
        count("left")
        machine.waiterLeft(supplies.keys[credential], waiter)
        models[credential].waiting.remove(waiter)
    }

    func succeed(_ credential: Int) throws {
        guard let id = models[credential].flight else { return }
        count(models[credential].isOverdue ? "late success" : "success")
        let mark = nextMark
        nextMark += 1
        let action = machine.callSucceeded(
            supplies.keys[credential], call: id, reading: supplies.reading(mark), now: now)
        guard case .settled(let wake, let view, let changed) = action else { throw Violation(text: "a success was ignored") }
        try woken(credential, wake)
        ended.append((credential, id))
        try require(changed && view.reading?.asOf?.milliseconds == mark && view.problem == nil, "a success is not shown")
        models[credential].succeeded(mark: mark, now: monotonic)
        try settleRemoval(credential)
    }

    func fail(_ credential: Int, _ failure: CallFailure, told: Int64?) throws {
        guard let id = models[credential].flight else { return }
        let retry = models[credential].retry(failure, now: monotonic)
        let wasOverdue = models[credential].isOverdue
        let action = machine.callFailed(supplies.keys[credential], call: id, failure: failure, now: now)
        ended.append((credential, id))
        switch action {
        case .retry(let start):
            count("retry")
            try require(retry != false && start.kind == .retry, "a retry that was not due, or beyond the budget")
            models[credential].retried(start.id, now: monotonic)
        case .settled(let wake, _, _):
            count((wasOverdue ? "late " : "") + failure.code.rawValue + (failure.hint == nil ? "" : " with a hint"))
            try require(retry != true, "no retry although there was time")
            try woken(credential, wake)
            models[credential].failed(failure.code, told: told, now: monotonic)
            models[credential].ended()
            try settleRemoval(credential)
        case .ignored:
            throw Violation(text: "a failure was ignored")
        }
    }

    func randomFailure() -> (CallFailure, told: Int64?) {
        switch random.below(12) {
        case 0: return (CallFailure(code: .unauthorized, upstreamStatus: 401), nil)
        case 1: return (CallFailure(code: .forbidden, upstreamStatus: 403), nil)
        case 2...4:
            let (hint, told) = random.pick(supplies.throttled)
            return (CallFailure(code: .rateLimited, upstreamStatus: 429, hint: hint), told)
        case 5:
            let (hint, told) = random.pick(supplies.busy)
            return (CallFailure(code: .upstreamError, upstreamStatus: 503, hint: hint), told)
        case 6...7: return (CallFailure(code: .upstreamError, upstreamStatus: 500), nil)
        case 8: return (CallFailure(code: .unreachable), nil)
        case 9: return (CallFailure(code: .timeout), nil)
        case 10: return (CallFailure(code: .upstreamError, upstreamStatus: 404), nil)
        default: return (CallFailure(code: .invalidResponse, upstreamStatus: 200), nil)
        }
    }

    func becomeOverdue(_ credential: Int) throws {
        guard let id = models[credential].flight else { return }
        let action = machine.callOverdue(supplies.keys[credential], call: id, now: now)
        guard case .timedOut(let wake, let view) = action else {
            return try require(models[credential].isOverdue, "a call's timeout was ignored")
        }
        count("overdue")
        try require(!models[credential].isOverdue, "overdue twice")
        try woken(credential, wake)
        try require(view.isRefreshing, "an overdue call still goes on")
        models[credential].failed(.timeout, told: nil, now: monotonic)
        models[credential].isOverdue = true
        models[credential].waiting = []
    }

    /// A call that has ended reports once more: nothing may come of it.
    func reportEnded() throws {
        guard !ended.isEmpty else { return }
        count("report of an ended call")
        let (credential, id) = random.pick(ended)
        let key = supplies.keys[credential]
        try require(machine.callOverdue(key, call: id, now: now) == .ignored, "an ended call became overdue")
        try require(
            machine.callSucceeded(key, call: id, reading: supplies.template, now: now) == .ignored,
            "an ended call brought a reading")
        try require(
            machine.callFailed(key, call: id, failure: CallFailure(code: .forbidden), now: now) == .ignored,
            "an ended call failed again")
    }

    func clear(_ credential: Int) throws {
        switch machine.cooldownCleared(supplies.keys[credential], now: now) {
        case .cleared(let view):
            count("cleared")
            try require(
                view.hold == nil && (monotonic < models[credential].latest || models[credential].isCounting),
                "cleared what did not run")
            models[credential].forgiven()
        case .nothingToClear:
            try require(
                monotonic >= models[credential].earliest && !models[credential].isCounting, "not cleared although it runs")
        }
    }

    func remove(_ credential: Int) throws {
        guard models[credential].isKnown else { return }
        count("removed")
        machine.credentialRemoved(supplies.keys[credential], now: now)
        models[credential].isRemoved = true
        try settleRemoval(credential)
    }

    /// A removed credential whose call has ended is forgotten, but for what still runs.
    func settleRemoval(_ credential: Int) throws {
        guard models[credential].isRemoved, models[credential].flight == nil else { return }
        if machine.status(supplies.keys[credential], now: now) == nil {
            try require(models[credential].isQuiet(monotonic), "removed although something runs")
            return models[credential].vanished()
        }
        count("removed while something ran")
        models[credential].mark = nil
        models[credential].isRemoved = false
    }

    /// The process dies and another begins, from what a store kept, perhaps with a clock that was set back meanwhile.
    func restart() throws {
        count("restart")
        let saved = models.indices.map { machine.snapshot(supplies.keys[$0], now: now) }
        if random.below(2) == 0 { wall -= 86_400_000 }
        machine = RefreshMachine(limits: MachineLimits(passThroughCredentials: Self.tableSize), seed: random.next())
        ended = []
        for credential in models.indices {
            models[credential].flight = nil
            models[credential].isOverdue = false
            models[credential].waiting = []
            guard let snapshot = saved[credential], !models[credential].isRemoved else {
                models[credential].vanished()
                continue
            }
            let known = machine.restored(supplies.keys[credential], snapshot, policy: policies[credential], now: now)
            try require(known, "not restored")
            models[credential].neverFresh = true
            models[credential].restoredAt = monotonic
            // Wall clocks count whole milliseconds, and a clock set back makes a reading look new: the model takes the age over
            // and checks what follows from it.
            if let fetchedAt = snapshot.fetchedAt {
                models[credential].fetchedAt = monotonic - max(0, wall - fetchedAt.milliseconds) * 1_000_000
            }
            models[credential].slack = 3_000_000
            if snapshot.takenAt.milliseconds > wall, models[credential].policy.budget != nil {
                // Calls that the clock now puts into the future count as made now.
                models[credential].starts = models[credential].starts.map { monotonic - $0 < 60_000_000_000 ? monotonic : $0 }
            }
        }
    }
}
