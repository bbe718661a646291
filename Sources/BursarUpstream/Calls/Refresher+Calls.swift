import BursarBasics
import BursarCatalog
import BursarClient
import BursarEngine
import BursarModel
import Logging
import Synchronization

/// The life of one call: begun, perhaps overdue, perhaps given up, ended; perhaps once more.
extension Refresher {
    /// Begins a call that the machine wants, as a detached task: only the shutdown can cancel it.
    /// - Parameters:
    ///   - began: when the machine decided it; its timeouts count from there.
    ///   - trace: of the request that made it necessary.
    func begin(_ start: CallStart, _ account: UpstreamAccount, at began: Moment, trace: TraceContext?) {
        state.withLock { state in
            guard !state.isClosed else { return }  // the waiters were woken by the shutdown
            let call = CallGate.Call(start: start, account: account, trace: trace)
            if state.gate.admits(call) { send(call, began, &state) }
        }
        onCall(account.key)
    }

    private func send(_ call: CallGate.Call, _ began: Moment, _ state: inout State) {
        state.calls[call.start.id] = Task.detached { await self.run(call, began) }
    }

    private func run(_ call: CallGate.Call, _ began: Moment) async {
        let (start, account) = (call.start, call.account)
        let span = CallSpan(call.trace, isSent: sendsTraces)
        let overdue = clock.schedule(at: began.monotonic.advanced(by: start.timeout)) { [weak self] in
            self?.overdue(start, account)
        }
        let hold = account.id == nil ? scrubber.hold(account.secret) : nil
        defer { withExtendedLifetime(hold) {} }
        let result = await fetch(start, account, span, began)
        overdue.cancel()
        // A call that the shutdown ended says nothing about the provider.
        if !state.withLock({ $0.isClosed }) {
            let took = began.monotonic.duration(to: clock.now.monotonic)
            let (outcome, view) = settle(call, result, took: took)
            log(call, span, outcome, view, took: took)
        }
        // Last, so that a shutdown waits for all of the above.
        let now = clock.now
        state.withLock { state in
            state.calls[start.id] = nil
            // Its time counts from here: whoever waited for its turn gave up by a deadline of its own.
            if !state.isClosed, let next = state.gate.ended(account) { send(next, now, &state) }
        }
    }

    /// The call itself, given up at its hard deadline.
    private func fetch(
        _ start: CallStart, _ account: UpstreamAccount, _ span: CallSpan, _ began: Moment
    ) async -> TransportResult {
        guard let request = UpstreamRequest(current(account).account, now: clock.now.wall, traceparent: span.field) else {
            return .fault(.unwritable)
        }
        // Nothing that this task does behind the fetch waits for anything, so it may go on cancelled.
        let giveUp = clock.schedule(at: began.monotonic.advanced(by: start.hardDeadline)) { [weak self] in
            self?.state.withLock { $0.calls[start.id] }?.cancel()
        }
        let result = await transport.fetch(request)
        giveUp.cancel()
        return result
    }

    /// Judges what came by the definition in force, outside the lock, and hands it to the machine; once more where a reload brought
    /// another definition in between.
    private func settle(_ call: CallGate.Call, _ result: TransportResult, took: Duration) -> (CallOutcome, AccountView?) {
        while true {
            let (account, redefinitions) = current(call.account)
            let outcome = outcome(of: result, account)
            if let end = end(call, outcome, judgedAfter: redefinitions, took: took) { return (outcome, end.view) }
        }
    }

    private func outcome(of result: TransportResult, _ account: UpstreamAccount) -> CallOutcome {
        switch result {
        case .fault(.cancelled):
            return .failed(.timeout)  // by the hard deadline; after a shutdown nobody looks
        case .fault(let fault):
            return .failed(fault)
        case .response(let response):
            let known = scrubber.configured.joined(Scrubber(account.definition.auth.secrets(of: account.secret)))
            let context = ReadingContext(parameters: account.parameters, now: clock.now.wall)
            return .of(response, definition: account.definition, scrubber: known, context)
        }
    }

    /// The call's timeout passed: whoever waits gets what is cached, and the call goes on.
    private func overdue(_ start: CallStart, _ account: UpstreamAccount) {
        let now = clock.now
        let (change, wake, view) = state.withLock { state -> (ViewChange?, [Wake], AccountView?) in
            switch state.machine.callOverdue(account.key, call: start.id, now: now) {
            case .timedOut(let wake, let view):
                let waiters = Self.take(wake, account.key, now, &state) { .overdue($0) }
                return (Self.change(account.key, view, &state), waiters, view)
            case .ignored:
                return (nil, [], nil)
            }
        }
        publish(change)
        onCall(account.key)
        guard let view else { return }
        for (slot, end) in wake { slot.resolve(end) }
        // Now, and not when it ends, much later: what callers see follows from this.
        var metadata: Logger.Metadata = [
            "provider": "\(account.definition.id)", "account": "\(account.logName)", "ms": "\(start.timeout.milliseconds)",
            "attempt": "\(start.kind.rawValue)"
        ]
        add(view, to: &metadata, now)
        logger.warning("upstream call overdue", metadata: metadata)
    }

