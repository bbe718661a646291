package import BursarModel

/// How long a balance will last, as far as its history tells. *Value.*
package struct Runway: Sendable, Equatable {
    package let unit: AmountUnit
    package let status: Status
    /// Nil unless ``status`` is `burning`.
    package let forecast: Forecast?
    /// Nil where nothing was seen of what is spent.
    package let burn: BurnRate?
    package let basis: Basis
    package let lastTopUp: TopUp?

    package enum Status: Sendable, Equatable {
        /// It cannot be said.
        case unknown(Unknown)
        /// Nothing is left, or less than nothing.
        case empty
        /// Nothing was spent for seven days, or in all of at least three.
        case flat
        /// Too little was seen as yet.
        case accumulating(Missing)
        /// It is filled up to the same level at equal intervals; the time is when the next such rise is due.
        /// It may be overdue by half an interval.
        case quota(next: WallTime)
        case burning
    }

    /// Why it cannot be said: a closed set.
    package enum Unknown: String, Sendable, CaseIterable {
        /// The newest reading has no available amount of the unit.
        case noAmount = "no_amount"
        /// The newest reading is too old.
        case stale
        /// Figures beyond 64 bits.
        case tooLarge = "too_large"
        /// Times that lie in the future: the clock is, or was, wrong.
        case clock
        /// It rises at least a third as often as it falls: what is spent cannot be told from what is added.
        case irregular
    }

    /// What was seen of what is needed. *Value.*
    package struct Missing: Sendable, Equatable {
        package let days: Progress
        package let steps: Progress
        package let daysWithBurn: Progress

        package struct Progress: Sendable, Equatable {
            package let seen: Int
            package let needed: Int
            package var isEnough: Bool { seen >= needed }
        }
    }

    /// Each is a time by which the balance is used up with a stated likelihood. *Value.*
    package struct Forecast: Sendable, Equatable {
        /// With 2.5 %. It may be the end of what is looked at: then the others are nil.
        package let notBefore: WallTime
        /// With 10 %.
        package let earliest: WallTime?
        /// With 50 %.
        package let expected: WallTime?
        /// With 90 %; nil where the evidence says nothing about so late a time.
        package let latest: WallTime?
    }

    /// What is spent. A drop across a gap counts evenly over it. *Value.*
    package struct BurnRate: Sendable, Equatable {
        /// Nil unless all of the 24 hours before the newest confirmation are known: no top-up hides a part of them.
        package let last24h: ExactDecimal?
        /// The mean of the known days, rounded down to the digits that the account has.
        package let perDay: ExactDecimal?
    }

    /// What an answer rests on. *Value.*
    package struct Basis: Sendable, Equatable {
        package let since: WallTime?
        package let days: Int
        package let steps: Int
        package let topUps: Int
        /// Why what was seen before ``since`` does not count: `unit_changed`, `scale_changed`, `large_drop` or `clock_changed`;
        /// nil where all counts.
        package let reset: String?

        static let none = Basis(since: nil, days: 0, steps: 0, topUps: 0, reset: nil)
    }

    package struct TopUp: Sendable, Equatable {
        package let at: WallTime
        package let amount: ExactDecimal
    }

    /// The word for ``status``.
    package var word: String {
        switch status {
        case .unknown: "unknown"
        case .empty: "empty"
        case .flat: "flat"
        case .accumulating: "accumulating"
        case .quota: "quota"
        case .burning: "burning"
        }
    }
}
