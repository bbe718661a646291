package import BursarModel

/// From readings and failures to edges.
extension AlertLedger {
    /// What was known before this process: a rise is one against it. Nothing else is judged by it but a top-up that was kept as a
    /// reading and not yet as an event, because the process was killed in between.
    package mutating func remember(_ account: AccountID, _ history: [Observation], now: WallTime) {
        guard let rules = rules[account] else { return }
        var known = Array(history.suffix(AlertTiming.mostRecent))
        for rule in rules where rule.condition == .toppedUp {
            known = Self.mended(known, records.states[AlertKey(account, rule.name)]?.fired)
        }
        recent[account] = known + (recent[account] ?? [])
        // What is older was judged, and with more in sight.
        guard let newest = known.last?.at, newest > now.advanced(by: .zero - SpendCounters.lookBack / 2) else { return }
        let oldest = newest.advanced(by: .zero - AlertTiming.unkept)
        for rule in rules where rule.condition == .toppedUp {
            let key = AlertKey(account, rule.name)
            guard let judged = records.states[key]?.fired?.readAt else { continue }
            for (index, next) in known.enumerated() where next.at > max(judged, oldest) {
                let past = Array(known[..<index])
                for topUp in Self.topUps(next, after: past) { toppedUp(key, rule, topUp, at: next.at, now: now) }
            }
        }
    }

    /// With the reading that a top-up was told by, where the history was lost behind it: read again, it is no news.
    private static func mended(_ history: [Observation], _ told: AlertFacts?) -> [Observation] {
        guard let told, let value = told.value, let unit = told.unit,
            told.readAt > history.first?.at ?? WallTime(milliseconds: .min),
            !history.contains(where: { $0.at <= told.readAt && told.readAt <= $0.until })
        else { return history }
        let before = history.last { $0.at < told.readAt } ?? history.first
        let part = before?.amounts.available(of: unit)?.part
        let lost = Observation(
            at: told.readAt, until: told.readAt, amounts: [Amount(kind: .available, value: value, unit: unit, part: part)])
        return history.filter { $0.at < told.readAt } + [lost] + history.filter { $0.at > told.readAt }
    }

    /// A provider answered.
    /// - Parameter at: when the reading landed; one that is not newer than the one before says nothing.
    package mutating func read(_ account: AccountID, _ amounts: [Amount], at: WallTime, now: WallTime) {
        guard let rules = rules[account] else { return }
        let next = Observation(at: at, until: at, amounts: amounts)
        let past = recent[account] ?? []
        if let last = past.last, last.until >= at { return }
        let topUps = Self.topUps(next, after: past)
        remember(next, of: account)
        withheld.remove(account)
        for rule in rules {
            let key = AlertKey(account, rule.name)
            switch rule.condition {
            case .below(let limit, let unit):
                let amount = if let unit { amounts.available(of: unit) } else { amounts.ownAvailable }
                guard let amount else {
                    unknown(key)
                    continue
                }
                let facts = AlertFacts(value: amount.value, unit: amount.unit, readAt: at)
                let isHigh =
                    amount.value >= limit
                    && (isFiring(key)
                        ? amount.value >= Self.margin(limit) || topUps.contains { $0.unit == amount.unit } : true)
                if amount.value < limit {
                    holds(key, rule, facts, at: at, now: now)
                } else if isHigh {
                    ended(key, rule, facts, now: now)
                } else {
                    between(key, facts)
                }
            case .unavailable, .keyRejected:
                let own = amounts.ownAvailable
                ended(key, rule, AlertFacts(value: own?.value, unit: own?.unit, readAt: at), now: now)
            case .toppedUp:
                update(key) { state in
                    state.isKnown = true
                    // From here on, a rise that this state does not have was not told.
                    if state.fired == nil { state.fired = AlertFacts(readAt: at) }
                }
                for topUp in topUps { toppedUp(key, rule, topUp, at: at, now: now) }
            case .runway: break
            }
        }
    }

