import BursarModel

@testable import BursarEngine

/// One random schedule: a machine with a few credentials, events in random order at random times, and after each event the
/// question whether the machine did what ``ReferenceModel`` says. Stops at the first difference.
struct ScheduleSimulation {
    /// What happened, over many schedules: a check that never ran is a defect of the test.
    struct Tally: Sendable {
        var schedules = 0
        var events = 0
        var counts: [String: Int] = [:]
        var violations: [String] = []

        mutating func add(_ other: Tally) {
            schedules += other.schedules
            events += other.events
            counts.merge(other.counts, uniquingKeysWith: +)
            violations += other.violations
        }
    }

    /// How a schedule ended: nothing else stops it.
    struct Violation: Error { let text: String }

    /// What is needed for all schedules and costs to make.
    struct Supplies: Sendable {
        let keys = (1...5).map { Bench.key($0) }
        let template = Bench.reading()
        let throttled: [(hint: CooldownHint?, told: Int64?)]
        let busy: [(hint: CooldownHint?, told: Int64?)]

        init() {
            throttled = HintSample.all.map { ($0.hint(status: 429), $0.seconds) }
            let retryAfter = HintSample.all.filter { $0.fields["retry-after"] != nil && $0.body.isEmpty }
            busy = retryAfter.map { ($0.hint(status: 503), $0.seconds) }
        }

        func reading(_ mark: Int64) -> Reading {
            Reading(
                amounts: template.amounts, providerSaysLow: nil, asOf: WallTime(milliseconds: mark), reply: template.reply)
        }
    }

    private let supplies: Supplies
    private var random: SplitMix64
    private var machine: RefreshMachine
    private var models: [ReferenceModel] = []
    private var policies: [RefreshPolicy] = []
    /// Ended or superseded calls, whose reports must be ignored.
    private var ended: [(credential: Int, id: FetchID)] = []
    private var monotonic: Int64 = 1_000_000 * ReferenceModel.second
    private var wall: Int64 = 1_800_000_000_000
    private var nextWaiter: UInt64 = 1
    private var nextMark: Int64 = 1
    private let focus: Int
    private let isOutage: Bool
    private(set) var tally = Tally()

    /// The table holds two of the three passed-through credentials, so that they evict each other.
    private static let tableSize = 2

    init(seed: UInt64, supplies: Supplies) {
        self.supplies = supplies
        random = SplitMix64(seed: seed)
        machine = RefreshMachine(limits: MachineLimits(passThroughCredentials: Self.tableSize), seed: random.next())
        let usesBudget = random.below(3) == 0
        focus = random.below(supplies.keys.count)
        isOutage = random.below(4) == 0
        for number in supplies.keys.indices {
            let budget: (calls: Int, window: Int64)? = usesBudget && number % 2 == 0 ? (3, 60 * ReferenceModel.second) : nil
            let model = ReferenceModel.Policy(
                ttl: 30 * ReferenceModel.second, staleFor: 600 * ReferenceModel.second, timeout: 5 * ReferenceModel.second,
                budget: budget, isConfigured: number < 2)
            models.append(ReferenceModel(policy: model))
            policies.append(
                RefreshPolicy(
                    ttl: .nanoseconds(model.ttl), staleFor: .nanoseconds(model.staleFor), timeout: .nanoseconds(model.timeout),
                    budget: budget.map { CallBudget(calls: $0.calls, window: .nanoseconds($0.window)) },
                    residence: model.isConfigured ? .configured : .passThrough))
        }
    }

    private var now: Moment {
        Moment(monotonic: MonotonicTime(nanoseconds: monotonic), wall: WallTime(milliseconds: wall))
    }

    // MARK: Running

    mutating func run() -> Tally {
        tally.schedules = 1
        do {
            for _ in 0..<(10 + random.below(16)) { try step() }
            for credential in models.indices where models[credential].flight != nil { try succeed(credential) }
            for model in models where !model.waiting.isEmpty { throw Violation(text: "a waiter was lost") }
        } catch let violation as Violation {
            tally.violations.append(violation.text)
        } catch {}
        return tally
    }

    private mutating func count(_ what: String) { tally.counts[what, default: 0] += 1 }

