package import BursarModel

/// From queues to targets, and back.
extension AlertLedger {
    /// Does what is due by time alone: mutes that end, candidates that fire, reminders.
    package mutating func tick(_ now: WallTime) {
        settle(now)
        for (account, until) in records.mutes where until <= now { set(mute: account, nil) }
        for key in candidates.sorted() { if let rule = rule(key) { fireIfDue(key, rule, now) } }
        for key in firing.sorted() {
            guard let rule = rule(key), let repeats = rule.repeats, !isMuted(key.account, now),
                let last = records.states[key]?.remindedAt, last.advanced(by: repeats) <= now
            else { continue }
            remind(key, rule, now)
        }
    }

    /// What is to be sent now, at most one thing a target; each is under way until ``finished(_:_:now:)``. Nothing of it may leave
    /// before ``takeChanges()`` is kept.
    package mutating func takeDue(_ now: WallTime) -> [AlertDispatch] {
        targets.keys.sorted().compactMap { name in
            guard let target = targets[name], underWay[name] == nil, !isPaused(target) else { return nil }
            return target.takesStates ? push(target, now) : message(target, now)
        }
    }

    /// The next moment at which something may be due; nil: only an event changes anything.
    package func nextWake(_ now: WallTime) -> WallTime? {
        var times = Array(records.mutes.values)
        for key in candidates { if let rule = rule(key), let time = firingTime(key, rule, now) { times.append(time) } }
        for key in firing {
            guard let repeats = rule(key)?.repeats, let last = records.states[key]?.remindedAt, !isMuted(key.account, now)
            else { continue }
            times.append(last.advanced(by: repeats))
        }
        for (name, target) in targets where underWay[name] == nil && !isPaused(target) {
            if target.takesStates {
                if let time = pushes[name], !reports(target, now).isEmpty { times.append(time) }
            } else {
                times += records.messages.values.filter { $0.target == name && !isAllMuted($0, now) }.map(\.dueAt)
                if let time = gatheredAt(target, now) { times.append(time) }
            }
        }
        return times.min()
    }

    func isPaused(_ target: AlertTarget) -> Bool { records.targets[target.name]?.pausedWith == target.fingerprint }

    /// Takes a pause back: the target is sent to again.
    package mutating func resume(_ name: String) {
        guard var record = records.targets[name], record.pausedWith != nil else { return }
        (record.pausedWith, record.pausedAt, record.pausedStatus) = (nil, nil, nil)
        set(target: name, record)
    }
}

// MARK: - Messages

extension AlertLedger {
    /// Waits for no message yet, is of no muted account, and does not overtake what is on its way of the same rule.
    private func isWaiting(_ id: AlertDelivery.ID, _ now: WallTime) -> Bool {
        guard let delivery = records.deliveries[id], delivery.message == nil, let key = records.events[id.event]?.key else {
            return false
        }
        guard !isMuted(key.account, now) else { return false }
        return !(queueOfKey[key] ?? []).contains { $0.target == id.target && records.deliveries[$0]?.message != nil }
    }

    /// When the oldest of what waits was queued.
    private func waitingSince(_ target: AlertTarget, _ now: WallTime) -> WallTime? {
        (queueOfTarget[target.name] ?? []).lazy.filter { isWaiting($0, now) }.compactMap { records.deliveries[$0]?.queuedAt }
            .min()
    }

    private func gatheredAt(_ target: AlertTarget, _ now: WallTime) -> WallTime? {
        guard let first = waitingSince(target, now) else { return nil }
        let time = first.advanced(by: AlertTiming.gathering)
        let sent = recentlySent(target, now)
        guard sent.count >= target.perHour, let oldest = sent.dropFirst(sent.count - target.perHour).first else { return time }
        return max(time, oldest.advanced(by: AlertTiming.rateWindow))
    }

    /// Times of the future are of a clock that was wrong.
    func recentlySent(_ target: AlertTarget, _ now: WallTime) -> [WallTime] {
        (records.targets[target.name]?.sent ?? []).filter { $0 <= now && $0.advanced(by: AlertTiming.rateWindow) > now }
    }

    private mutating func message(_ target: AlertTarget, _ now: WallTime) -> AlertDispatch? {
        let again = records.messages.values.filter {
            $0.target == target.name && !isAllMuted($0, now) && ($0.dueAt <= now || isAhead($0, now))
        }.min { ($0.dueAt, $0.id) < ($1.dueAt, $1.id) }
        if let again { return begin(again, now) }
        guard let time = gatheredAt(target, now), time <= now || isAhead(target, now) else { return nil }
        let message = AlertMessage(id: newID("msg_"), target: target.name, madeAt: now, dueAt: now)
        for id in (queueOfTarget[target.name] ?? []).filter({ isWaiting($0, now) }) {
            guard var delivery = records.deliveries[id] else { continue }
            delivery.message = message.id
            set(delivery: id, delivery)
        }
        var record = records.targets[target.name] ?? AlertTargetRecord()
        record.sent = recentlySent(target, now) + [now]
        set(target: target.name, record)
        return begin(message, now)
    }

    /// Made or tried in the future, or due later than anything may be: the clock was set back, and it would wait for as long as
    /// that was ahead.
    private func isAhead(_ message: AlertMessage, _ now: WallTime) -> Bool {
        message.madeAt > now || message.dueAt > now.advanced(by: AlertTiming.longestDelay)
    }

    /// Queued at a time that lies in the future: the clock was set back.
    private func isAhead(_ target: AlertTarget, _ now: WallTime) -> Bool {
        waitingSince(target, now).map { $0 > now } ?? false
    }