    /// A provider gave no answer that could be taken.
    /// - Parameter at: when; the same failure again says nothing.
    package mutating func failed(_ account: AccountID, _ code: ProblemCode, at: WallTime, now: WallTime) {
        guard let rules = rules[account] else { return }
        let isRejected = code == .unauthorized || code == .forbidden
        if isRejected { withheld.insert(account) }
        let tellsRejection = rules.contains { $0.condition == .keyRejected }
        let facts = AlertFacts(readAt: at, detail: code.rawValue)
        for rule in rules {
            let key = AlertKey(account, rule.name)
            switch rule.condition {
            case .below, .runway, .toppedUp: unknown(key)
            case .keyRejected: if isRejected { holds(key, rule, facts, at: at, now: now) } else { unknown(key) }
            case .unavailable:
                // One cause is told once.
                if isRejected && tellsRejection { unknown(key) } else { holds(key, rule, facts, at: at, now: now) }
            }
        }
    }

    /// Another key stands in the place of the one that was asked with: what that brought says nothing of this one.
    package mutating func keyReplaced(_ account: AccountID) {
        guard let rules = rules[account] else { return }
        withheld.insert(account)
        for rule in rules { unknown(AlertKey(account, rule.name)) }
    }

    /// How long a balance is expected to last, as far as that is known.
    package enum Lasting: Sendable, Equatable {
        case unknown
        case expected(Duration)
        /// No end is in sight.
        case open
    }

    package mutating func lasts(_ account: AccountID, _ lasting: Lasting, at: WallTime, now: WallTime) {
        for rule in rules[account] ?? [] {
            guard case .runway(let limit) = rule.condition else { continue }
            let key = AlertKey(account, rule.name)
            if let last = latest[key]?.readAt, last >= at, records.states[key]?.isKnown == true { continue }
            switch lasting {
            case .unknown: unknown(key)
            case .open: ended(key, rule, AlertFacts(readAt: at), now: now)
            case .expected(let left):
                let facts = AlertFacts(readAt: at, detail: String(max(0, left.milliseconds)))
                let clears = limit * AlertTiming.runwayMargin.numerator / AlertTiming.runwayMargin.denominator
                if left < limit {
                    holds(key, rule, facts, at: at, now: now)
                } else if !isFiring(key) || left >= clears {
                    ended(key, rule, facts, now: now)
                } else {
                    between(key, facts)
                }
            }
        }
    }
}

// MARK: - The machine of one rule

extension AlertLedger {
    func isFiring(_ key: AlertKey) -> Bool { records.states[key]?.firing != nil }

    private mutating func unknown(_ key: AlertKey) { update(key) { $0.isKnown = false } }

    /// High enough not to fire, and too low to be told as the end.
    private mutating func between(_ key: AlertKey, _ facts: AlertFacts) {
        latest[key] = facts
        update(key) { $0.isKnown = true }
    }

    private mutating func holds(_ key: AlertKey, _ rule: AlertRule, _ facts: AlertFacts, at: WallTime, now: WallTime) {
        latest[key] = facts
        let proof = proofTime(key, rule)
        update(key) { state in
            state.isKnown = true
            guard state.firing == nil else { return }
            // An outage that begins in the future is of a clock that was set back.
            guard var candidate = state.candidate, proof == nil || candidate.since <= at else {
                state.candidate = .init(since: at, last: at, readings: 1, facts: facts)
                return
            }
            // Two are enough, and of an outage the one that proves it: more would be written for nothing.
            guard at > candidate.last, proof.map({ at >= $0 }) ?? (candidate.readings < 2) else { return }
            (candidate.last, candidate.facts) = (at, facts)
            candidate.readings += 1
            state.candidate = candidate
        }
        fireIfDue(key, rule, now)
    }

    private mutating func ended(_ key: AlertKey, _ rule: AlertRule, _ facts: AlertFacts, now: WallTime) {
        latest[key] = facts
        update(key) { state in
            state.isKnown = true
            state.candidate = nil
        }
        if isFiring(key) { recover(key, rule, facts, now) }
    }

    /// When a candidate fires if nothing comes between; nil where only another reading can make it.
    func firingTime(_ key: AlertKey, _ rule: AlertRule) -> WallTime? {
        guard let state = records.states[key], state.firing == nil, state.isKnown, let candidate = state.candidate else {
            return nil
        }
        if let proof = proofTime(key, rule) { return candidate.last >= proof ? candidate.last : nil }
        var time = candidate.readings >= 2 ? candidate.last : candidate.since.advanced(by: AlertTiming.settling)
        if let last = state.firedAt { time = max(time, last.advanced(by: AlertTiming.quiet)) }
        return time
    }

