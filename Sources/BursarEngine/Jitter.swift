import BursarBasics

/// How much later than computed a deadline may fall, so that many credentials that failed together do not come back together.
/// It only ever delays. *Value.*
struct Jitter: Sendable {
    /// In percent of the delay.
    let percent: Int

    /// A quarter: backoffs are short, and spreading them is their purpose.
    static let backoff = Jitter(percent: 25)
    /// A tenth: 15 minutes are long already.
    static let cooldown = Jitter(percent: 10)

    func delayed(_ delay: Duration, _ random: inout SplitMix64) -> Duration {
        // 1,024 steps are finer than any timer; delays here are minutes at most, so nothing overflows.
        let share = Int(random.next() >> 54)
        return delay + delay * (share * percent) / (1_023 * 100)
    }

    func longest(_ delay: Duration) -> Duration { delay + delay * percent / 100 }
}

/// `base`, doubled `steps` times, never more than `longest`.
func doubled(_ base: Duration, steps: Int, longest: Duration) -> Duration {
    var delay = base
    var left = steps
    while left > 0, delay < longest {
        delay = delay * 2
        left -= 1
    }
    return min(delay, longest)
}
