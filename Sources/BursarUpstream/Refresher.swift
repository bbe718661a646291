package import BursarBasics
package import BursarCatalog
package import BursarEngine
package import BursarModel
package import Logging
import Synchronization

/// Asks providers, and answers with cached readings: the driver of ``RefreshMachine``. *Mutex; any thread.*
///
/// The machine decides under the lock; calls, wake-ups and callbacks happen outside it. A call is a task of its own that no
/// waiter owns: whoever leaves ends its own wait, and a late result still lands.
package final class Refresher: Sendable {
    /// Who waits, and what it may be shown: accounts that share a credential each have a ttl of their own. *Value.*
    struct Waiting {
        let slot: WaitSlot
        let policy: RefreshPolicy
    }

    struct State {
        var machine: RefreshMachine
        /// Waiters of calls in flight.
        var waiting: [WaiterID: Waiting] = [:]
        /// Calls whose task has not ended, also those that were given up.
        var calls: [CallID: Task<Void, Never>] = [:]
        var gate = CallGate()
        /// Definitions that a reload brought. They replace the ones in accounts that were made before it.
        var redefined: [ProviderID: ProviderDefinition] = [:]
        /// How often a reload brought some.
        var redefinitions: UInt64 = 0
        var drift = DriftLedger()
        var nextWaiter: UInt64 = 1
        var changes: UInt64 = 0
        /// Set once, by ``Refresher/shutdown()``: from then on no call begins.
        var isClosed = false
    }

    let state: Mutex<State>
    package let clock: any UpstreamClock
    /// For whoever waits as long as a call may take.
    package let deadlines: SharedDeadlines
    let transport: any UpstreamTransport
    let scrubber: ScrubberBox
    let logger: Logger
    package let metrics: UpstreamMetrics
    /// Whether providers are told where a call stands in its caller's trace.
    let sendsTraces: Bool
    private let onChange: @Sendable (ViewChange) -> Void
    let onCall: @Sendable (CredentialKey) -> Void

    /// - Parameters:
    ///   - seed: of the jitter.
    ///   - sendsTraces: whether calls carry the `traceparent` of the request that made them necessary.
    ///   - onChange: after each change that a view may show, before the waiters wake. Any thread, outside the lock; must not block.
    ///   - onCall: after a call began, missed its timeout or ended: what a store keeps of the credential changed, perhaps without a
    ///     change of its view. As `onChange`.
    package init(
        limits: MachineLimits = MachineLimits(), seed: UInt64, clock: any UpstreamClock, transport: any UpstreamTransport,
        scrubber: ScrubberBox, logger: Logger, metrics: UpstreamMetrics = UpstreamMetrics(),
        sendsTraces: Bool = false,
        onChange: @escaping @Sendable (ViewChange) -> Void, onCall: @escaping @Sendable (CredentialKey) -> Void = { _ in }
    ) {
        state = Mutex(State(machine: RefreshMachine(limits: limits, seed: seed)))
        self.clock = clock
        deadlines = SharedDeadlines(clock: clock)
        self.transport = transport
        self.scrubber = scrubber
        self.logger = logger
        self.metrics = metrics
        self.sendsTraces = sendsTraces
        self.onChange = onChange
        self.onCall = onCall
    }

    /// The clock that all decisions here are made by.
    package var now: Moment { clock.now }

    /// Calls whose end has not come.
    package var callsUnderWay: Int { state.withLock { $0.calls.count } }

    func publish(_ change: ViewChange?) {
        if let change { onChange(change) }
    }
}

// MARK: - Asking

extension Refresher {
    /// What is cached, and what keeps the provider from being asked. Never asks.
    package func view(_ account: UpstreamAccount) -> AccountView {
        let now = clock.now
        return state.withLock { $0.machine.view(account.key, policy: account.policy, now: now) }
    }

    /// The first step, without waiting: an answer where one can be given now, else a ticket for ``whenEnded(_:then:)`` or ``wait(_:until:)``. Begins the
    /// calls that the machine wants, also behind a stale answer.
    /// - Parameter trace: where the request stands in its caller's trace; a call that it begins goes on with it.
    package func request(_ account: UpstreamAccount, demand: Demand, trace: TraceContext? = nil) -> Step {
        let now = clock.now
        let (step, start) = state.withLock { requested(account, demand, now, &$0) }
        if let start { begin(start, account, at: now, trace: trace) }
        return step
    }

