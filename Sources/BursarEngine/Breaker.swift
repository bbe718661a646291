/// The circuit breaker of one credential: after five failed calls in a row the provider gets one probe at a time. *Value.*
///
/// Counted are calls that got no orderly answer: `upstream_error`, `unreachable`, `timeout`, `invalid_response`. A 429, 401 or
/// 403 is an orderly answer: it ends the row and closes the circuit, and its own hold takes over. The time of the probe is
/// not here but in the credential's one ``Hold``.
package enum Breaker: Sendable, Hashable {
    /// Calls are made as demanded. `failures` in a row so far, below ``threshold``.
    /// Exits: the fifth failure in a row → `open`.
    case closed(failures: Int)
    /// No calls until the hold ends. `openings` in a row, at least 1.
    /// Exits: a call begins (the probe) → `halfOpen`; a late success, a late refusal or an operator's clearing → `closed`.
    case open(openings: Int)
    /// The probe is in flight. Exits: it fails → `open`, for twice as long where it was answered; anything else → `closed`.
    case halfOpen(openings: Int)

    package static let threshold = 5
    package static let firstOpen: Duration = .seconds(30)
    package static let longestOpen: Duration = .seconds(10 * 60)
    /// Where nobody answers, one call in this time burdens nobody, and all is well at once when the network, the name or the machine is
    /// back: a reading is then at most half a minute away.
    package static let unansweredOpen: Duration = .seconds(25)

    static let initial = Breaker.closed(failures: 0)

    /// Whether rows say `circuit_open`: until the probe has shown otherwise.
    var isOpen: Bool {
        switch self {
        case .closed: false
        case .open, .halfOpen: true
        }
    }

    /// A call begins. Returns whether it is the probe.
    mutating func callStarted() -> Bool {
        switch self {
        case .closed, .halfOpen: return false
        case .open(let openings):
            self = .halfOpen(openings: openings)
            return true
        }
    }

    /// A call got no orderly answer. Returns how long the circuit is open from now, where this opened it.
    /// - Parameter isAnswered: the provider said something. Only then the next time is longer.
    mutating func failed(isAnswered: Bool) -> Duration? {
        switch self {
        case .closed(let failures) where failures + 1 < Self.threshold:
            self = .closed(failures: failures + 1)
            return nil
        case .closed:
            self = .open(openings: 1)
            return isAnswered ? Self.firstOpen : Self.unansweredOpen
        case .halfOpen(let openings) where !isAnswered:
            self = .open(openings: openings)
            return Self.unansweredOpen
        case .halfOpen(let openings):
            self = .open(openings: min(openings + 1, 1_000))  // Saturates far beyond the opening that reaches the cap.
            return doubled(Self.firstOpen, steps: openings, longest: Self.longestOpen)
        case .open:
            return nil
        }
    }
}
