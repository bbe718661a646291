import BursarBasics

/// How long to wait after a failure that is likely to pass: 1 s, 2 s, 4 s … 60 s, each up to a quarter longer. *Value.*
///
/// Exits: a success, an orderly refusal (the provider answers again) or an operator's clearing starts it anew.
package struct Backoff: Sendable, Hashable {
    /// Delays given since it was last started anew.
    package private(set) var steps: Int

    package init(steps: Int = 0) { self.steps = max(0, steps) }

    package static let first: Duration = .seconds(1)
    package static let longest: Duration = .seconds(60)

    /// A refresh failed: how long until the next.
    mutating func failed(_ random: inout SplitMix64) -> Duration {
        let step = doubled(Self.first, steps: steps, longest: Self.longest)
        steps = min(steps + 1, 1_000)  // Saturates far beyond the step that reaches the cap.
        return Jitter.backoff.delayed(step, &random)
    }
}
