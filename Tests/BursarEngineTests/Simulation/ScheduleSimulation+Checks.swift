import BursarModel

@testable import BursarEngine

extension ScheduleSimulation {
    func woken(_ credential: Int, _ wake: [WaiterID]) throws {
        try require(wake.count == Set(wake).count, "a waiter was woken twice")
        try require(Set(wake) == models[credential].waiting, "not those were woken who wait")
        models[credential].waiting = []
    }

    func noteEvictions(newcomer: Int, wasKnown: Bool) throws {
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

    func mayCool(_ credential: Int) -> Bool {
        models[credential].wasRefused && monotonic < models[credential].latest
    }

    func check(_ credential: Int) throws {
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
        // Two more views each time would be a third of the whole cost.
        if tally.events % 3 == 0 { try checkValidity(key, credential, view) }
    }

    func checkHold(_ credential: Int, _ view: AccountView) throws {
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
            try require(view.status == .unavailable, "a rejected key shows a reading")
        }
    }

    /// Without events the view is the same until `validUntil`, and another from then on.
    func checkValidity(_ key: CredentialKey, _ credential: Int, _ view: AccountView) throws {
        guard view.validUntil != .distantFuture else {
            return try require(view.status == .unavailable, "a reading that is valid for ever")
        }
        try require(view.validUntil > now.monotonic, "valid until the past")
        let end = view.validUntil.nanoseconds
        for (time, isSame) in [(end - 1, true), (end, false)] {
            let moment = Moment(monotonic: MonotonicTime(nanoseconds: time), wall: now.wall)
            let later = machine.view(key, policy: policies[credential], now: moment)
            try require((later.status == view.status) == isSame, "validUntil is not when the status changes")
            try require(!isSame || later == view, "the view changed before its validUntil")
        }
    }

    func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Violation(text: text()) }
    }
}
