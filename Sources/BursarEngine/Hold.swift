package import BursarModel

/// A time until which a credential's provider is not asked. *Value.*
///
/// A credential has at most one: whatever delays the next call competes for the one latest deadline, so that "deadlines only
/// move later" is a property of one line (``extended(_:by:)``) and not of every pair of mechanisms.
package struct Hold: Sendable, Hashable {
    package let kind: Kind
    /// The monotonic half decides; the wall half is what `retry_at` shows.
    package let until: Moment
    /// What the provider told, where that set this hold; its wait may be longer than the hold, which is capped.
    package let hint: CooldownHint?

    package init(kind: Kind, until: Moment, hint: CooldownHint? = nil) {
        self.kind = kind
        self.until = until
        self.hint = hint
    }

    /// What set the deadline. All end alike: by time, by a success, or by ``RefreshMachine/cooldownCleared(_:now:)``.
    package enum Kind: String, Sendable, CaseIterable {
        /// A 429, or a 503 with Retry-After.
        case cooldown
        /// A 401 or 403: the provider rejected the key.
        case rejectedKey = "rejected_key"
        /// Failures that are likely to pass.
        case backoff
        /// Too many of those in a row; the next call is a probe.
        case openCircuit = "open_circuit"

        /// No hold is ever longer, jitter included: what a restored one is cut to, whatever the file says.
        var longest: Duration {
            switch self {
            case .cooldown: max(Cooldown.longestHinted, Jitter.cooldown.longest(Cooldown.longestUnhinted))
            case .rejectedKey: CredentialState.rejectedKeyHold
            case .backoff: Jitter.backoff.longest(Backoff.longest)
            case .openCircuit: Breaker.longestOpen
            }
        }
    }

    package func isRunning(at now: MonotonicTime) -> Bool { now < until.monotonic }

    /// Whether waiting alone is the cure: what a 503 with Retry-After says. A rejected key needs its owner.
    package var endsByWaiting: Bool {
        switch kind {
        case .cooldown, .openCircuit: true
        case .rejectedKey, .backoff: false
        }
    }

    /// The later of the two deadlines (litellm#40130: a shorter one won, and the provider was asked inside the longer).
    static func extended(_ current: Hold?, by new: Hold) -> Hold {
        guard let current, current.until.monotonic >= new.until.monotonic else { return new }
        return current
    }
}