    private func requested(_ account: UpstreamAccount, _ demand: Demand, _ now: Moment, _ state: inout State) -> (
        Step, CallStart?
    ) {
        guard !state.isClosed else {
            let view = state.machine.view(account.key, policy: account.policy, now: now)
            return (.answered(Answer(view: view, source: .waitedOut)), nil)
        }
        let waiter = WaiterID(state.nextWaiter)
        state.nextWaiter += 1
        switch state.machine.requested(account.key, policy: account.policy, demand: demand, waiter: waiter, now: now) {
        case .fresh(let view):
            return (.answered(Answer(view: view, source: .held)), nil)
        case .stale(let view, let refresh):
            let source = Answer.Source.cachedStale(refreshing: refresh != nil || view.isRefreshing)
            return (.answered(Answer(view: view, source: source)), refresh)
        case .blocked(let view, let reason):
            return (.answered(Answer(view: view, source: .blocked(reason))), nil)
        case .start(let start):
            return (.mustWait(ticket(account, waiter, isFirst: true, now, &state)), start)
        case .join:
            return (.mustWait(ticket(account, waiter, isFirst: false, now, &state)), nil)
        }
    }

    private func ticket(
        _ account: UpstreamAccount, _ waiter: WaiterID, isFirst: Bool, _ now: Moment, _ state: inout State
    ) -> Ticket {
        let view = state.machine.view(account.key, policy: account.policy, now: now)
        let ticket = Ticket(
            account: account, waiter: waiter, isFirst: isFirst, hadReading: view.reading != nil, refresher: self)
        state.waiting[waiter] = Waiting(slot: ticket.slot, policy: account.policy)
        return ticket
    }

    /// Calls `then` once with the answer when the wait of `ticket` ends, by the call or by ``Ticket/leave()``: in the thread that ends it, or
    /// at once in this one where it has ended already. `then` must not block.
    package func whenEnded(_ ticket: Ticket, then: @escaping @Sendable (Answer) -> Void) {
        ticket.slot.whenResolved { resolution in then(self.answer(ticket, resolution)) }
    }

    /// Waits for the call of `ticket`, at most until `deadline`; ends early when the task is cancelled. One task per ticket.
    package func wait(_ ticket: Ticket, until deadline: MonotonicTime) async -> Answer {
        let timer = clock.schedule(at: deadline) { ticket.leave() }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                whenEnded(ticket) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            ticket.leave()
        }
    }

    private func answer(_ ticket: Ticket, _ resolution: WaitSlot.Resolution) -> Answer {
        switch resolution {
        case .settled(let view): Answer(view: view, source: ticket.isFirst ? .fetched : .collapsed)
        case .overdue(let view): Answer(view: view, source: .waitedOut)
        case .left, .closed: Answer(view: view(ticket.account), source: .waitedOut)
        }
    }

    /// Begins a refresh that nobody waits for, unless the cached reading is newer than `age` or the provider may not be asked.
    package func refreshInBackground(_ account: UpstreamAccount, olderThan age: Duration) {
        let now = clock.now
        let start = state.withLock { state -> CallStart? in
            guard !state.isClosed else { return nil }
            let demand = Demand.newerThan(age: age)
            switch state.machine.requested(account.key, policy: account.policy, demand: demand, waiter: nil, now: now) {
            case .start(let start): return start
            case .stale(_, let refresh): return refresh
            case .fresh, .join, .blocked: return nil
            }
        }
        if let start { begin(start, account, at: now, trace: nil) }
    }

    /// The waiter of `ticket` has gone.
    func left(_ ticket: Ticket) {
        state.withLock {
            $0.waiting[ticket.waiter] = nil
            $0.machine.waiterLeft(ticket.account.key, ticket.waiter)
        }
    }
}

// MARK: - Operators and the store

