/// What an account's configuration says about asking its provider. *Value.*
package struct RefreshPolicy: Sendable, Hashable {
    /// How long a reading is fresh; zero counts as a millisecond, so that those who waited for it get it.
    package var ttl: Duration
    /// How long past the end of its ttl a reading may still be shown, as RFC 5861 counts it.
    package var staleFor: Duration
    /// How long a caller waits for one refresh, its immediate retry included.
    package var timeout: Duration
    /// What the provider documents for this key, already cut to our share; nil where it documents nothing.
    package var budget: CallBudget?
    /// Whether the table must keep this credential.
    package var residence: Residence

    package init(
        ttl: Duration, staleFor: Duration, timeout: Duration, budget: CallBudget? = nil, residence: Residence = .configured
    ) {
        self.ttl = ttl
        self.staleFor = staleFor
        self.timeout = timeout
        self.budget = budget
        self.residence = residence
    }

    /// Why a credential is in the table.
    package enum Residence: Sendable, Hashable {
        /// An account of the configuration: stays until ``RefreshMachine/credentialRemoved(_:now:)``. Once configured, a caller that
        /// passes the same credential through does not unpin it.
        case configured
        /// A caller's own credential: callers choose how many there are, so their number is bounded (``MachineLimits``).
        case passThrough
    }
}

/// How many calls may begin within any window of a length: Bursar's share of what a provider documents. *Value.*
package struct CallBudget: Sendable, Hashable {
    /// At least 1: a budget that forbids every call would make the account unreadable for good.
    package let calls: Int
    /// At least a millisecond.
    package let window: Duration

    package init(calls: Int, window: Duration) {
        self.calls = max(1, calls)
        self.window = max(.milliseconds(1), window)
    }
}
