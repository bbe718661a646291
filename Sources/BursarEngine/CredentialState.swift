import BursarModel

/// All that is known of one credential, and its rules. *Value*, inside ``RefreshMachine``.
///
/// Three things vary independently, and are therefore three fields: what is held (``held``), whether a call is in flight
/// (``call``), and until when none may begin (``hold``, with the counters that compute it). The events are in
/// `CredentialState+Request.swift` and `CredentialState+Completion.swift`.
struct CredentialState: Sendable {
    /// Of the last request: two accounts may share a credential.
    var policy: RefreshPolicy
    /// The last good reading; dropped by a 401 or 403, so that nothing is left to be shown by mistake.
    var held: HeldReading?
    var call: Call = .idle
    /// Who waits for ``call``: registered, and neither woken nor gone. Beside the enum, so that a thousand callers joining one
    /// call change one set in place. Empty while the call is `idle`.
    var waiters: Set<WaiterID> = []
    /// The one deadline before which no call begins. Only ever moves later, until a success or an operator clears it.
    var hold: Hold?
    /// The failure that rows tell: the last one since the last success.
    var problem: FailureRecord?
    /// The last failure of all, for `/v1/status`.
    var lastFailure: FailureRecord?
    var lastSuccess: Moment?
    var cooldown = Cooldown()
    var backoff = Backoff()
    var breaker = Breaker.initial
    var calls = CallLog()
    var callsMade: UInt64 = 0
    /// When a caller last asked, a background refresh being none.
    var lastAsked: MonotonicTime?
    /// The configuration no longer names it, but a call is in flight: forgotten when that ends, unless requested again.
    var isRemoved = false

    init(policy: RefreshPolicy) { self.policy = policy }

    /// A rejected key is tried again after this, when someone asks: the owner may have had it re-enabled.
    static let rejectedKeyHold: Duration = .seconds(5 * 60)
    /// A ttl of zero, with a stale_for of zero, would withhold a reading from the very callers who waited for it.
    static let shortestTTL: Duration = .milliseconds(1)
    /// How long a call may go on past its timeout, as a multiple of it: long enough for a slow provider's answer to land, short
    /// enough that a hung connection (which blocks the next call, there is never a second) is given up.
    static let lateFactor = 4
    /// The immediate retry is made when a call failed within this share of the timeout: the other half is then left for it.
    static let retryShare = 2

    /// A good reading and its times.
    struct HeldReading: Sendable, Equatable {
        let reading: Reading
        let fetchedAt: Moment
        /// Where it came from a store, when: it is past its ttl from then on, whatever its age (what comes from disk is never
        /// fresh: the balance may have moved while nobody looked).
        let restoredAt: Moment?

        func expiresAt(ttl: Duration) -> Moment {
            let end = fetchedAt.advanced(by: max(CredentialState.shortestTTL, ttl))
            guard let restoredAt, restoredAt.monotonic < end.monotonic else { return end }
            return restoredAt
        }
    }

    /// Single-flight: the call of this credential. There is never a second.
    enum Call: Sendable, Equatable {
        /// None. Exits: a request that may ask → `inFlight`.
        case idle
        /// One, and its callers wait. Exits: success or failure → `idle`; a failure that is retried at once → `inFlight` with a
        /// new id and the same waiters; its timeout passes → `overdue`.
        case inFlight(InFlight)
        /// One that missed its timeout: its waiters were answered, the failure is counted, and its result will still land.
        /// Callers that come when a next call would be due wait for this one. Exits: success or failure → `idle`.
        case overdue(InFlight)

        var current: InFlight? {
            switch self {
            case .idle: nil
            case .inFlight(let flight), .overdue(let flight): flight
            }
        }
    }

    /// A call in flight.
    struct InFlight: Sendable, Equatable {
        let id: CallID
        /// When the refresh began: of a retry, when its first attempt did.
        let began: MonotonicTime
        let isRetry: Bool
    }

    /// The configuration no longer names it: what a caller's own credential would be without a reading.
    mutating func forgetReading() {
        held = nil
        lastSuccess = nil
        policy.residence = .passThrough
        isRemoved = false
    }

    /// Whether anything is left of failures: a hold that runs, or a count that would lengthen the next one.
    func isPenalized(at now: MonotonicTime) -> Bool {
        isBlocked(at: now) || cooldown != Cooldown() || backoff != Backoff() || breaker != .initial
    }

    /// Whether a request would have to wait for time to pass.
    func isBlocked(at now: MonotonicTime) -> Bool { hold?.isRunning(at: now) ?? false }
}
