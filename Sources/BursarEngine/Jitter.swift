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

/// The machine's own random numbers, for jitter only: seeded, so that a schedule of events repeats exactly. *Value.*
/// (SplitMix64, the public-domain generator by Sebastiano Vigna: 64 bits of state, no table.)
package struct SplitMix64: Sendable, RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
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
