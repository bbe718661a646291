import BursarDelivery
import BursarInsight
import BursarModel
import BursarUpstream
import Synchronization

/// What somebody asks for.
extension AlertDesk {
    /// Sends a test, now, whatever else is on its way. Nil where there is no such target.
    func test(_ name: String) async -> AlertOutcome? {
        guard let target = state.withLock({ $0.targets[name] }) else { return nil }
        let now = clock.now.wall
        let id = "test_\(now.milliseconds)_\(name)"
        let event = AlertEvent(
            id: "evt_\(id)", kind: .test, key: nil, at: now, since: now, facts: AlertFacts(readAt: now))
        let dispatch = AlertDispatch(id: "msg_\(id)", target: name, content: .events([event]), attempt: 1, at: now)
        let outcome = await courier.deliver(dispatch, to: target.delivery) { _ in nil }
        let change = state.withLock { state -> TargetHealth.Change? in
            // Whoever asks has looked after it.
            if outcome == .delivered { state.ledger.resume(name) }
            let change = state.health[name, default: TargetHealth()].ended(outcome, at: clock.now.wall)
            // A test leaves nothing alone, and of a target that is left alone it is no news.
            if case .gone = change { return nil }
            return change
        }
        if let change { tell(change, name) }
        wake.yield()
        return outcome
    }

    func mute(_ account: AccountID, for length: Duration) -> WallTime {
        let now = clock.now.wall
        let until = now.advanced(by: length)
        state.withLock { $0.ledger.mute(account, until: until, now: now) }
        wake.yield()
        return until
    }

    func unmute(_ account: AccountID) {
        state.withLock { state in _ = state.ledger.unmute(account) }
        wake.yield()
    }
}
