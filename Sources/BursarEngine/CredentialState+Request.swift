package import BursarModel

/// What a request leads to. *Value.* "Registered" means that exactly one action will name this waiter and wake it, unless it leaves before.
package enum RequestAction: Sendable, Equatable {
    /// Answer with this: inside its ttl, and as new as demanded.
    case fresh(AccountView)
    /// Answer with this now. `refresh`, where there is one, is a call to start behind it; the waiter is not registered.
    case stale(AccountView, refresh: CallStart?)
    /// Start this call; the waiter is registered.
    case start(CallStart)
    /// The call is under way already; the waiter is registered.
    case join(CallID)
    /// The provider may not be asked: answer with what is cached, even if it is not as new as demanded. Not registered.
    case blocked(AccountView, BlockReason)
}

/// Why the provider may not be asked. *Value.*
package enum BlockReason: Sendable, Hashable {
    /// It said "later".
    case coolingDown(until: Moment)
    /// It rejected the key, and is not asked again so soon.
    case keyRejected(until: Moment)
    /// The last calls failed.
    case backingOff(until: Moment)
    /// Too many failed in a row; a probe comes then.
    case open(until: Moment)
    /// Bursar's share of the provider's documented limit is used up.
    case limited(until: Moment)
    /// The caller forbade it.
    case cachedOnly
    /// The table holds as many callers' own credentials as it may, and each is busy or cooling down. The view has no problem:
    /// this is the gateway's own overload, not the provider's.
    case tableFull

    init(_ hold: Hold) {
        switch hold.kind {
        case .cooldown: self = .coolingDown(until: hold.until)
        case .rejectedKey: self = .keyRejected(until: hold.until)
        case .backoff: self = .backingOff(until: hold.until)
        case .openCircuit: self = .open(until: hold.until)
        }
    }
}

/// An upstream call to start. *Value.* The driver ends each with exactly one `callSucceeded` or `callFailed`.
package struct CallStart: Sendable, Hashable {
    package let id: CallID
    /// From now; then, if it has not ended, the driver reports `callOverdue` and lets it go on.
    package let timeout: Duration
    /// From now; then the driver cancels it and reports `callFailed` with `timeout`.
    package let hardDeadline: Duration
    package let kind: Kind

    package init(id: CallID, timeout: Duration, hardDeadline: Duration, kind: Kind) {
        self.id = id
        self.timeout = timeout
        self.hardDeadline = hardDeadline
        self.kind = kind
    }

    /// Why this call is made: for the log.
    package enum Kind: String, Sendable, CaseIterable {
        case first
        /// The one immediate retry of a refresh.
        case retry
        /// The one call that an open circuit lets through.
        case probe
    }
}

extension CredentialState {
    /// Someone asks. The cached reading answers where it satisfies the demand; else a call does, where one may be made.
    mutating func requested(
        _ policy: RefreshPolicy, _ demand: Demand, _ waiter: WaiterID?, now: Moment, nextID: inout UInt64
    ) -> RequestAction {
        adopt(policy)
        if waiter != nil { lastAsked = now.monotonic }
        let view = view(policy, now: now.monotonic)
        let age = view.fetchedAt.map { $0.monotonic.duration(to: now.monotonic) }
        let suffices = age.map(demand.isSatisfied(byAge:)) ?? false

        switch (view.status, demand) {
        case (.unavailable, .cachedOnly):
            return .blocked(view, .cachedOnly)
        case (.fresh, _) where suffices:
            return .fresh(view)
        case (.stale, .cachedOnly):
            return .stale(view, refresh: nil)
        case (.stale, _) where suffices:
            guard call == .idle, blockReason(now) == nil else { return .stale(view, refresh: nil) }
            let refresh = start(now: now, nextID: &nextID)
            return .stale(self.view(policy, now: now.monotonic), refresh: refresh)
        case (.fresh, _), (.stale, _), (.unavailable, _):
            return asked(view, waiter, now: now, nextID: &nextID)
        }
    }

    /// The demand needs the provider.
    private mutating func asked(
        _ view: AccountView, _ waiter: WaiterID?, now: Moment, nextID: inout UInt64
    ) -> RequestAction {
        switch call {
        case .inFlight(let flight):
            register(waiter)
            return .join(flight.id)
        case .overdue(let flight):
            // Its failure is in force first: callers inside the backoff are answered at once, later ones wait for this call
            // as they would for a new one.
            if let hold, hold.isRunning(at: now.monotonic) { return .blocked(view, BlockReason(hold)) }
            register(waiter)
            return .join(flight.id)
        case .idle:
            if let reason = blockReason(now) { return .blocked(explained(view, reason), reason) }
            register(waiter)
            return .start(start(now: now, nextID: &nextID))
        }
    }

    private mutating func register(_ waiter: WaiterID?) {
        if let waiter { waiters.insert(waiter) }
    }

    /// Why no call may begin now; nil when one may.
    private func blockReason(_ now: Moment) -> BlockReason? {
        if let hold, hold.isRunning(at: now.monotonic) { return BlockReason(hold) }
        guard let free = calls.nextCall(now.monotonic, policy.budget) else { return nil }
        return .limited(until: now.advanced(by: now.monotonic.duration(to: free)))
    }

    /// A row without a value, because our own budget is used up, says why and until when: to a reader it is a limit like the
    /// provider's own. Every other reason comes with a failure that has its end.
    private func explained(_ view: AccountView, _ reason: BlockReason) -> AccountView {
        guard view.status == .unavailable, case .limited(let until) = reason else { return view }
        return view.explained(byBudgetUntil: until.wall)
    }

    /// A call begins.
    mutating func start(now: Moment, nextID: inout UInt64) -> CallStart {
        let isProbe = recordCall(now.monotonic)
        let id = CallID(nextID)
        nextID += 1
        call = .inFlight(InFlight(id: id, began: now.monotonic, isRetry: false))
        return CallStart(
            id: id, timeout: policy.timeout, hardDeadline: policy.timeout * Self.lateFactor, kind: isProbe ? .probe : .first)
    }

    /// Counts a call that begins. Returns whether it is the breaker's probe.
    mutating func recordCall(_ now: MonotonicTime) -> Bool {
        calls.record(now, policy.budget)
        callsMade += 1
        return breaker.callStarted()
    }

    /// The policy of the account that asks; a configured credential stays pinned when a caller passes the same one through.
    private mutating func adopt(_ policy: RefreshPolicy) {
        let pinned = self.policy.residence == .configured && !isRemoved
        self.policy = policy
        if pinned { self.policy.residence = .configured }
        isRemoved = false
    }

    /// A caller hung up or its own deadline passed. The call goes on.
    mutating func waiterLeft(_ waiter: WaiterID) { waiters.remove(waiter) }

    /// Everyone who waits, each once.
    mutating func wakeAll() -> [WaiterID] {
        defer { waiters = [] }
        return Array(waiters)
    }
}
