import BursarModel
import BursarStream
import BursarUpstream
import Synchronization

extension StreamHub {
    func began(_ subscriber: StreamSubscriber) {
        let now = refresher.now
        let planned = state.withLock { state -> Planned? in
            guard let active = state.active, let (view, expires) = Self.view(of: subscriber, active) else {
                subscriber.reads(StreamChannel([]), expires: nil)
                subscriber.dismiss(state.isStopped ? .draining : .credential)
                return nil
            }
            // First: whoever changes a row from here on does not pass by.
            isWatched.store(true, ordering: .releasing)
            join(subscriber, view, expires, active, &state, now)
            return plan(&state, now.monotonic)
        }
        schedule(planned)
    }

    func ended(_ subscriber: StreamSubscriber) {
        let now = refresher.now.monotonic
        let planned = state.withLock { state -> Planned? in
            leave(subscriber, &state, now)
            isWatched.store(!state.views.isEmpty, ordering: .releasing)
            return plan(&state, now)
        }
        schedule(planned)
    }

    /// Nil: its credential is not good any more.
    static func view(of subscriber: StreamSubscriber, _ active: ActiveConfiguration) -> (StreamView, WallTime?)? {
        guard case .success(let caller) = active.callers.caller(of: subscriber.credential) else { return nil }
        return (StreamView(active.scopes[caller.scope].visibility, subscriber.filter), caller.client?.expires)
    }

    func join(
        _ subscriber: StreamSubscriber, _ view: StreamView, _ expires: WallTime?, _ active: ActiveConfiguration,
        _ state: inout State, _ now: Moment
    ) {
        var group: Group
        if let known = state.groups[view] {
            group = known
            state.groups[view] = nil
            // Nobody told it of changes while it slept.
            if group.members.isEmpty { _ = group.channel.show(look(at: group.positions, active, &state, now)) }
        } else {
            let positions = active.directory.entries.indices.filter { view.shows(active.directory[$0].id) }
            group = Group(channel: StreamChannel(look(at: positions, active, &state, now)), positions: positions)
        }
        if group.members.isEmpty { state.plan.watched(group.positions) }
        group.members[ObjectIdentifier(subscriber)] = subscriber
        group.asleepSince = nil
        if subscriber.asks {
            if group.askers == 0 { state.plan.asked(group.positions) }
            group.askers += 1
        }
        subscriber.reads(group.channel, expires: expires)
        state.views[ObjectIdentifier(subscriber)] = view
        state.groups[view] = group
    }

    private func leave(_ subscriber: StreamSubscriber, _ state: inout State, _ now: MonotonicTime) {
        guard let view = state.views.removeValue(forKey: ObjectIdentifier(subscriber)), var group = state.groups[view] else {
            return
        }
        state.groups[view] = nil
        group.members[ObjectIdentifier(subscriber)] = nil
        if subscriber.asks {
            group.askers -= 1
            if group.askers == 0 { state.plan.asked(group.positions, by: -1) }
        }
        if group.members.isEmpty {
            state.plan.watched(group.positions, by: -1)
            group.asleepSince = now
        }
        state.groups[view] = group
        forgetSleepers(&state, now)
    }

    func forgetSleepers(_ state: inout State, _ now: MonotonicTime) {
        var asleep = state.groups.compactMap { view, group in group.asleepSince.map { (view, since: $0) } }
        asleep.sort { $0.since > $1.since }
        for (index, (view, since)) in asleep.enumerated()
        where index >= Self.mostAsleep || since.duration(to: now) >= Self.sleep {
            state.groups[view] = nil
        }
    }
}

// MARK: - Configurations

extension StreamHub {
    /// Another configuration is in force, or the first: every subscriber is looked at anew. What it may not see any more goes from its
    /// client; whose credential has ended, ends.
    func follow(_ active: ActiveConfiguration) {
        if isWatched.load(ordering: .acquiring) { prepare(active.directory, active.rows) }
        let now = refresher.now
        let (concerned, planned) = state.withLock { state -> ([StreamSubscriber], Planned?) in
            if state.isStopped { return ([], nil) }
            let old = state.groups
            let subscribers = old.values.flatMap(\.members.values)
            state.active = active
            state.generation += 1
            state.plan = StreamPlan(count: active.directory.entries.count)
            (state.groups, state.views) = ([:], [:])
            // A log goes on as long as its view can be asked for.
            let possible = Set(active.scopes.map(\.visibility))
            for (view, group) in old where possible.contains(view.visibility) {
                let positions = active.directory.entries.indices.filter { view.shows(active.directory[$0].id) }
                state.groups[view] = Group(
                    channel: group.channel, positions: positions, asleepSince: group.asleepSince ?? now.monotonic)
            }
            for subscriber in subscribers {
                if let (view, expires) = Self.view(of: subscriber, active) {
                    join(subscriber, view, expires, active, &state, now)
                } else {
                    subscriber.dismiss(.credential)
                }
            }
            isWatched.store(!state.views.isEmpty, ordering: .releasing)
            return (subscribers, plan(&state, now.monotonic))
        }
        for subscriber in concerned { subscriber.wake() }
        schedule(planned)
    }
}