    private mutating func step() throws {
        tally.events += 1
        // Most of a schedule is about one credential, so that it gets far: five failures in a row, a probe, the next.
        let credential = random.below(3) > 0 ? focus : random.below(supplies.keys.count)
        passTime(near: credential)
        if isOutage, random.below(4) > 0 { return try outage(credential) }
        switch random.below(100) {
        case 0..<42: try request(credential, demand: random.pick(Self.demands))
        case 42..<48: leave(credential)
        case 48..<60: try succeed(credential)
        case 60..<84:
            let (failure, told) = randomFailure()
            try fail(credential, failure, told: told)
        case 84..<92: try becomeOverdue(credential)
        case 92..<94: try reportEnded()
        case 94..<95: try clear(credential)
        case 95..<96: try remove(credential)
        case 96..<97: try restart()
        default: wall += [-86_400_000, -1_000, 1_000, 86_400_000][random.below(4)]
        }
        try check(credential)
    }

    /// Little, much, or exactly to a nanosecond before, at or after the next deadline: that is where mistakes are.
    private mutating func passTime(near credential: Int) {
        let second = ReferenceModel.second
        let step: Int64
        switch random.below(10) {
        case 0...3: step = 0
        case 4: step = 40_000_000
        case 5: step = Int64(random.below(3_000)) * 1_000_000
        case 6: step = Int64(1 + random.below(60)) * second
        case 7: step = [300, 600, 630, 3_600, 7_200][random.below(5)] * second
        default:
            let model = models[credential]
            let deadlines = [model.earliest, model.latest, model.freshUntil, model.freshUntil + model.policy.staleFor]
            step = max(0, deadlines[random.below(4)] &- monotonic) + Int64(random.below(3) - 1)
            guard step < 10_000 * second else { return }
        }
        monotonic += max(0, step)
        wall += max(0, step) / 1_000_000
    }

    /// Nothing but failures, each as soon as a call may begin.
    private mutating func outage(_ credential: Int) throws {
        if models[credential].flight == nil {
            monotonic = max(monotonic, models[credential].latest)
            try request(credential, demand: .newest)
        } else if random.below(8) > 0 {
            try fail(credential, FetchFailure(code: random.pick([.upstreamError, .unreachable, .invalidResponse])), told: nil)
        } else {
            try becomeOverdue(credential)
        }
        try check(credential)
    }

    // MARK: Events

    private static let demands: [Demand] = [.anyHeld, .anyHeld, .newest, .newest, .newerThan(age: .seconds(10)), .heldOnly]

