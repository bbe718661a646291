package import BursarModel

/// From edges to queues.
extension AlertLedger {
    mutating func fire(_ key: AlertKey, _ rule: AlertRule, _ candidate: AlertState.Candidate, _ now: WallTime) {
        let kind: AlertEvent.Kind
        var limit: String?
        switch rule.condition {
        case .below(let amount, _): (kind, limit) = (.low, amount.description)
        case .runway(let length): (kind, limit) = (.runwayShort, String(length.milliseconds))
        case .unavailable(let length): (kind, limit) = (.unknown, String(length.milliseconds))
        case .keyRejected: kind = .keyRejected
        case .toppedUp: return
        }
        let facts = latest[key] ?? candidate.facts
        let event = AlertEvent(
            id: newID("evt_"), kind: kind, key: key, at: now, since: min(candidate.since, now), facts: facts, limit: limit)
        update(key) { state in
            state.candidate = nil
            (state.firing, state.firedAt, state.fired, state.since) = (event.id, now, facts, event.since)
            (state.recoveredAt, state.remindedAt) = (nil, now)
        }
        ends[key] = nil
        set(event: event.id, event)
        for target in rule.targets {
            guard let spec = targets[target] else { continue }
            if spec.takesStates {
                pushes[target] = now
                continue
            }
            let ends = queued(key, for: target).filter { $0.event.kind.isRecovery }
            // It was told of the last one, and never that it ended: for this target nothing has changed.
            let wasTold = records.states[key]?.confirmed.contains(target) ?? false
            let untold = wasTold ? ends.filter { canWithdraw($0.id) } : []
            for end in untold { withdraw(end.id) }
            if untold.isEmpty { queue(event, for: target, now) }
        }
    }

    mutating func recover(_ key: AlertKey, _ rule: AlertRule, _ facts: AlertFacts, _ now: WallTime) {
        guard let state = records.states[key], let open = state.firing else { return }
        let opening = records.events[open]
        let event = AlertEvent(
            id: newID("evt_"), kind: opening?.kind.end ?? .recovered, key: key, at: now,
            since: state.since ?? state.firedAt ?? now, facts: facts, before: state.fired, limit: opening?.limit, firing: open)
        update(key) { state in
            state.firing = nil
            (state.recoveredAt, state.remindedAt) = (now, nil)
        }
        for target in targets.keys.sorted() {
            if targets[target]?.takesStates == true {
                if rule.targets.contains(target) { (pushes[target], ends[key]) = (now, event) }
                continue
            }
            // Superseded: what was not told is not told any more. What may have been told is followed by its end.
            for queued in queued(key, for: target) where queued.event.kind.isFiring { withdraw(queued.id) }
            guard let told = records.states[key]?.told[target] else { continue }
            // An end of it that is on its way already is the same to it. One of an earlier event is not: it may be in the very
            // message that told what ends here.
            let ends = queued(key, for: target).filter { $0.event.kind.isRecovery && $0.event.firing == told }
            let isOnItsWay = ends.contains { !canWithdraw($0.id) }
            for end in ends where canWithdraw(end.id) { withdraw(end.id) }
            guard !isOnItsWay else { continue }
            let ending = told == open ? event : asTold(event, told)
            queue(ending, for: target, now)
        }
    }

    /// The end, or a reminder, for a target that was told an earlier event than the last that fired: another event, which names
    /// that one, with what it was told then.
    private mutating func asTold(_ event: AlertEvent, _ told: String) -> AlertEvent {
        let first = records.events[told]
        return AlertEvent(
            id: newID("evt_"), kind: event.kind, key: event.key, at: event.at, since: first?.since ?? event.since,
            facts: event.facts, before: first.map { $0.before ?? $0.facts } ?? event.before, limit: event.limit, firing: told,
            isReminder: event.isReminder)
    }

