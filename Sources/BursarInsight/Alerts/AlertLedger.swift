import BursarBasics
package import BursarModel

/// Who is told what, and when: all decisions on alerts. *Value;* whoever owns it guards it. The clock is an argument.
///
/// One machine for each rule of each account (``AlertState``), and a queue for each target. ``takeChanges()`` gives what must be kept
/// before anything that ``takeDue(_:)`` gave is sent: then a process that ends at any moment tells nothing twice under another id, and
/// forgets nothing.
package struct AlertLedger: Sendable {
    package internal(set) var records: AlertRecords
    var changes = AlertChanges()
    var rules: [AccountID: [AlertRule]] = [:]
    var targets: [String: AlertTarget] = [:]
    /// What was read of each account lately, oldest first: top-ups are told from refunds by it.
    var recent: [AccountID: [Observation]] = [:]
    /// What each rule was judged by last, by this process.
    var latest: [AlertKey: AlertFacts] = [:]
    /// Accounts whose last reading may not be shown: their key was rejected, or it is another one now.
    var withheld: Set<AccountID> = []
    /// Rules whose condition holds and that have not fired.
    var candidates: Set<AlertKey> = []
    var firing: Set<AlertKey> = []
    /// Rules that ended, while not every target that was told of them knows it.
    var ended: Set<AlertKey> = []
    /// Deliveries by rule and by target, and the number of events of each message. Indexes: an outage makes ten thousand at once.
    var queueOfKey: [AlertKey: Set<AlertDelivery.ID>] = [:]
    var queueOfTarget: [String: Set<AlertDelivery.ID>] = [:]
    var eventsOfMessage: [String: Int] = [:]
    /// Attempts under way, by target: one at a time.
    var underWay: [String: Attempt] = [:]
    /// When states are told next, by target.
    var pushes: [String: WallTime] = [:]
    var random: SplitMix64
    /// The last end of each rule, for targets of states, which are told of it for some minutes. Not kept.
    var ends: [AlertKey: AlertEvent] = [:]
    /// When this process saw each mute first. Not kept: see ``settle(_:)``.
    var mutedAt: [AccountID: WallTime] = [:]
    /// How many messages were given up, by target: for the metrics.
    package internal(set) var givenUp: [String: UInt64] = [:]

    struct Attempt: Sendable {
        enum Content: Sendable {
            case message(Message)
            /// Of states.
            case push
        }

        struct Message: Sendable {
            let id: String
            let events: [AlertEvent]
            /// What the message's ``AlertMessage/mayHaveArrived`` was before.
            let mayHaveArrivedBefore: Bool
        }

        let content: Content
        /// The target's configuration that it is made with: what comes of it says nothing of another one.
        let fingerprint: String

        var message: String? { if case .message(let message) = content { message.id } else { nil } }
    }

    /// - Parameter seed: of ids and jitter.
    package init(_ records: AlertRecords = AlertRecords(), seed: UInt64) {
        self.records = records
        random = SplitMix64(seed: seed)
        for key in records.states.keys { self.records.states[key]?.isKnown = false }
        reindex()
        // An earlier version kept events that nothing needs.
        for id in records.events.keys { forgetEvent(id) }
    }

    /// Makes the indexes of what the records say.
    mutating func reindex() {
        candidates = Set(records.states.filter { $0.value.candidate != nil }.keys)
        firing = Set(records.states.filter { $0.value.firing != nil }.keys)
        ended = Set(records.states.filter { $0.value.firing == nil && !$0.value.told.isEmpty }.keys)
        (queueOfKey, queueOfTarget, eventsOfMessage) = ([:], [:], [:])
        for (id, delivery) in records.deliveries { index(id, nil, delivery) }
    }

    /// What must be kept by now; empty afterwards.
    package mutating func takeChanges() -> AlertChanges {
        defer { changes = AlertChanges() }
        return changes
    }

    /// Marks again what could not be kept: as it is by now, because something newer may have been kept meanwhile.
    package mutating func putBack(_ taken: AlertChanges) {
        for key in taken.states.keys { changes.states[key] = .some(records.states[key]) }
        for id in taken.events.keys { changes.events[id] = .some(records.events[id]) }
        for id in taken.deliveries.keys { changes.deliveries[id] = .some(records.deliveries[id]) }
        for id in taken.messages.keys { changes.messages[id] = .some(records.messages[id]) }
        for account in taken.mutes.keys { changes.mutes[account] = .some(records.mutes[account]) }
        for name in taken.targets.keys { changes.targets[name] = .some(records.targets[name]) }
    }

    /// All of it, for a store that was begun anew.
    package mutating func markAll() {
        // The values of changes are optional, nil for what is gone; mapValues makes optionals of these.
        changes.states.merge(records.states.mapValues { $0 }) { newer, _ in newer }
        changes.events.merge(records.events.mapValues { $0 }) { newer, _ in newer }
        changes.deliveries.merge(records.deliveries.mapValues { $0 }) { newer, _ in newer }
        changes.messages.merge(records.messages.mapValues { $0 }) { newer, _ in newer }
        changes.mutes.merge(records.mutes.mapValues { $0 }) { newer, _ in newer }
        changes.targets.merge(records.targets.mapValues { $0 }) { newer, _ in newer }
    }
}