    private mutating func request(_ credential: Int, demand: Demand) throws {
        let waiter = WaiterID(nextWaiter)
        nextWaiter += 1
        let wasKnown = models[credential].isKnown
        let action = machine.requested(
            supplies.keys[credential], policy: policies[credential], demand: demand, waiter: waiter, now: now)
        try noteEvictions(newcomer: credential, wasKnown: wasKnown)
        if demand != .heldOnly || wasKnown, action != .blocked(.empty, .tableFull) {
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
            } else if demand != .heldOnly {
                try require(model.flight != nil || !model.mustStart(monotonic), "no refresh although nothing forbids it")
            }
        case .start(let start):
            count("start \(start.kind)")
            try mayStart(credential, start, demand)
            models[credential].waiting.insert(waiter)
        case .join(let id):
            count(model.isOverdue ? "join overdue" : "join")
            try require(model.flight == id && demand != .heldOnly, "joined what is not in flight")
            models[credential].waiting.insert(waiter)
        case .blocked(let view, let reason):
            try checkBlocked(credential, view, reason, demand)
        }
    }

    private mutating func checkBlocked(
        _ credential: Int, _ view: AccountView, _ reason: BlockReason, _ demand: Demand
    ) throws {
        switch reason {
        case .heldOnly:
            count("blocked heldOnly")
            try require(demand == .heldOnly && view.status == .unavailable, "heldOnly blocked although something is held")
        case .tableFull:
            count("blocked tableFull")
            try require(credential >= 2 && !models[credential].isKnown, "a known credential refused for want of room")
            for other in 2..<models.count where models[other].isKnown {
                try require(models[other].flight != nil || mayCool(other), "the table is full of what may go")
            }
        case .coolingDown, .keyRejected, .backingOff, .open, .limited:
            count("blocked")
            let model = models[credential]
            try require(demand != .heldOnly, "only-if-cached has one reason")
            try require(!model.mustStart(monotonic), "blocked (\(reason)) although nothing forbids a call")
            try require(
                view.problem != nil || view.status != .unavailable, "unavailable without a reason when blocked by \(reason)")
        }
    }

    /// A call begins: the invariants that matter most.
    private mutating func mayStart(_ credential: Int, _ start: FetchStart, _ demand: Demand) throws {
        let model = models[credential]
        try require(demand != .heldOnly, "only-if-cached asked the provider")
        try require(model.flight == nil, "two calls in flight")
        try require(monotonic >= model.earliest, "a call inside a cooldown, backoff, auth hold or open circuit")
        try require(model.budgetAllows(monotonic), "a call beyond the budget")
        try require(start.kind == (model.isOpen ? .probe : .first), "\(start.kind) in the wrong state")
        models[credential].started(start.id, now: monotonic)
        models[credential].latest = min(model.latest, monotonic)
    }

    private mutating func leave(_ credential: Int) {
        guard let waiter = models[credential].waiting.min(by: { $0.rawValue < $1.rawValue }) else { return }
        count("left")
        machine.waiterLeft(supplies.keys[credential], waiter)
        models[credential].waiting.remove(waiter)
    }

    private mutating func succeed(_ credential: Int) throws {
        guard let id = models[credential].flight else { return }
        count(models[credential].isOverdue ? "late success" : "success")
        let mark = nextMark
        nextMark += 1
        let action = machine.fetchSucceeded(
            supplies.keys[credential], fetch: id, reading: supplies.reading(mark), now: now)
        guard case .settled(let wake, let view, let changed) = action else { throw Violation(text: "a success was ignored") }
        try woken(credential, wake)
        ended.append((credential, id))
        try require(changed && view.reading?.asOf?.milliseconds == mark && view.problem == nil, "a success is not shown")
        models[credential].succeeded(mark: mark, now: monotonic)
        try settleRemoval(credential)
    }

    private mutating func fail(_ credential: Int, _ failure: FetchFailure, told: Int64?) throws {
        guard let id = models[credential].flight else { return }
        let retry = models[credential].retry(failure, now: monotonic)
        let wasOverdue = models[credential].isOverdue
        let action = machine.fetchFailed(supplies.keys[credential], fetch: id, failure: failure, now: now)
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

    private mutating func randomFailure() -> (FetchFailure, told: Int64?) {
        switch random.below(12) {
        case 0: return (FetchFailure(code: .unauthorized, upstreamStatus: 401), nil)
        case 1: return (FetchFailure(code: .forbidden, upstreamStatus: 403), nil)
        case 2...4:
            let (hint, told) = random.pick(supplies.throttled)
            return (FetchFailure(code: .rateLimited, upstreamStatus: 429, hint: hint), told)
        case 5:
            let (hint, told) = random.pick(supplies.busy)
            return (FetchFailure(code: .upstreamError, upstreamStatus: 503, hint: hint), told)
        case 6...7: return (FetchFailure(code: .upstreamError, upstreamStatus: 500), nil)
        case 8: return (FetchFailure(code: .unreachable), nil)
        case 9: return (FetchFailure(code: .timeout), nil)
        case 10: return (FetchFailure(code: .upstreamError, upstreamStatus: 404), nil)
        default: return (FetchFailure(code: .invalidResponse, upstreamStatus: 200), nil)
        }
    }

    private mutating func becomeOverdue(_ credential: Int) throws {
        guard let id = models[credential].flight else { return }
        let action = machine.fetchOverdue(supplies.keys[credential], fetch: id, now: now)
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
    private mutating func reportEnded() throws {
        guard !ended.isEmpty else { return }
        count("report of an ended call")
        let (credential, id) = random.pick(ended)
        let key = supplies.keys[credential]
        try require(machine.fetchOverdue(key, fetch: id, now: now) == .ignored, "an ended call became overdue")
        try require(
            machine.fetchSucceeded(key, fetch: id, reading: supplies.template, now: now) == .ignored,
            "an ended call brought a reading")
        try require(
            machine.fetchFailed(key, fetch: id, failure: FetchFailure(code: .forbidden), now: now) == .ignored,
            "an ended call failed again")
    }

    private mutating func clear(_ credential: Int) throws {
        switch machine.cooldownCleared(supplies.keys[credential], now: now) {
        case .cleared(let view):
            count("cleared")
            try require(view.hold == nil && monotonic < models[credential].latest, "cleared what did not run")
            models[credential].forgiven()
        case .nothingHeld:
            try require(monotonic >= models[credential].earliest, "not cleared although it runs")
        }
    }

    private mutating func remove(_ credential: Int) throws {
        guard models[credential].isKnown else { return }
        count("removed")
        machine.credentialRemoved(supplies.keys[credential], now: now)
        models[credential].isRemoved = true
        try settleRemoval(credential)
    }

    /// A removed credential whose call has ended is forgotten, but for what still runs.
    private mutating func settleRemoval(_ credential: Int) throws {
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
    private mutating func restart() throws {
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

    // MARK: Checks

    private mutating func woken(_ credential: Int, _ wake: [WaiterID]) throws {
        try require(wake.count == Set(wake).count, "a waiter was woken twice")
        try require(Set(wake) == models[credential].waiting, "not those were woken who wait")
        models[credential].waiting = []
    }

    private mutating func noteEvictions(newcomer: Int, wasKnown: Bool) throws {
        guard newcomer >= 2, !wasKnown else { return }
        for other in models.indices where other != newcomer && models[other].isKnown {
            guard machine.status(supplies.keys[other], now: now) == nil else { continue }
            count("evicted")
            try require(models[other].flight == nil, "evicted with a call in flight")
            try require(
                !(models[other].wasRefused && monotonic < models[other].earliest), "evicted while the provider said later")
            models[other].vanished()
        }
    }

    private func mayCool(_ credential: Int) -> Bool {
        models[credential].wasRefused && monotonic < models[credential].latest
    }

    private mutating func check(_ credential: Int) throws {
        let key = supplies.keys[credential]
        let model = models[credential]
        let view = machine.view(key, policy: policies[credential], now: now)
        guard model.isKnown else { return try require(view == .empty, "something is known of a stranger") }
        try require(view.status == model.status(monotonic), "\(view.status), should be \(model.status(monotonic))")
        try require((view.reading == nil) == (view.status == .unavailable), "a value of nothing, or nothing of a value")
        try require(view.reading == nil || view.reading?.asOf?.milliseconds == model.mark, "somebody else's reading")
        try require(
            view.problem?.code == model.shownCode(), "\(view.problem?.code as Any), should be \(model.shownCode() as Any)")
        try require(view.isRefreshing == (model.flight != nil), "isRefreshing is wrong")
        try checkHold(credential, view)
        try checkValidity(key, credential, view)
    }

    private mutating func checkHold(_ credential: Int, _ view: AccountView) throws {
        let model = models[credential]
        if let until = view.hold?.until.monotonic.nanoseconds {
            try require(until >= model.told, "a deadline moved back")
            models[credential].told = until
            try require(until >= min(model.earliest, model.latest), "a hold is too short")
            try require(until <= max(model.latest, model.told, monotonic), "a hold is too long")
        } else {
            try require(monotonic >= model.earliest, "a hold is missing")
        }
        if let code = view.problem?.code, code.withholdsStale {
            try require(view.problem?.retryAt == nil && view.status == .unavailable, "a rejected key shows a reading")
        }
    }

    /// Without events the view is the same until `validUntil`, and another from then on.
    private func checkValidity(_ key: CredentialKey, _ credential: Int, _ view: AccountView) throws {
        guard view.validUntil != .distantFuture else { return }
        try require(view.validUntil > now.monotonic, "valid until the past")
        let end = view.validUntil.nanoseconds
        for (time, isSame) in [(end - 1, true), (end, false)] {
            let moment = Moment(monotonic: MonotonicTime(nanoseconds: time), wall: now.wall)
            let later = machine.view(key, policy: policies[credential], now: moment)
            try require((later.status == view.status) == isSame, "validUntil is not when the status changes")
            try require(!isSame || later == view, "the view changed before its validUntil")
        }
    }

    private func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Violation(text: text()) }
    }
}
