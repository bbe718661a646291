package import BursarModel

/// From readings and failures to edges.
extension AlertLedger {
    /// A provider answered.
    /// - Parameter at: when the reading landed; one that is not newer than the one before says nothing.
    package mutating func read(_ account: AccountID, _ amounts: [Amount], at: WallTime, now: WallTime) {
        guard let rules = rules[account] else { return }
        let next = Observation(at: at, until: at, amounts: amounts)
        if at <= now { settleClock(account, now, before: at) }
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
                let isToppedUp = topUps.contains { $0.unit == amount.unit }
                if amount.value < limit {
                    holds(key, rule, facts, at: at, now: now)
                } else if !isFiring(key) || isToppedUp || amount.value >= Self.margin(limit) {
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
                    // The rule begins here: `remember` tells rises after this time that `fired` does not cover, and none before
                    // it.
                    if state.fired == nil { state.fired = AlertFacts(readAt: at) }
                }
                for topUp in topUps { toppedUp(key, rule, topUp, at: at, now: now) }
            case .runway:
                // What is pending follows from a reading before: the forecast of this one says whether it holds.
                if !isFiring(key), records.states[key]?.candidate != nil, latest[key].map({ $0.readAt < at }) ?? true {
                    unknown(key)
                }
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

    /// Another key stands in the place of the one that was asked with: what that brought says nothing of this one. An outage goes
    /// on: it is the provider's.
    package mutating func keyReplaced(_ account: AccountID) {
        guard let rules = rules[account] else { return }
        withheld.insert(account)
        for rule in rules {
            let isOutage = if case .unavailable = rule.condition { true } else { false }
            update(AlertKey(account, rule.name)) { state in
                state.isKnown = false
                if !isOutage { state.candidate = nil }
            }
        }
    }

    /// How long a balance is expected to last, as far as that is known.
    package enum Lasting: Sendable, Equatable {
        case unknown
        case expected(Duration)
        /// No end is in sight.
        case open
    }

    /// - Parameters:
    ///   - amount: what was left in the reading that this follows from; nil where that is not known.
    ///   - at: when that reading landed.
    package mutating func lasts(_ account: AccountID, _ lasting: Lasting, of amount: Amount?, at: WallTime, now: WallTime) {
        for rule in rules[account] ?? [] {
            guard case .runway(let limit) = rule.condition else { continue }
            let key = AlertKey(account, rule.name)
            // Judged already: what came between does not make the same reading say it again. One of the future is of a clock that
            // was set back.
            if let last = latest[key]?.readAt, last >= at, last <= now { continue }
            var facts = AlertFacts(value: amount?.value, unit: amount?.unit, readAt: at)
            switch lasting {
            case .unknown: unknown(key)
            case .open: ended(key, rule, facts, now: now)
            case .expected(let left):
                facts.detail = String(max(0, left.milliseconds))
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

extension AlertLedger {
    /// When the account was read last, as far as that is known here.
    package func lastRead(_ account: AccountID) -> WallTime? { recent[account]?.last?.until }
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
        let proof = proofTime(key, rule, now)
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
    func firingTime(_ key: AlertKey, _ rule: AlertRule, _ now: WallTime) -> WallTime? {
        guard let state = records.states[key], state.firing == nil, state.isKnown, let candidate = state.candidate else {
            return nil
        }
        if let proof = proofTime(key, rule, now) { return candidate.last >= proof ? candidate.last : nil }
        let time = candidate.readings >= 2 ? candidate.last : candidate.since.advanced(by: AlertTiming.settling)
        return max(time, Self.quietEnd(state, now) ?? time)
    }

    /// Until when what fired is quiet. A firing of the future is of a clock that was set back, and keeps nothing quiet.
    private static func quietEnd(_ state: AlertState, _ now: WallTime) -> WallTime? {
        state.firedAt.flatMap { $0 <= now ? $0.advanced(by: AlertTiming.quiet) : nil }
    }

    /// From when on a failed answer shows that an outage is long enough to be told: where nobody has asked since, it may be over.
    /// Nil for other rules, and while nothing fails.
    private func proofTime(_ key: AlertKey, _ rule: AlertRule, _ now: WallTime) -> WallTime? {
        guard case .unavailable(let length) = rule.condition, let state = records.states[key], state.firing == nil,
            let candidate = state.candidate
        else { return nil }
        let time = candidate.since.advanced(by: length)
        return max(time, Self.quietEnd(state, now) ?? time)
    }

    /// `open`: accounts whose outage one more failed answer would prove, and that were not asked since that is so. `next`: when
    /// the next account becomes one.
    package func questions(_ now: WallTime) -> (open: Set<AccountID>, next: WallTime?) {
        var open: Set<AccountID> = []
        var next: WallTime?
        for key in candidates {
            guard let rule = rule(key), let state = records.states[key], state.isKnown, let candidate = state.candidate,
                let proof = proofTime(key, rule, now), candidate.last < proof
            else { continue }
            if proof <= now { open.insert(key.account) } else { next = min(next ?? proof, proof) }
        }
        return (open, next)
    }

    mutating func fireIfDue(_ key: AlertKey, _ rule: AlertRule, _ now: WallTime) {
        guard let candidate = records.states[key]?.candidate, let time = firingTime(key, rule, now) else { return }
        // A candidate from the future dates from before the clock was set back. Its ten minutes cannot be measured, so it fires
        // now, unless the rule is still quiet.
        let isQuiet = records.states[key].flatMap { Self.quietEnd($0, now) }.map { $0 > now } ?? false
        guard time <= now || (candidate.since > now && !isQuiet) else { return }
        fire(key, rule, candidate, now)
    }

    /// 1.1 × the limit, or the limit where that has more digits than there are.
    static func margin(_ limit: ExactDecimal) -> ExactDecimal {
        ExactFactor(AlertTiming.amountMargin).flatMap { limit.multiplied(by: $0, decimals: nil) } ?? limit
    }
}