// MARK: - Configuration

extension AlertLedger {
    /// What is told to whom, from here on. What belongs to rules and targets that are not named any more is forgotten.
    package mutating func configure(rules: [AccountID: [AlertRule]], targets: [AlertTarget]) {
        let before = self.rules
        let addresses = self.targets.mapValues(\.fingerprint)
        self.rules = rules.filter { !$0.value.isEmpty }
        for (account, rules) in before { for rule in rules { forgetReading(AlertKey(account, rule.name), by: rule.condition) } }
        // Also what another process kept, by a rule of the same name.
        for key in candidates {
            guard let rule = rule(key), let facts = records.states[key]?.candidate?.facts, !rule.condition.holds(facts) else {
                continue
            }
            latest[key] = nil
            update(key) { ($0.candidate, $0.isKnown) = (nil, false) }
        }
        self.targets = Dictionary(targets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for key in records.states.keys where rule(key) == nil { forget(key) }
        for id in records.deliveries.keys.sorted(by: { ($0.target, $0.event) < ($1.target, $1.event) }) {
            // One that is told states now makes its own messages of them.
            if self.targets[id.target]?.takesStates != false || records.events[id.event] == nil { withdraw(id) }
        }
        for key in records.states.keys {
            guard let told = records.states[key]?.told, told.keys.contains(where: { self.targets[$0] == nil }) else { continue }
            let left = told.filter { self.targets[$0.key] != nil }
            update(key) { state in
                state.told = left
                state.confirmed.formIntersection(left.keys)
            }
        }
        for name in records.targets.keys where self.targets[name] == nil { set(target: name, nil) }
        for name in records.targets.keys {
            guard let paused = records.targets[name]?.pausedWith, paused != self.targets[name]?.fingerprint else { continue }
            resume(name)
        }
        recent = recent.filter { self.rules[$0.key] != nil }
        latest = latest.filter { rule($0.key) != nil }
        withheld = withheld.filter { self.rules[$0] != nil }
        ends = ends.filter { rule($0.key) != nil }
        givenUp = givenUp.filter { self.targets[$0.key] != nil }
        for (name, target) in self.targets where addresses[name] != target.fingerprint {
            pushes[name] = WallTime(milliseconds: 0)
            // At the start it is not known where the process before sent to: its times stand.
            guard addresses[name] != nil else { continue }
            // One that is under way is looked at when its attempt ends.
            for message in records.messages.values where message.target == name && underWay[name]?.message != message.id {
                startOver(message)
            }
        }
    }

    /// A reading was judged by another condition than this one: nobody knows yet. An outage is one for however long it has to last.
    private mutating func forgetReading(_ key: AlertKey, by condition: AlertRule.Condition) {
        guard let rule = rule(key), rule.condition != condition else { return }
        if case (.unavailable, .unavailable) = (rule.condition, condition) { return }
        latest[key] = nil
        guard records.states[key] != nil else { return }
        let asksTheSame = rule.condition.asksAsDoes(condition)
        update(key) { state in
            state.isKnown = false
            if !asksTheSame { state.candidate = nil }
        }
    }

    private mutating func forget(_ key: AlertKey) {
        let state = records.states.removeValue(forKey: key)
        changes.states[key] = .some(nil)
        candidates.remove(key)
        firing.remove(key)
        ended.remove(key)
        for id in queueOfKey[key] ?? [] { withdraw(id) }
        for event in state?.events ?? [] { forgetEvent(event) }
    }

    func rule(_ key: AlertKey) -> AlertRule? { rules[key.account]?.first { $0.name == key.rule } }

    /// The accounts that somebody wants to be told of.
    package var accounts: Set<AccountID> { Set(rules.keys) }

    /// Whether a rule looks at how long the account lasts.
    package func wantsRunway(_ account: AccountID) -> Bool {
        rules[account]?.contains { if case .runway = $0.condition { true } else { false } } ?? false
    }
}

// MARK: - Records, and their marks

extension AlertLedger {
    mutating func update(_ key: AlertKey, _ change: (inout AlertState) -> Void) {
        var state = records.states[key] ?? AlertState()
        change(&state)
        set(state: key, state)
    }

