package import BursarEngine
package import BursarModel

/// What a request for a credential's balance came to. *Value.*
package struct Answer: Sendable {
    package let view: AccountView
    package let source: Source

    package init(view: AccountView, source: Source) {
        self.view = view
        self.source = source
    }

    /// How the view was come by: the names of Cache-Status, as far as it has any.
    package enum Source: Sendable, Hashable {
        /// Fresh, without asking.
        case held
        /// Stale, at once. `refreshing`: a call runs behind it.
        case cachedStale(refreshing: Bool)
        /// From the call that this request began.
        case fetched
        /// From a call that was already in flight.
        case collapsed
        /// Nobody may be asked; the view shows what is cached, if anything.
        case blocked(BlockReason)
        /// The request's deadline or the call's timeout passed, or the process is stopping. The call goes on, but in the last case.
        case waitedOut

        /// Whether a call's end is what the request got.
        package var isOfCall: Bool {
            switch self {
            case .fetched, .collapsed: true
            case .held, .cachedStale, .blocked, .waitedOut: false
            }
        }
    }
}

/// The first, synchronous step of a request. *Value.*
package enum Step: Sendable {
    case answered(Answer)
    case mustWait(Ticket)
}

/// The view of a credential changed by an event, not by time alone. *Value.*
package struct ViewChange: Sendable {
    package let key: CredentialKey
    package let view: AccountView
    /// Rises with every change in the process. Changes are reported outside the lock, so two may arrive in the wrong order: keep
    /// the greatest number per credential.
    package let number: UInt64
    /// A store brought it: nobody was asked, and what it says is of before.
    package let isRestored: Bool
    /// The call that failed last, seen together with `view`; nil where the view has no problem. An open circuit is one, whose cause this is.
    package let failure: FailureRecord?
}
