import BursarBasics

/// How long to leave a provider alone that said "later". Counts refusals since the last success. *Value.*
///
/// Exits: a success or an operator's clearing starts it anew.
package struct Cooldown: Sendable, Hashable {
    /// Refusals since the last success whose hint was believed.
    package private(set) var hinted: Int
    /// Refusals since the last success that had no hint, or one that is believed no longer.
    package private(set) var unhinted: Int

    package init(hinted: Int = 0, unhinted: Int = 0) {
        self.hinted = max(0, hinted)
        self.unhinted = max(0, unhinted)
    }

    /// A longer hint is capped and, at its end, tried once: 68 hours were told for a window of five (CLIProxyAPI#5764).
    package static let longestHinted: Duration = .seconds(3_600)
    package static let firstUnhinted: Duration = .seconds(30)
    package static let longestUnhinted: Duration = .seconds(15 * 60)
    /// A provider that is asked when it said, and refuses again, three times over, tells lies: from then on its hint can only
    /// make the doubling wait longer. Otherwise `Retry-After: 1` for hours would be a call a second for hours.
    package static let believedHints = 3

    /// A refusal came: how long the cooldown is from now.
    mutating func refused(hint: CooldownHint?, _ random: inout SplitMix64) -> Duration {
        let told = hint.map { min(max($0.wait, .zero), Self.longestHinted) }
        if let told, told > .zero, hinted < Self.believedHints {
            hinted += 1
            return told
        }
        let step = doubled(Self.firstUnhinted, steps: unhinted, longest: Self.longestUnhinted)
        // Saturates far beyond the step that reaches the cap.
        unhinted = min(unhinted + 1, 1_000)
        return max(Jitter.cooldown.delayed(step, &random), told ?? .zero)
    }
}
