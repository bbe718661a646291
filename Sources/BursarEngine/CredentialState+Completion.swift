import BursarBasics
import BursarModel

/// What the end of a call leads to.
package enum CompletionAction: Sendable, Equatable {
    /// Answer these waiters, each once, with the view. `changed`: a reader could tell it from the one before, so rendered rows
    /// are out of date. The view follows the policy of the last request; a driver whose accounts share a credential asks
    /// `view` for each.
    case settled(wake: [WaiterID], view: AccountView, changed: Bool)
    /// Start this call now; the waiters go on waiting for it, and nothing is to be shown yet.
    case retry(CallStart)
    /// Not the call in flight: do nothing.
    case ignored
}

/// What it leads to that a call missed its timeout. *Value.*
package enum OverdueAction: Sendable, Equatable {
    /// Answer these waiters, each once, with the view. The call goes on, and its result will still land.
    case timedOut(wake: [WaiterID], view: AccountView)
    /// Not the call in flight, or known to be overdue: do nothing.
    case ignored
}

extension CredentialState {
    /// A call brought a reading, in time or late. Clears everything that failures left.
    mutating func callSucceeded(_ id: CallID, _ reading: Reading, now: Moment) -> CompletionAction {
        guard let flight = call.current, flight.id == id else { return .ignored }
        held = HeldReading(reading: reading, fetchedAt: now, restoredAt: nil)
        lastSuccess = now
        problem = nil
        forgiveAll()
        call = .idle
        return .settled(wake: wakeAll(), view: view(policy, now: now.monotonic), changed: true)
    }

    /// A call ended without a reading, in time or late.
    mutating func callFailed(
        _ id: CallID, _ failure: CallFailure, now: Moment, nextID: inout UInt64, random: inout SplitMix64
    ) -> CompletionAction {
        guard let flight = call.current, flight.id == id else { return .ignored }
        let before = view(policy, now: now.monotonic)
        let wasOverdue = call == .overdue(flight)
        lastFailure = FailureRecord(failure, at: now)
        if !wasOverdue, mayRetry(flight, failure, now: now.monotonic) {
            return .retry(retry(flight, failure, now: now, nextID: &nextID))
        }
        note(failure, alreadyCounted: wasOverdue, now: now, &random)
        call = .idle
        let after = view(policy, now: now.monotonic)
        return .settled(wake: wakeAll(), view: after, changed: !after.looksLike(before))
    }

    /// A call missed its timeout. That is a failure already, but not its end.
    mutating func callOverdue(_ id: CallID, now: Moment, random: inout SplitMix64) -> OverdueAction {
        guard case .inFlight(let flight) = call, flight.id == id else { return .ignored }
        let failure = CallFailure(code: .timeout)
        lastFailure = FailureRecord(failure, at: now)
        note(failure, alreadyCounted: false, now: now, &random)
        call = .overdue(flight)
        return .timedOut(wake: wakeAll(), view: view(policy, now: now.monotonic))
    }

    /// Puts a failure in force. `alreadyCounted`: the call was counted as a failure when it became overdue, and one call is one
    /// failure; what its late answer *says* still holds.
    private mutating func note(
        _ failure: CallFailure, alreadyCounted: Bool, now: Moment, _ random: inout SplitMix64
    ) {
        problem = FailureRecord(failure, at: now)
        switch failure.code {
        case .unauthorized, .forbidden:
            held = nil
            answered()
            extendHold(.rejectedKey, Self.rejectedKeyHold, now: now)
        case .rateLimited:
            answered()
            extendHold(.cooldown, cooldown.refused(hint: failure.hint, &random), hint: failure.hint, now: now)
        case .timeout, .unreachable, .upstreamError, .invalidResponse, .circuitOpen:
            let opened = alreadyCounted ? nil : breaker.failed(isAnswered: failure.isAnswered)
            if let hint = failure.hint {
                extendHold(.cooldown, cooldown.refused(hint: hint, &random), hint: hint, now: now)
            }
            if let opened {
                extendHold(.openCircuit, opened, now: now)
            } else if !alreadyCounted, failure.hint == nil {
                extendHold(.backoff, backoff.failed(&random), now: now)
            }
        }
    }

    /// The provider answered in order, if not with a reading: the row of failures is over. Deadlines stay.
    private mutating func answered() {
        breaker = .initial
        backoff = Backoff()
    }

    private mutating func extendHold(_ kind: Hold.Kind, _ delay: Duration, hint: CooldownHint? = nil, now: Moment) {
        hold = Hold.extended(hold, by: Hold(kind: kind, until: now.advanced(by: delay), hint: hint))
    }

    /// The one immediate retry is for a fluke: it is not made when the call before got no orderly answer, either, or a provider
    /// that is down would be asked twice as often as backoff says.
    private func mayRetry(_ flight: InFlight, _ failure: CallFailure, now: MonotonicTime) -> Bool {
        failure.isRetriable && !flight.isRetry && breaker == .initial && !isRemoved && !isBlocked(at: now)
            && flight.began.duration(to: now) * Self.retryShare <= policy.timeout
            && calls.nextCall(now, policy.budget) == nil
    }

    /// The failed attempt counts towards the breaker's five like any other call.
    private mutating func retry(_ flight: InFlight, _ failure: CallFailure, now: Moment, nextID: inout UInt64) -> CallStart {
        // Opens nothing: `mayRetry` saw a row of none.
        _ = breaker.failed(isAnswered: failure.isAnswered)
        _ = recordCall(now.monotonic)
        let id = CallID(nextID)
        nextID += 1
        call = .inFlight(InFlight(id: id, began: flight.began, isRetry: true))
        let left = policy.timeout - flight.began.duration(to: now.monotonic)
        return CallStart(id: id, timeout: left, hardDeadline: left + policy.timeout * (Self.lateFactor - 1), kind: .retry)
    }

    /// A success, or an operator, starts all anew. What is in flight and what was spent of the budget stay.
    mutating func forgiveAll() {
        hold = nil
        cooldown = Cooldown()
        backoff = Backoff()
        breaker = .initial
    }
}
