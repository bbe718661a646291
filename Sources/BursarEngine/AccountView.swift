package import BursarModel

/// What may be shown of a credential at a moment. *Value.*
///
/// | a reading is | last call failed | status | problem |
/// |---|---|---|---|
/// | inside its ttl | no | fresh | none |
/// | inside its ttl | yes, no auth failure | **fresh** | that failure |
/// | past its ttl, inside stale_for | no | stale | none |
/// | past its ttl, inside stale_for | yes, no auth failure | stale | that failure |
/// | gone: never held, past stale_for, or withheld by a 401 or 403 | either | unavailable | that failure, if any |
///
/// The second row arises when a caller asked for newer than what is held (`no-cache`) and got a failure. The reading does not
/// age by that: a failed call must not shadow good data (openusage#697). The problem stays beside it, because it is what
/// `problem` means, the reason why there is no *newer* reading, and the caller who asked for newer must see that this is not
/// it. Ended by the next success.
package struct AccountView: Sendable, Equatable {
    package let status: RowStatus
    /// Nil exactly when the status is `unavailable`.
    package let reading: Reading?
    /// When the reading landed; nil where there is none.
    package let fetchedAt: Moment?
    /// When its ttl ends; nil where there is none. Never later than the restore for a restored reading.
    package let expiresAt: Moment?
    /// The view stays as it is before this, as long as no event comes; `distantFuture` where only an event changes it.
    package let validUntil: MonotonicTime
    /// Why there is no newer reading: the last failure since the last success. A reading whose ttl merely ran out has none.
    package let problem: Problem?
    /// The upstream's error reply of that failure, where it is fit to be passed on.
    package let errorReply: UpstreamReply?
    /// Until when nobody is asked. It does not vanish from the view when it ends: compare with the clock.
    package let hold: Hold?
    /// Whether a call is in flight, also one that is overdue.
    package let isRefreshing: Bool

    package init(
        status: RowStatus, reading: Reading?, fetchedAt: Moment?, expiresAt: Moment?, validUntil: MonotonicTime,
        problem: Problem?, errorReply: UpstreamReply?, hold: Hold?, isRefreshing: Bool
    ) {
        self.status = status
        self.reading = reading
        self.fetchedAt = fetchedAt
        self.expiresAt = expiresAt
        self.validUntil = validUntil
        self.problem = problem
        self.errorReply = errorReply
        self.hold = hold
        self.isRefreshing = isRefreshing
    }

    /// Of a credential that was never asked for: no reading, and no problem either.
    package static let empty = AccountView(
        status: .unavailable, reading: nil, fetchedAt: nil, expiresAt: nil, validUntil: .distantFuture, problem: nil,
        errorReply: nil, hold: nil, isRefreshing: false)

    /// The same for a row without a value that our own budget stands in the way of: it says so where no failure explains it, and
    /// none tells an earlier end than the budget's.
    func explained(byBudgetUntil end: WallTime) -> AccountView {
        var problem = problem ?? Problem(code: .rateLimited, retryAt: end)
        problem = Problem(
            code: problem.code, upstreamStatus: problem.upstreamStatus, carriedStatus: problem.carriedStatus,
            retryAt: max(problem.retryAt ?? end, end), reason: problem.reason)
        return AccountView(
            status: status, reading: reading, fetchedAt: fetchedAt, expiresAt: expiresAt, validUntil: validUntil,
            problem: problem, errorReply: errorReply, hold: hold, isRefreshing: isRefreshing)
    }

    /// Whether a reader could tell the two apart; that a call is in flight is not shown.
    func looksLike(_ other: AccountView) -> Bool {
        status == other.status && problem == other.problem && hold == other.hold && errorReply == other.errorReply
            && fetchedAt == other.fetchedAt && expiresAt == other.expiresAt && reading == other.reading
    }
}