    private mutating func begin(_ message: AlertMessage, _ now: WallTime) -> AlertDispatch? {
        var message = message
        let events = queued(for: message.target).filter { $0.delivery.message == message.id }.map(\.event)
        guard !events.isEmpty else {
            // It says nothing. Only a damaged store has one, and what leans on it there waits anew.
            dissolve(message.id)
            return nil
        }
        let before = message.mayHaveArrived
        message.madeAt = now
        message.attempts += 1
        // As if it failed: what is not heard of again, because this process ends, is tried at that time.
        message.dueAt = now.advanced(
            by: AlertTiming.retry(after: message.attempts, asked: nil, word: random.next()) ?? AlertTiming.longestRetry)
        message.mayHaveArrived = true
        set(message: message.id, message)
        for event in events where event.kind.isFiring && !event.isReminder {
            guard let key = event.key else { continue }
            update(key) { state in
                state.told[message.target] = event.id
                state.confirmed.remove(message.target)
            }
        }
        underWay[message.target] = Attempt(
            content: .message(Attempt.Message(id: message.id, events: events, mayHaveArrivedBefore: before)),
            fingerprint: targets[message.target]?.fingerprint ?? "")
        return AlertDispatch(
            id: message.id, target: message.target, content: .events(events),
            attempt: message.attempts, at: now)
    }

    /// An attempt ended.
    /// - Returns: what it is taken for: that an address is gone is a failure where the target has another one by now.
    @discardableResult
    package mutating func finished(_ target: String, _ outcome: AlertOutcome, now: WallTime) -> AlertOutcome {
        guard let attempt = underWay.removeValue(forKey: target) else { return outcome }
        let isOfNow = attempt.fingerprint == targets[target]?.fingerprint
        var outcome = outcome
        if case .gone(let status) = outcome, !isOfNow {
            // The attempt went to the address of before the reload; that it is gone says nothing of the new one.
            outcome = .failed(reason: "http_\(status)", mayHaveArrived: false, retryAfter: nil)
        }
        switch attempt.content {
        case .message(let message): finished(message, target, outcome, isOfNow: isOfNow, now)
        // Since the reload it is due at once, whatever the old address asks for.
        case .push: if isOfNow { pushed(target, outcome, now) }
        }
        return outcome
    }

    private mutating func finished(
        _ attempt: Attempt.Message, _ target: String, _ outcome: AlertOutcome, isOfNow: Bool, _ now: WallTime
    ) {
        switch outcome {
        case .delivered:
            for event in attempt.events {
                // Its rule may be named no longer.
                guard let key = event.key, records.states[key] != nil else { continue }
                update(key) { state in
                    // The end of an earlier event leaves alone what the same message began.
                    guard let told = state.told[target], told == event.id || told == event.firing else { return }
                    if event.kind.isRecovery {
                        state.told[target] = nil
                        state.confirmed.remove(target)
                    } else {
                        state.confirmed.insert(target)
                    }
                }
            }
            remove(attempt.id, of: target)
        case .gone(let status):
            notArrived(attempt, target)
            dissolve(attempt.id)
            pause(target, status, now)
        case .failed(_, let mayHaveArrived, let retryAfter):
            if !mayHaveArrived { notArrived(attempt, target) }
            guard var message = records.messages[attempt.id] else { return }
            if !mayHaveArrived { message.mayHaveArrived = attempt.mayHaveArrivedBefore }
            guard isOfNow else { return startOver(message) }
            guard let delay = AlertTiming.retry(after: message.attempts, asked: retryAfter, word: random.next()) else {
                givenUp[target, default: 0] += 1
                remove(message.id, of: target)
                return
            }
            message.dueAt = now.advanced(by: delay)
            set(message: message.id, message)
        }
    }

    /// The target has another address: a message is due at once, and has all its attempts there, whatever the old one asked for.
    mutating func startOver(_ message: AlertMessage) {
        var message = message
        (message.dueAt, message.attempts) = (message.madeAt, 0)
        set(message: message.id, message)
    }

    /// The target took nothing in this attempt nor in one before: it was not told.
    private mutating func notArrived(_ attempt: Attempt.Message, _ target: String) {
        guard !attempt.mayHaveArrivedBefore else { return }
        for event in attempt.events where event.kind.isFiring && !event.isReminder {
            guard let key = event.key, records.states[key]?.told[target] == event.id else { continue }
            update(key) { $0.told[target] = nil }
            // It ended meanwhile: then there is nothing to tell at all.
            for entry in queued(key, for: target) where entry.event.kind.isRecovery && entry.event.firing == event.id {
                withdraw(entry.id)
            }
        }
    }

    /// Takes a message away; what was in it waits anew.
    private mutating func dissolve(_ message: String) {
        for (id, delivery) in records.deliveries where delivery.message == message {
            set(delivery: id, AlertDelivery(queuedAt: delivery.queuedAt))
        }
        if records.messages[message] != nil { set(message: message, nil) }
    }

    private mutating func remove(_ message: String, of target: String) {
        for entry in queued(for: target) where entry.delivery.message == message { withdraw(entry.id) }
        if records.messages[message] != nil { set(message: message, nil) }
    }

    /// The target is sent nothing more until ``resume(_:)``, or until ``configure(rules:targets:)`` gives it another fingerprint.
    mutating func pause(_ target: String, _ status: Int, _ now: WallTime) {
        guard let spec = targets[target] else { return }
        var record = records.targets[target] ?? AlertTargetRecord()
        (record.pausedWith, record.pausedAt, record.pausedStatus) = (spec.fingerprint, now, status)
        set(target: target, record)
    }
}
