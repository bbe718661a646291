package import BursarModel

/// A store that opened again has something else than memory has.
extension AlertLedger {
    /// All that is known here is what it is to have: an older file came back, or a new one was begun.
    package mutating func mark(insteadOf kept: AlertRecords) {
        markAll()
        for key in kept.states.keys where records.states[key] == nil { changes.states[key] = .some(nil) }
        for id in kept.events.keys where records.events[id] == nil { changes.events[id] = .some(nil) }
        for id in kept.deliveries.keys where records.deliveries[id] == nil { changes.deliveries[id] = .some(nil) }
        for id in kept.messages.keys where records.messages[id] == nil { changes.messages[id] = .some(nil) }
        for account in kept.mutes.keys where records.mutes[account] == nil { changes.mutes[account] = .some(nil) }
        for name in kept.targets.keys where records.targets[name] == nil { changes.targets[name] = .some(nil) }
    }

    /// It could not be read at the start: what was told before this process is known only now. Where a rule has told something since, or
    /// is about to, that is newer and stands.
    package mutating func learn(_ kept: AlertRecords) {
        let told = records.states.filter { $0.value.firing != nil || !$0.value.told.isEmpty }
        let mine = Set(told.keys).union(queueOfKey.keys)
        for (key, state) in kept.states where !mine.contains(key) {
            let isKnown = records.states[key]?.isKnown ?? false
            records.states[key] = state
            records.states[key]?.isKnown = isKnown
        }
        for (id, event) in kept.events {
            guard let key = event.key, !mine.contains(key) || event.kind == .toppedUp else { continue }
            records.events[id] = event
        }
        for (id, delivery) in kept.deliveries where records.events[id.event] != nil {
            records.deliveries[id] = delivery
            if let message = delivery.message { records.messages[message] = kept.messages[message] }
        }
        records.mutes.merge(kept.mutes.filter { changes.mutes[$0.key] == nil }) { newer, _ in newer }
        records.targets.merge(kept.targets) { newer, _ in newer }
        reindex()
        configure(rules: rules, targets: Array(targets.values))
        for id in records.events.keys { forgetEvent(id) }
        mark(insteadOf: kept)
    }

    /// Another process told of these rules until now, so what it kept is the newer; but for what was muted here by hand.
    package mutating func takeOver(_ kept: AlertRecords) {
        var next = AlertLedger(kept, seed: random.next())
        next.configure(rules: rules, targets: Array(targets.values))
        for (account, until) in changes.mutes { next.set(mute: account, until) }
        next.givenUp = givenUp
        self = next
    }
}