extension Refresher {
    /// Nil where the credential was never asked for.
    package func status(_ account: UpstreamAccount) -> CredentialStatus? {
        let now = clock.now
        return state.withLock { $0.machine.status(account.key, now: now) }
    }

    /// ``view(_:)`` and ``status(_:)`` of one moment: between two looks a call may begin or end, and they contradict each other.
    package func look(at account: UpstreamAccount) -> (view: AccountView, status: CredentialStatus?) {
        let now = clock.now
        return state.withLock {
            ($0.machine.view(account.key, policy: account.policy, now: now), $0.machine.status(account.key, now: now))
        }
    }

    /// When the account's provider may be asked next, whatever keeps it from that; nil: at once, if someone asks. Every answer that tells a
    /// caller when to come back tells this.
    package func nextAttempt(_ account: UpstreamAccount) -> Moment? { status(account)?.nextAttempt }

    /// Lets the provider be asked again at once. False where no hold kept it from that.
    package func clearCooldown(_ account: UpstreamAccount) -> Bool {
        let now = clock.now
        let change = state.withLock { state -> ViewChange? in
            switch state.machine.cooldownCleared(account.key, now: now) {
            case .cleared(let view): return Self.change(account.key, view, &state)
            case .nothingToClear: return nil
            }
        }
        publish(change)
        return change != nil
    }

    /// These definitions are in force from here on, also for what is under way: an answer that comes later is judged by them. What the
    /// old ones read is dropped; holds and budgets stay.
    /// - Parameter keys: the configured credentials of their providers.
    package func redefine(_ definitions: [ProviderDefinition], keys: Set<CredentialKey>) {
        state.withLock { state in
            for definition in definitions {
                state.redefined[definition.id] = definition
                state.drift.forget(definition.id)
            }
            state.redefinitions += 1
            state.machine.definitionsChanged(keys)
        }
        // What a store keeps of them changed.
        for key in keys { onCall(key) }
    }

    /// The account with the definition in force, and by how many reloads it came to be that.
    func current(_ account: UpstreamAccount) -> (account: UpstreamAccount, redefinitions: UInt64) {
        let (definition, redefinitions) = state.withLock { ($0.redefined[account.definition.id], $0.redefinitions) }
        return (definition.map { account.with($0) } ?? account, redefinitions)
    }

    /// A configuration was read, which names these credentials and no others. What the next call goes to is looked up anew.
    package func forget(exceptFor kept: Set<CredentialKey>) {
        transport.retireConnections()
        let now = clock.now
        state.withLock { $0.machine.credentialsRemoved(exceptFor: kept, now: now) }
    }

    package func snapshot(_ key: CredentialKey) -> CredentialSnapshot? {
        let now = clock.now
        return state.withLock { $0.machine.snapshot(key, now: now) }
    }

    /// Takes back what a store kept, before the first request. False where the credential is known already.
    package func restore(_ account: UpstreamAccount, _ snapshot: CredentialSnapshot) -> Bool {
        let now = clock.now
        let change = state.withLock { state -> ViewChange? in
            guard state.machine.restored(account.key, snapshot, policy: account.policy, now: now) else { return nil }
            let view = state.machine.view(account.key, policy: account.policy, now: now)
            return Self.change(account.key, view, &state, isRestored: true)
        }
        publish(change)
        return change != nil
    }

    /// Ends every call and every wait, and closes the transport. Nothing is asked from here on; cached readings stay readable.
    package func shutdown() async {
        let (slots, calls) = state.withLock { state -> ([WaitSlot], [Task<Void, Never>]) in
            state.isClosed = true
            defer { state.waiting = [:] }
            return (state.waiting.values.map(\.slot), Array(state.calls.values))
        }
        for slot in slots { slot.resolve(.closed) }
        for call in calls { call.cancel() }
        for call in calls { await call.value }
        await transport.shutdown()
    }

    static func change(
        _ key: CredentialKey, _ view: AccountView, _ state: inout State, isRestored: Bool = false
    ) -> ViewChange {
        state.changes += 1
        let failure = view.problem == nil ? nil : state.machine.lastFailure(key)
        return ViewChange(key: key, view: view, number: state.changes, isRestored: isRestored, failure: failure)
    }
}
