/// What was spent of an account's unit and what was added, in all since counting began. *Value.* Neither ever falls, so that an
/// increase over any time is right across top-ups and restarts, where the difference of a balance is not.
package struct SpendCounters: Sendable, Equatable {
    package var spent: ExactDecimal
    package var toppedUp: ExactDecimal
    /// Given back and not spent again: the next burns come off it before they count, because ``spent`` cannot fall.
    package var refunded: ExactDecimal

    package static let zero = SpendCounters(spent: .zero, toppedUp: .zero, refunded: .zero)

    package init(spent: ExactDecimal, toppedUp: ExactDecimal, refunded: ExactDecimal) {
        self.spent = spent
        self.toppedUp = toppedUp
        self.refunded = refunded
    }
}