    /// Apart from ``update(_:_:)``, which the compiler makes anew for each change.
    private mutating func set(state key: AlertKey, _ state: AlertState) {
        var before = records.states.updateValue(state, forKey: key) ?? AlertState()
        before.isKnown = state.isKnown
        if before != state || changes.states[key] != nil { changes.states[key] = state }
        if state.candidate == nil { candidates.remove(key) } else { candidates.insert(key) }
        if state.firing == nil { firing.remove(key) } else { firing.insert(key) }
        if state.firing == nil, !state.told.isEmpty { ended.insert(key) } else { ended.remove(key) }
        if (before.firing, before.told) != (state.firing, state.told) {
            for event in before.events.subtracting(state.events) { forgetEvent(event) }
        }
    }

    mutating func set(event id: String, _ event: AlertEvent?) {
        records.events[id] = event
        changes.events[id] = .some(event)
    }

    mutating func set(delivery id: AlertDelivery.ID, _ delivery: AlertDelivery?) {
        index(id, records.deliveries[id], delivery)
        records.deliveries[id] = delivery
        changes.deliveries[id] = .some(delivery)
    }

    private mutating func index(_ id: AlertDelivery.ID, _ before: AlertDelivery?, _ after: AlertDelivery?) {
        if let message = before?.message { eventsOfMessage[message, default: 1] -= 1 }
        if let message = before?.message, eventsOfMessage[message] ?? 0 <= 0 { eventsOfMessage[message] = nil }
        if let message = after?.message { eventsOfMessage[message, default: 0] += 1 }
        let key = records.events[id.event]?.key
        if after == nil {
            queueOfTarget[id.target]?.remove(id)
            if let key { queueOfKey[key]?.remove(id) }
            if let key, queueOfKey[key]?.isEmpty == true { queueOfKey[key] = nil }
        } else if before == nil {
            queueOfTarget[id.target, default: []].insert(id)
            if let key { queueOfKey[key, default: []].insert(id) }
        }
    }

    mutating func set(message id: String, _ message: AlertMessage?) {
        records.messages[id] = message
        changes.messages[id] = .some(message)
    }

    mutating func set(mute account: AccountID, _ until: WallTime?) {
        records.mutes[account] = until
        changes.mutes[account] = .some(until)
        mutedAt[account] = nil
    }

    mutating func set(target name: String, _ record: AlertTargetRecord?) {
        records.targets[name] = record
        changes.targets[name] = .some(record)
    }

    /// Takes an event out of a target's queue, and with it what nothing needs any more.
    mutating func withdraw(_ id: AlertDelivery.ID) {
        let message = records.deliveries[id]?.message
        set(delivery: id, nil)
        if let message, eventsOfMessage[message] == nil { set(message: message, nil) }
        forgetEvent(id.event)
    }

    /// Whether it fires, a target was told of it, or it is on its way. The states name the first two: ``update(_:_:)`` and
    /// ``withdraw(_:)`` forget what they drop, and nobody else has to.
    func isNeeded(_ event: String) -> Bool {
        guard let key = records.events[event]?.key else { return false }
        let state = records.states[key]
        return state?.firing == event || state?.told.values.contains(event) ?? false
            || queueOfKey[key]?.contains { $0.event == event } ?? false
    }

    mutating func forgetEvent(_ id: String) { if records.events[id] != nil, !isNeeded(id) { set(event: id, nil) } }

    mutating func newID(_ prefix: String) -> String { prefix + random.next().hexText + random.next().hexText }
}
