import BursarModel

extension CredentialState {
    /// What may be shown now.
    func view(_ policy: RefreshPolicy, now: MonotonicTime) -> AccountView {
        var status = RowStatus.unavailable
        var validUntil = MonotonicTime.distantFuture
        var shown: HeldReading?
        var expiresAt: Moment?
        if let held {
            let freshUntil = held.expiresAt(ttl: policy.ttl)
            let staleUntil = freshUntil.monotonic.advanced(by: max(.zero, policy.staleFor))
            if now < freshUntil.monotonic {
                (status, validUntil, shown, expiresAt) = (.fresh, freshUntil.monotonic, held, freshUntil)
            } else if now < staleUntil {
                (status, validUntil, shown, expiresAt) = (.stale, staleUntil, held, freshUntil)
            }
        }
        return AccountView(
            status: status, reading: shown?.reading, fetchedAt: shown?.fetchedAt, expiresAt: expiresAt,
            validUntil: validUntil, problem: shownProblem, errorReply: problem?.errorReply, hold: hold,
            isRefreshing: call.current != nil)
    }

    /// The last failure, told as `circuit_open` from the fifth in a row until the probe has ended; with the reason of that failure,
    /// because who reads the row wants to know what to mend.
    private var shownProblem: Problem? {
        guard let problem else { return nil }
        let code = breaker.isOpen ? .circuitOpen : problem.code
        // Of a rejected key too: waiting does not cure it, but somebody who cures it wants to know when it is tried again.
        return Problem(
            code: code, upstreamStatus: problem.upstreamStatus,
            carriedStatus: code == problem.code ? problem.carriedStatus : nil, retryAt: hold?.until.wall, reason: problem.reason)
    }

    /// What `GET /v1/status` tells.
    func status(now: Moment) -> CredentialStatus {
        let running = isBlocked(at: now.monotonic) ? hold : nil
        let limited = calls.nextCall(now.monotonic, policy.budget).map { now.advanced(by: now.monotonic.duration(to: $0)) }
        let next = [running?.until, limited].compactMap(\.self).max { $0.monotonic < $1.monotonic }
        return CredentialStatus(
            state: CredentialStatus.State(call), lastSuccess: lastSuccess, lastFailure: lastFailure, nextAttempt: next,
            hold: running, breaker: breaker, budgetLeft: policy.budget.map { calls.left(now.monotonic, $0) },
            callsMade: callsMade, waiters: waiters.count, lastAsked: lastAsked)
    }
}
