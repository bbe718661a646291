import BursarModel

/// What a row asks of a person, by the rules of the page: `Public/need.js` says the same, and a test compares them. *Value.* Pure.
package struct RowJudgement: Sendable, Equatable {
    /// From the most urgent on. Of those with the same rank, none comes first.
    enum Word: Sendable, Equatable {
        case unavailable
        case empty
        case low
        case runsOut
        case stale
        /// Nobody has asked for it yet.
        case unread
        case well

        var rank: Int {
            switch self {
            case .unavailable: 0
            case .empty, .low: 1
            case .runsOut: 2
            case .stale: 3
            case .unread, .well: 4
            }
        }
    }

    let word: Word
    /// The reading is an old one, whatever else there is to say.
    let isOld: Bool

    /// A forecast this near needs somebody.
    package static let shortRunway = Duration.seconds(3 * 86_400)
    /// A reading that has just ended is asked for again as this is read.
    static let grace = Duration.seconds(60)

    /// What a row is judged by. *Value.*
    struct Facts: Sendable {
        var status: RowStatus
        var hasProblem = false
        /// It has no value because nobody has asked for one.
        var isUnread = false
        /// The row's own amount.
        var available: ExactDecimal?
        var isLow = false
        var expiresAt: WallTime?
        /// When that amount ends at the earliest, as it is being spent; nil where that is not known.
        var earliestEnd: WallTime?
    }

    init(_ facts: Facts, now: WallTime) {
        if facts.status == .unavailable {
            (word, isOld) = (facts.isUnread ? .unread : .unavailable, false)
            return
        }
        let isLate = facts.expiresAt.map { $0.duration(to: now) > Self.grace } ?? false
        isOld = facts.status == .stale && (isLate || facts.hasProblem)
        if let available = facts.available, available <= .zero {
            word = .empty
        } else if facts.isLow {
            word = .low
        } else if let end = facts.earliestEnd, now.duration(to: end) < Self.shortRunway {
            word = .runsOut
        } else {
            word = isOld ? .stale : .well
        }
    }
}
