package import BursarModel

/// Whether an amount may be spent now. *Value.* Unknown never passes for enough.
package struct GuardDecision: Sendable, Equatable {
    package enum Answer: String, Sendable {
        case yes, no, unknown
    }

    /// Why the answer is unknown: a closed set.
    package enum Unknown: String, Sendable, CaseIterable {
        /// No reading at all, or none that may be shown.
        case unavailable
        /// There is a reading, and it is older than the request allows.
        case stale
        /// The account has no available amount of this unit.
        case noAmount = "no_amount"
        /// What is needed and what is claimed have more digits together than an amount may.
        case tooLarge = "too_large"
        /// Claims may have been kept that could not be read.
        case claimsUnknown = "claims_unknown"
    }

    package let answer: Answer
    /// Nil where ``answer`` is not `unknown`.
    package let reason: Unknown?
    /// What the account has by its newest reading, before claims are taken off; nil where that is not known.
    package let have: ExactDecimal?
    package let needs: ExactDecimal
    /// The sum of the claims of others; nil where that is not known.
    package let claimed: ExactDecimal?
    /// ``have`` less ``claimed`` and ``needs``; below 0 where there is too little. Nil where one is not known, or where it has more
    /// digits than an amount may: the answer needs no difference.
    package let leftAfter: ExactDecimal?

    /// - Parameters:
    ///   - have: the available amount of the newest reading; nil where there is none of the unit.
    ///   - claimed: nil where that is not known.
    ///   - isReadable: false where there is no reading that may be shown.
    ///   - isFreshEnough: whether the reading is as new as the request wants it.
    package init(
        needs: ExactDecimal, have: ExactDecimal?, claimed: ExactDecimal?, isReadable: Bool, isFreshEnough: Bool
    ) {
        self.needs = needs
        self.claimed = claimed
        let shown = isReadable ? have : nil
        self.have = shown
        let wanted = claimed?.adding(needs)
        leftAfter = wanted.flatMap { shown?.subtracting($0) }
        let reason: Unknown?
        if !isReadable {
            reason = .unavailable
        } else if have == nil {
            reason = .noAmount
        } else if !isFreshEnough {
            reason = .stale
        } else if claimed == nil {
            reason = .claimsUnknown
        } else {
            reason = wanted == nil ? .tooLarge : nil
        }
        self.reason = reason
        if reason == nil, let have, let wanted { answer = wanted <= have ? .yes : .no } else { answer = .unknown }
    }
}
