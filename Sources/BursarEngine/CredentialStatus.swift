package import BursarModel

/// Why a credential is as it is: what `GET /v1/status` tells an operator. *Value.* Nothing in it names the credential.
package struct CredentialStatus: Sendable, Equatable {
    package let state: State
    package let lastSuccess: Moment?
    /// Also when a success came since.
    package let lastFailure: FailureRecord?
    /// When the provider may be asked next; nil: at once. Nobody is asked unless a caller or the refresh needs it.
    package let nextAttempt: Moment?
    /// Only while it runs.
    package let hold: Hold?
    package let breaker: Breaker
    /// How many calls may begin now; nil where no budget is set.
    package let budgetLeft: Int?
    /// Since the start of the process.
    package let callsMade: UInt64
    package let waiters: Int
    /// When a caller last asked; a background refresh is none. Nil: nobody since the start.
    package let lastAsked: MonotonicTime?

    package init(
        state: State, lastSuccess: Moment?, lastFailure: FailureRecord?, nextAttempt: Moment?, hold: Hold?, breaker: Breaker,
        budgetLeft: Int?, callsMade: UInt64, waiters: Int, lastAsked: MonotonicTime?
    ) {
        self.state = state
        self.lastSuccess = lastSuccess
        self.lastFailure = lastFailure
        self.nextAttempt = nextAttempt
        self.hold = hold
        self.breaker = breaker
        self.budgetLeft = budgetLeft
        self.callsMade = callsMade
        self.waiters = waiters
        self.lastAsked = lastAsked
    }

    /// Whether a call is in flight.
    package enum State: Sendable, Hashable {
        case idle
        /// In flight since then; an immediate retry counts from its first attempt.
        case inFlight(since: MonotonicTime)
        /// Past its timeout, and its result will still land.
        case overdue(since: MonotonicTime)

        init(_ call: CredentialState.Call) {
            switch call {
            case .idle: self = .idle
            case .inFlight(let flight): self = .inFlight(since: flight.began)
            case .overdue(let flight): self = .overdue(since: flight.began)
            }
        }
    }
}
