import BursarBasics
package import BursarModel

/// Bounds of the table. *Value.*
package struct MachineLimits: Sendable, Hashable {
    /// How many callers' own credentials the table holds at once; configured ones are not counted. 10,240 entries with readings
    /// of the usual few hundred bytes are about 10 MB.
    package let passThroughCredentials: Int

    package init(passThroughCredentials: Int = 10_240) { self.passThroughCredentials = max(1, passThroughCredentials) }
}

/// Decides, for every credential, whether its provider is asked: freshness, single-flight, cooldown, backoff, breaker, budget.
/// *Value*; the driver keeps one behind its mutex and carries out the actions outside.
///
/// It has no clock, no lock and no I/O: events come in with the moment at which they happened, actions go out. The same seed
/// and the same events give the same actions.
package struct RefreshMachine: Sendable {
    private var table: CredentialTable
    private var random: SplitMix64
    private var nextID: UInt64 = 1

    /// - Parameter seed: of the jitter. From the system's random numbers in the program, fixed in tests.
    package init(limits: MachineLimits = MachineLimits(), seed: UInt64) {
        table = CredentialTable(limits: limits)
        random = SplitMix64(seed: seed)
    }

    // MARK: Callers

    /// Someone asks for a credential's reading. A nil `waiter` asks for a refresh without waiting for it.
    package mutating func requested(
        _ key: CredentialKey, policy: RefreshPolicy, demand: Demand, waiter: WaiterID?, now: Moment
    ) -> RequestAction {
        guard table.contains(key) || demand != .cachedOnly else { return .blocked(.empty, .cachedOnly) }
        guard let slot = table.slot(for: key, policy: policy, now: now.monotonic) else { return .blocked(.empty, .tableFull) }
        let action = table[slot].requested(policy, demand, waiter, now: now, nextID: &nextID)
        table.settle(slot, now: now.monotonic)
        return action
    }

    /// A registered waiter hung up, or its own deadline passed. It ends only its own wait.
    package mutating func waiterLeft(_ key: CredentialKey, _ waiter: WaiterID) {
        guard let slot = table.slot(of: key) else { return }
        table[slot].waiterLeft(waiter)
    }

    // MARK: Calls

    package mutating func callSucceeded(
        _ key: CredentialKey, call: CallID, reading: Reading, now: Moment
    ) -> CompletionAction {
        guard let slot = table.slot(of: key) else { return .ignored }
        let action = table[slot].callSucceeded(call, reading, now: now)
        table.settle(slot, now: now.monotonic)
        return action
    }

    package mutating func callFailed(
        _ key: CredentialKey, call: CallID, failure: CallFailure, now: Moment
    ) -> CompletionAction {
        guard let slot = table.slot(of: key) else { return .ignored }
        let action = table[slot].callFailed(call, failure, now: now, nextID: &nextID, random: &random)
        table.settle(slot, now: now.monotonic)
        return action
    }

    /// The call's timeout passed, and it goes on.
    package mutating func callOverdue(_ key: CredentialKey, call: CallID, now: Moment) -> OverdueAction {
        guard let slot = table.slot(of: key) else { return .ignored }
        let action = table[slot].callOverdue(call, now: now, random: &random)
        table.settle(slot, now: now.monotonic)
        return action
    }

    // MARK: Operators and the store

    /// The configuration no longer names the credential. Its reading is forgotten now, or, while a call is in flight, when that
    /// ends; a request before then takes it back, so that a reload to and fro never leads to a second call beside the first.
    /// A hold or a spent budget that still runs stays, as of a caller's own credential, so that it never frees a penalty either.
    package mutating func credentialRemoved(_ key: CredentialKey, now: Moment) {
        guard let slot = table.slot(of: key) else { return }
        table[slot].isRemoved = true
        table.settle(slot, now: now.monotonic)
    }

    /// The configuration names these and no others: every other one that it named is removed. Every credential is looked at, because
    /// a request under way may have asked with an old account just after it was removed, and so brought it back.
    package mutating func credentialsRemoved(exceptFor kept: Set<CredentialKey>, now: Moment) {
        for key in table.configuredKeys where !kept.contains(key) { credentialRemoved(key, now: now) }
    }

    /// The definitions of these credentials' providers changed: readings that the old ones made are dropped, and what keeps a provider from
    /// being asked stays. Whose provider a caller's own credential is for is not known here, so all of those lose their readings, which
    /// costs a call each.
    package mutating func definitionsChanged(_ keys: Set<CredentialKey>) {
        for slot in table.slots(of: keys) { table[slot].held = nil }
    }

    /// An operator clears what keeps the credential from being asked: cooldown, rejected key, backoff and open circuit, with
    /// their counters, also where the wait itself is over: an open circuit is one until its probe has ended. The budget stays: it
    /// is the provider's documented limit, not our caution.
    package mutating func cooldownCleared(_ key: CredentialKey, now: Moment) -> ClearedAction {
        guard let slot = table.slot(of: key), table[slot].isPenalized(at: now.monotonic) else { return .nothingToClear }
        table[slot].forgiveAll()
        table.settle(slot, now: now.monotonic)
        return .cleared(table[slot].view(table[slot].policy, now: now.monotonic))
    }

    /// Takes back what a store kept, before the first request. Its reading is stale at best, never fresh. Returns false, and
    /// does nothing, where the credential is known already: what this process saw is newer.
    package mutating func restored(
        _ key: CredentialKey, _ snapshot: CredentialSnapshot, policy: RefreshPolicy, now: Moment
    ) -> Bool {
        guard !table.contains(key), let slot = table.slot(for: key, policy: policy, now: now.monotonic) else { return false }
        table[slot] = CredentialState(snapshot, policy: policy, now: now)
        table.settle(slot, now: now.monotonic)
        return true
    }

    // MARK: Readers

    /// What may be shown now, without asking anybody.
    package func view(_ key: CredentialKey, policy: RefreshPolicy, now: Moment) -> AccountView {
        guard let slot = table.slot(of: key) else { return .empty }
        return table[slot].view(policy, now: now.monotonic)
    }

    /// Nil where the credential is not known: never asked for, or evicted.
    package func status(_ key: CredentialKey, now: Moment) -> CredentialStatus? {
        table.slot(of: key).map { table[$0].status(now: now) }
    }

    package func lastFailure(_ key: CredentialKey) -> FailureRecord? { table.slot(of: key).flatMap { table[$0].lastFailure } }

    package func snapshot(_ key: CredentialKey, now: Moment) -> CredentialSnapshot? {
        table.slot(of: key).map { table[$0].snapshot(now: now) }
    }

    /// How many callers' own credentials are in the table: what tests of its bound look at.
    var passThroughCredentials: Int { table.passThroughCount }
}

/// What an operator's clearing leads to. *Value.*
package enum ClearedAction: Sendable, Equatable {
    /// The view has changed: its `retry_at` is gone. The next request that needs it asks the provider.
    case cleared(AccountView)
    /// Nothing was running, and nothing was counted.
    case nothingToClear
}