    /// From when on a failed answer shows that an outage is long enough to be told: where nobody has asked since, it may be over.
    /// Nil for other rules, and while nothing fails.
    private func proofTime(_ key: AlertKey, _ rule: AlertRule) -> WallTime? {
        guard case .unavailable(let length) = rule.condition, let state = records.states[key], state.firing == nil,
            let candidate = state.candidate
        else { return nil }
        let time = candidate.since.advanced(by: length)
        // One that fired after this began is of a clock that was set back.
        guard let last = state.firedAt, last <= candidate.since else { return time }
        return max(time, last.advanced(by: AlertTiming.quiet))
    }

    /// The accounts of which a failure now would be told as an outage, and that nobody has asked since; and when there is another one.
    package func questions(_ now: WallTime) -> (open: Set<AccountID>, next: WallTime?) {
        var open: Set<AccountID> = []
        var next: WallTime?
        for key in candidates {
            guard let rule = rule(key), let state = records.states[key], state.isKnown, let candidate = state.candidate,
                let proof = proofTime(key, rule), candidate.last < proof
            else { continue }
            if proof <= now { open.insert(key.account) } else { next = min(next ?? proof, proof) }
        }
        return (open, next)
    }

    mutating func fireIfDue(_ key: AlertKey, _ rule: AlertRule, _ now: WallTime) {
        guard let candidate = records.states[key]?.candidate, let time = firingTime(key, rule) else { return }
        // A clock that was set back must not keep it quiet for longer than the hour.
        let isQuiet = records.states[key]?.firedAt.map { $0 <= now && $0.advanced(by: AlertTiming.quiet) > now } ?? false
        guard !isQuiet, time <= now || candidate.since > now else { return }
        fire(key, rule, candidate, now)
    }

    /// 1.1 × the limit, or the limit where that has more digits than there are.
    static func margin(_ limit: ExactDecimal) -> ExactDecimal {
        ExactFactor(AlertTiming.amountMargin).flatMap { limit.multiplied(by: $0, decimals: nil) } ?? limit
    }

    /// What was added of each unit in one step.
    struct TopUp {
        let unit: AmountUnit
        let amount: ExactDecimal
        let before: ExactDecimal
        let after: ExactDecimal
        let since: WallTime
    }

    private static func topUps(_ next: Observation, after past: [Observation]) -> [TopUp] {
        guard let last = past.last, SpendCounters.rises(last.amounts, next.amounts) else { return [] }
        return SpendCounters.units(next.amounts).compactMap { unit in
            var counters = SpendCounters.zero
            counters.count(next, after: past, unit: unit)
            guard counters.toppedUp > .zero, let after = next.amounts.available(of: unit),
                let before = last.amounts.available(before: after)
            else { return nil }
            return TopUp(
                unit: unit, amount: counters.toppedUp, before: before.value, after: after.value, since: last.until)
        }
    }

    /// Confirmations move the last one on; what is too old to matter goes.
    private mutating func remember(_ next: Observation, of account: AccountID) {
        var known = recent[account] ?? []
        if let last = known.last, last.amounts == next.amounts {
            known[known.count - 1] = Observation(at: last.at, until: next.at, amounts: last.amounts)
        } else {
            known.append(next)
        }
        let oldest = next.at.advanced(by: .zero - SpendCounters.lookBack)
        // The last one of before stays: the first change within is one against it.
        while known.count > 1, known.count > AlertTiming.mostRecent || known[1].at < oldest { known.removeFirst() }
        recent[account] = known
    }

    private mutating func toppedUp(_ key: AlertKey, _ rule: AlertRule, _ topUp: TopUp, at: WallTime, now: WallTime) {
        let facts = AlertFacts(value: topUp.after, unit: topUp.unit, readAt: at, detail: topUp.amount.description)
        latest[key] = facts
        let event = AlertEvent(
            id: newID("evt_"), kind: .toppedUp, key: key, at: now, since: topUp.since, facts: facts,
            before: AlertFacts(value: topUp.before, unit: topUp.unit, readAt: topUp.since))
        update(key) { state in
            state.fired = facts
            state.firedAt = now
        }
        guard !isMuted(key.account, now) else { return }
        for target in rule.targets where targets[target]?.takesStates == false { queue(event, for: target, now) }
        dropSurplusTopUps()
    }
}
