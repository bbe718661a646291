import BursarEngine
import BursarInsight
import BursarModel
import BursarStore
import Testing

extension `The contract of a store` {
    private static let key = AlertKey(Samples.account(), "below")

    /// Everything that can be said, said.
    private static func sample() -> AlertChanges {
        var facts = AlertFacts(
            value: Samples.amount("49.9900").value, unit: Samples.amount("1").unit, readAt: Samples.now, detail: "timeout")
        var state = AlertState()
        state.candidate = .init(since: Samples.now, last: Samples.now.advanced(by: .seconds(1)), readings: 2, facts: facts)
        (state.firing, state.firedAt, state.since) = ("evt_1", Samples.now, Samples.now.advanced(by: .seconds(-60)))
        (state.recoveredAt, state.remindedAt, state.fired) = (Samples.now, Samples.now, facts)
        (state.told, state.confirmed) = (["ops": "evt_1", "chat": "evt_0"], ["ops"])
        var changes = AlertChanges()
        changes.states[key] = state
        changes.events["evt_1"] = AlertEvent(
            id: "evt_1", kind: .low, key: key, at: Samples.now, since: Samples.now, facts: facts, before: facts, limit: "50.00",
            firing: "evt_0", isReminder: true)
        facts.value = nil
        (facts.unit, facts.detail) = (nil, nil)
        changes.events["evt_2"] = AlertEvent(
            id: "evt_2", kind: .known, key: key, at: Samples.now, since: Samples.now, facts: facts)
        changes.deliveries[.init(target: "ops", event: "evt_1")] = AlertDelivery(queuedAt: Samples.now, message: "msg_1")
        changes.deliveries[.init(target: "chat", event: "evt_2")] = AlertDelivery(queuedAt: Samples.now)
        changes.messages["msg_1"] = AlertMessage(
            id: "msg_1", target: "ops", madeAt: Samples.now, dueAt: Samples.now.advanced(by: .seconds(5)), attempts: 3,
            mayHaveArrived: true)
        changes.mutes[Samples.account()] = Samples.now.advanced(by: .seconds(7_200))
        var target = AlertTargetRecord()
        (target.pausedWith, target.pausedAt, target.pausedStatus) = ("abc", Samples.now, 404)
        target.sent = [Samples.now, Samples.now.advanced(by: .seconds(9))]
        changes.targets["ops"] = target
        return changes
    }

    @Test(arguments: Implementation.allCases)
    func `what was told, and is to be, comes back whole`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        let changes = Self.sample()
        try await store.write(StoreBatch(alerts: changes, now: Samples.now))
        var expected = AlertRecords()
        expected.apply(changes)
        let contents = try await store.open(identity: nil)
        #expect(contents.alerts == expected && contents.unreadable == 0)
        #expect(contents.alerts.events["evt_1"]?.facts.value?.description == "49.9900")
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `what is taken back of alerts is gone, and the rest stays`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        try await store.write(StoreBatch(alerts: Self.sample(), now: Samples.now))
        var changes = AlertChanges()
        changes.events["evt_1"] = .some(nil)
        changes.deliveries[.init(target: "ops", event: "evt_1")] = .some(nil)
        changes.messages["msg_1"] = .some(nil)
        changes.mutes[Samples.account()] = .some(nil)
        changes.targets["ops"] = .some(nil)
        changes.states[Self.key] = AlertState()
        try await store.write(StoreBatch(alerts: changes, now: Samples.now))
        let left = try await store.open(identity: nil).alerts
        #expect(left.states == [Self.key: AlertState()] && left.messages.isEmpty && left.mutes.isEmpty && left.targets.isEmpty)
        #expect(left.events.keys.sorted() == ["evt_2"] && left.deliveries.count == 1)
        changes = AlertChanges()
        changes.states[Self.key] = .some(nil)
        try await store.write(StoreBatch(alerts: changes, now: Samples.now))
        #expect(try await store.open(identity: nil).alerts.states.isEmpty)
        withExtendedLifetime(owner) {}
    }

    /// The ledger's own way through a store: each step kept, read back, gone on with.
    @Test(arguments: Implementation.allCases)
    func `a ledger that is read back goes on where it was`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        let account = Samples.account()
        let rules = [account: [AlertRule(name: "below", condition: .below(ExactDecimal(50), unit: nil), targets: ["ops"])]]
        var told: [AlertEvent.Kind] = []
        for (index, value) in ["40", "39", "38", "38", "100", "101", "102"].enumerated() {
            let contents = try await store.open(identity: nil)
            var ledger = AlertLedger(contents.alerts, seed: UInt64(index))
            ledger.configure(rules: rules, targets: [AlertTarget(name: "ops")])
            let now = Samples.now.advanced(by: .seconds(index * 120))
            ledger.read(account, [Samples.amount(value)], at: now, now: now)
            ledger.tick(now)
            let due = ledger.takeDue(now)
            try await store.write(StoreBatch(alerts: ledger.takeChanges(), now: now))
            for dispatch in due {
                if case .events(let events) = dispatch.content { told += events.map(\.kind) }
                ledger.finished(dispatch.target, .delivered, now: now)
            }
            try await store.write(StoreBatch(alerts: ledger.takeChanges(), now: now))
        }
        #expect(told == [.low, .recovered])
        let left = try await store.open(identity: nil).alerts
        #expect(left.events.isEmpty && left.deliveries.isEmpty && left.messages.isEmpty)
        withExtendedLifetime(owner) {}
    }
}
