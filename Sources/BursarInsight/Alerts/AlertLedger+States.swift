package import BursarModel

/// How all stands, for targets that are told again and again.
extension AlertLedger {
    /// What fires for a target, and what ended in the last minutes; each with the newest that is known of it.
    package func reports(_ target: AlertTarget, _ now: WallTime) -> [AlertReport] {
        var reports: [AlertReport] = []
        for key in firing.union(ended) {
            guard let state = records.states[key], let rule = rule(key), rule.targets.contains(target.name) else { continue }
            if let open = state.firing, let event = records.events[open] {
                // What began while it is muted is told at the end of that.
                guard !isMuted(key.account, now) || state.told[target.name] != nil else { continue }
                reports.append(AlertReport(event: renewed(event, key).settled(by: now)))
            } else if let told = state.told[target.name], let event = records.events[told], let time = state.recoveredAt,
                time.advanced(by: AlertTiming.resolvedFor) > now
            {
                let ended = min(time, now)
                reports.append(AlertReport(event: event.settled(by: ended), end: end(of: event, key, state, at: ended)))
            }
        }
        return reports.sorted { ($0.event.at, $0.event.id) < ($1.event.at, $1.event.id) }
    }

    /// The same event, with what its rule was judged by last: it may have fired days ago.
    func renewed(_ event: AlertEvent, _ key: AlertKey) -> AlertEvent {
        guard let facts = latest[key], facts.readAt > event.facts.readAt else { return event }
        return AlertEvent(
            id: event.id, kind: event.kind, key: key, at: event.at, since: event.since, facts: facts,
            before: event.before ?? event.facts, limit: event.limit)
    }

    /// After a restart within those minutes, what it was by then is not known any more, and what it was before is.
    private func end(of event: AlertEvent, _ key: AlertKey, _ state: AlertState, at: WallTime) -> AlertEvent {
        if let end = ends[key], end.at == at { return end }
        return AlertEvent(
            id: event.id, kind: event.kind.end ?? .recovered, key: key, at: at, since: state.since ?? event.since,
            facts: AlertFacts(readAt: at), before: state.fired ?? event.facts, limit: event.limit, firing: event.id)
    }

    mutating func push(_ target: AlertTarget, _ now: WallTime) -> AlertDispatch? {
        for key in ended {
            guard let state = records.states[key], state.told[target.name] != nil,
                state.recoveredAt.map({ $0.advanced(by: AlertTiming.resolvedFor) <= now }) ?? true
            else { continue }
            update(key) { $0.told[target.name] = nil }
        }
        // Later than anything is put off: the clock was set back.
        guard let time = pushes[target.name], time <= now || time > now.advanced(by: AlertTiming.pushedFor) else { return nil }
        let reports = reports(target, now)
        guard !reports.isEmpty else { return nil }
        pushes[target.name] = now.advanced(by: AlertTiming.pushInterval)
        for report in reports where report.end == nil {
            if let key = report.event.key { update(key) { $0.told[target.name] = report.event.id } }
        }
        underWay[target.name] = Attempt(content: .push, fingerprint: target.fingerprint)
        return AlertDispatch(id: newID("msg_"), target: target.name, content: .states(reports), attempt: 1, at: now)
    }

    mutating func pushed(_ target: String, _ outcome: AlertOutcome, _ now: WallTime) {
        switch outcome {
        case .delivered: break
        case .gone(let status): pause(target, status, now)
        case .failed(_, _, let retryAfter):
            pushes[target] = now.advanced(by: max(AlertTiming.pushInterval, min(retryAfter ?? .zero, AlertTiming.pushedFor)))
        }
    }
}

extension AlertEvent.Kind {
    /// What tells that it ended; nil where it has no end.
    var end: AlertEvent.Kind? {
        switch self {
        case .low, .runwayShort: .recovered
        case .unknown, .keyRejected: .known
        case .recovered, .known, .toppedUp, .test: nil
        }
    }
}
