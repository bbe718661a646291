import BursarConfiguration
import BursarModel

/// A token bucket that is full at first: a client may use its whole quota at once and gets it back evenly. *Value.*
///
/// Only one number is kept: the moment at which the bucket is full again. Whatever lies between that and now, in intervals, is what was
/// taken.
struct TokenBucket: Sendable, Equatable {
    enum Verdict: Equatable {
        /// The request may go on; so many more may come at once.
        case allowed(left: Int)
        /// It may not, and would after this time.
        case refused(wait: Duration)
    }

    let rate: RequestRate
    private var fullAt: MonotonicTime?

    init(_ rate: RequestRate) { self.rate = rate }

    /// A request came.
    mutating func requested(at now: MonotonicTime) -> Verdict {
        let interval = rate.interval
        let capacity = interval * Int64(rate.requests)  // at most the window, which is a day
        let start = max(fullAt ?? now, now)
        let taken = now.duration(to: start).nanoseconds
        guard taken <= capacity - interval else { return .refused(wait: .nanoseconds(taken - (capacity - interval))) }
        fullAt = start.advanced(by: .nanoseconds(interval))
        return .allowed(left: Int((capacity - interval - taken) / interval))
    }

    /// How long until the whole quota is there again.
    func untilFull(_ now: MonotonicTime) -> Duration {
        fullAt.map { max(.zero, now.duration(to: $0)) } ?? .zero
    }
}
