package import BursarModel

/// What was read lately, by which a top-up is told from a refund.
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

    /// What was added of each unit in one step.
    struct TopUp {
        let unit: AmountUnit
        let amount: ExactDecimal
        let before: ExactDecimal
        let after: ExactDecimal
        let since: WallTime
    }

    static func topUps(_ next: Observation, after past: [Observation]) -> [TopUp] {
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

    /// What was read in the future was read before a clock was set back. The last of it still says what there was: it counts as read
    /// just before the next, so that what was told of it is told once.
    mutating func settleClock(_ account: AccountID, _ now: WallTime, before next: WallTime) {
        guard let known = recent[account], let last = known.last, last.until > now else { return }
        let earlier = known.dropLast().filter { $0.at <= now }.map { observation in
            observation.until > now ? Self.seen(observation, observation.at) : observation
        }
        let before = next.advanced(by: .milliseconds(-1))
        recent[account] = earlier + [Self.seen(last, last.at > now ? max(before, earlier.last?.until ?? before) : last.at)]
    }

    private static func seen(_ observation: Observation, _ time: WallTime) -> Observation {
        Observation(at: time, until: time, amounts: observation.amounts)
    }

    /// Confirmations move the last one on; what is too old to matter goes.
    mutating func remember(_ next: Observation, of account: AccountID) {
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

    mutating func toppedUp(_ key: AlertKey, _ rule: AlertRule, _ topUp: TopUp, at: WallTime, now: WallTime) {
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