    /// What follows from a failure: whoever reads it at night wants to know when it is tried again, and what callers see.
    private func add(_ view: AccountView, to metadata: inout Logger.Metadata, _ now: Moment) {
        metadata["row"] = "\(view.status.rawValue)"
        // That of a call's timeout may be over when the call ends.
        guard let hold = view.hold, hold.isRunning(at: now.monotonic) else { return }
        metadata["hold"] = "\(hold.kind.rawValue)"
        metadata["until"] = "\(hold.until.wall.rfc3339)"
    }

    /// What follows from the end of a call. *Value.*
    private struct End {
        /// What may be shown now; nil where a retry follows, or where nobody wants to know any more.
        var view: AccountView?
        var change: ViewChange?
        var wake: [Wake] = []
        var retry: CallStart?
    }

    /// The call ended, in time or late.
    /// - Parameter redefinitions: how many reloads had brought definitions when the outcome was judged.
    /// - Returns: nil, and nothing was done, where there were more since.
    private func end(
        _ call: CallGate.Call, _ outcome: CallOutcome, judgedAfter redefinitions: UInt64, took: Duration
    ) -> End? {
        let (start, account, now) = (call.start, call.account, clock.now)
        let end = state.withLock { state -> End? in
            guard state.redefinitions == redefinitions else { return nil }
            let action =
                switch outcome.result {
                case .reading(let reading):
                    state.machine.callSucceeded(account.key, call: start.id, reading: reading, now: now)
                case .failure(let failure):
                    state.machine.callFailed(account.key, call: start.id, failure: failure, now: now)
                }
            switch action {
            case .settled(let wake, let view, let changed):
                let waiters = Self.take(wake, account.key, now, &state) { .settled($0) }
                return End(view: view, change: changed ? Self.change(account.key, view, &state) : nil, wake: waiters)
            case .retry(let retry):
                return End(retry: retry)
            case .ignored:
                return End()
            }
        }
        guard let end else { return nil }
        count(call, outcome, took: took)
        publish(end.change)
        onCall(account.key)
        for (slot, resolution) in end.wake { slot.resolve(resolution) }
        if let retry = end.retry { begin(retry, account, at: now, trace: call.trace) }
        return end
    }

    private typealias Wake = (WaitSlot, WaitSlot.Resolution)

    /// Those who waited, each with what its own account's policy lets it see; one and the same view for all of one policy.
    private static func take(
        _ waiters: [WaiterID], _ key: CredentialKey, _ now: Moment, _ state: inout State,
        _ end: (AccountView) -> WaitSlot.Resolution
    ) -> [Wake] {
        var ends: [(policy: RefreshPolicy, end: WaitSlot.Resolution)] = []
        return waiters.compactMap { id in
            guard let waiting = state.waiting.removeValue(forKey: id) else { return nil }
            if let known = ends.first(where: { $0.policy == waiting.policy }) { return (waiting.slot, known.end) }
            let own = end(state.machine.view(key, policy: waiting.policy, now: now))
            ends.append((waiting.policy, own))
            return (waiting.slot, own)
        }
    }

    /// Logs where an answer differs from its documentation in something that is not needed: once, and `explain` shows it for as long as it lasts.
    private func tellDrift(_ drift: [String], _ account: UpstreamAccount) {
        guard !drift.isEmpty else { return }
        let news = state.withLock { $0.drift.news(drift, of: account.definition.id) }
        for detail in news {
            logger.warning(
                "an answer is not as documented; what is read of it is",
                metadata: ["provider": "\(account.definition.id)", "detail": "\(detail)"])
        }
    }

    /// Before anybody is woken: whoever has an answer finds its call counted.
    private func count(_ call: CallGate.Call, _ outcome: CallOutcome, took: Duration) {
        let account = call.account
        let kind = UpstreamCallKind(
            provider: account.definition.id, server: UpstreamServer(baseURL: account.baseURL),
            method: account.definition.method.rawValue, status: outcome.status, failure: outcome.failure)
        metrics.record(kind, took: took)
    }

    /// One line for each call, after those who waited have gone.
    private func log(
        _ call: CallGate.Call, _ span: CallSpan, _ outcome: CallOutcome, _ view: AccountView?, took: Duration
    ) {
        let (start, account) = (call.start, call.account)
        if case .reading(let reading) = outcome.result { tellDrift(reading.drift, account) }
        var metadata: Logger.Metadata = [
            "provider": "\(account.definition.id)", "account": "\(account.logName)", "outcome": "\(outcome.label)",
            "ms": "\(took.milliseconds)", "attempt": "\(start.kind.rawValue)"
        ]
        if let status = outcome.status {
            metadata["status"] = "\(status)"
            metadata["bytes"] = "\(outcome.bodyBytes)"
        }
        if outcome.label != "ok", let view { add(view, to: &metadata, clock.now) }
        if let detail = outcome.detail { metadata["detail"] = "\(detail)" }
        if let trace = call.trace { metadata["trace_id"] = "\(trace.traceID)" }
        if let id = span.id { metadata["span_id"] = "\(id)" }
        let isFine = outcome.label == "ok" && outcome.detail == nil
        logger.log(level: isFine ? .info : .warning, "upstream call", metadata: metadata)
    }
}
