package import BursarModel

/// Whether so much may be spent now. *Value.* Unknown never passes for enough.
package struct GuardDecision: Sendable, Equatable {
    package enum Answer: String, Sendable {
        case yes, no, unknown
    }

    /// Why it cannot be said: a closed set.
    package enum Unknown: String, Sendable, CaseIterable {
        /// No reading at all, or none that may be shown.
        case unavailable
        /// There is one, older than was asked for.
        case stale
        /// The account has no available amount of this unit.
        case noAmount = "no_amount"
        /// What is left after claims needs more digits than there are.
        case tooLarge = "too_large"
    }

    package let answer: Answer
    /// Nil where ``answer`` is not `unknown`.
    package let reason: Unknown?
    /// What the account has by its newest reading, claims or not; nil where that is not known.
    package let have: ExactDecimal?
    package let needs: ExactDecimal
    /// What others claimed.
    package let claimed: ExactDecimal
    /// What is left of ``have`` once claims and needs are taken off; below 0 where there is too little.
    package let leftAfter: ExactDecimal?

    /// - Parameters:
    ///   - have: the available amount of the newest reading; nil where there is none of the unit.
    ///   - isReadable: false where there is no reading that may be shown.
    ///   - isFreshEnough: whether it is as young as was asked for.
    package init(
        needs: ExactDecimal, have: ExactDecimal?, claimed: ExactDecimal, isReadable: Bool, isFreshEnough: Bool
    ) {
        self.needs = needs
        self.claimed = claimed
        self.have = isReadable ? have : nil
        let left = self.have.flatMap { $0.subtracting(claimed) }.flatMap { $0.subtracting(needs) }
        leftAfter = left
        let reason: Unknown?
        if !isReadable {
            reason = .unavailable
        } else if have == nil {
            reason = .noAmount
        } else if !isFreshEnough {
            reason = .stale
        } else {
            reason = left == nil ? .tooLarge : nil
        }
        self.reason = reason
        answer = reason != nil ? .unknown : left.map { $0.isNegative ? .no : .yes } ?? .unknown
    }
}