    /// Told again. A target that was not told, because all attempts were in vain or because the rule did not name it then, is
    /// told the event itself, with the newest that is known of it: to this target it is no reminder.
    mutating func remind(_ key: AlertKey, _ rule: AlertRule, _ now: WallTime) {
        guard let state = records.states[key], let open = state.firing, let event = records.events[open] else { return }
        update(key) { $0.remindedAt = now }
        let newest = renewed(event, key)
        let reminder = AlertEvent(
            id: newID("evt_"), kind: event.kind, key: key, at: now, since: event.since, facts: latest[key] ?? event.facts,
            before: event.before ?? event.facts, limit: event.limit, firing: open, isReminder: true)
        for target in rule.targets where targets[target]?.takesStates == false && queued(key, for: target).isEmpty {
            if let told = state.told[target] {
                queue(told == open ? reminder : asTold(reminder, told), for: target, now)
            } else {
                set(event: open, newest)
                queue(newest, for: target, now)
            }
        }
    }

    mutating func queue(_ event: AlertEvent, for target: String, _ now: WallTime) {
        if records.events[event.id] == nil { set(event: event.id, event) }
        set(delivery: .init(target: target, event: event.id), AlertDelivery(queuedAt: now))
    }

    struct Queued {
        let id: AlertDelivery.ID
        let event: AlertEvent
        let delivery: AlertDelivery
    }

    /// What is on its way of one rule to one target.
    func queued(_ key: AlertKey, for target: String) -> [Queued] {
        sorted((queueOfKey[key] ?? []).filter { $0.target == target })
    }

    func queued(for target: String) -> [Queued] { sorted(queueOfTarget[target] ?? []) }

    /// Oldest first.
    private func sorted(_ ids: Set<AlertDelivery.ID>) -> [Queued] {
        ids.compactMap { id -> Queued? in
            guard let delivery = records.deliveries[id], let event = records.events[id.event] else { return nil }
            return Queued(id: id, event: event, delivery: delivery)
        }.sorted { ($0.delivery.queuedAt, $0.event.at, $0.id.event) < ($1.delivery.queuedAt, $1.event.at, $1.id.event) }
    }

    /// Whether it is certain that the target has not got it.
    func canWithdraw(_ id: AlertDelivery.ID) -> Bool {
        guard let message = records.deliveries[id]?.message else { return true }
        return records.messages[message]?.mayHaveArrived == false && underWay[id.target]?.message != message
    }

    mutating func dropSurplusTopUps() {
        for target in targets.keys {
            let waiting = queued(for: target).filter { $0.event.kind == .toppedUp && $0.delivery.message == nil }
            for surplus in waiting.dropLast(AlertTiming.mostTopUps) { withdraw(surplus.id) }
        }
    }
}

// MARK: - Muting

extension AlertLedger {
    package func isMuted(_ account: AccountID, _ now: WallTime) -> Bool { records.mutes[account].map { now < $0 } ?? false }

    /// Whether all that a message tells is of muted accounts: it is not tried again until one of them is heard of again.
    func isAllMuted(_ message: AlertMessage, _ now: WallTime) -> Bool {
        guard !records.mutes.isEmpty else { return false }
        return queued(for: message.target).allSatisfy { queued in
            guard queued.delivery.message == message.id, let key = queued.event.key else { return true }
            return isMuted(key.account, now)
        }
    }

    /// Nothing is told of the account until then; what differs by then is told at its end.
    package mutating func mute(_ account: AccountID, until: WallTime, now: WallTime) {
        set(mute: account, until)
        mutedAt[account] = now
        for id in records.deliveries.keys where records.deliveries[id]?.message == nil {
            guard let event = records.events[id.event], event.kind == .toppedUp, event.key?.account == account else { continue }
            withdraw(id)
        }
    }

    /// Whether it was muted.
    @discardableResult
    package mutating func unmute(_ account: AccountID) -> Bool {
        guard records.mutes[account] != nil else { return false }
        set(mute: account, nil)
        return true
    }
}
