/// Something that is told. *Value.* An edge has one event, whatever number of targets are told of it. Only an end has another one
/// for targets that were told an earlier beginning.
package struct AlertEvent: Sendable, Equatable {
    /// A closed set; messages have these words.
    package enum Kind: String, Sendable, CaseIterable {
        case low = "balance.low"
        case recovered = "balance.recovered"
        case runwayShort = "balance.runway_short"
        case unknown = "balance.unknown"
        case known = "balance.known"
        case toppedUp = "balance.topped_up"
        case keyRejected = "key.rejected"
        case test = "gateway.test"

        /// Whether it says that something began which has an end.
        package var isFiring: Bool {
            switch self {
            case .low, .runwayShort, .unknown, .keyRejected: true
            case .recovered, .known, .toppedUp, .test: false
            }
        }

        /// Whether it says that such a thing ended.
        package var isRecovery: Bool { self == .recovered || self == .known }
    }

    package let id: String
    package let kind: Kind
    /// Nil for a test alone.
    package let key: AlertKey?
    package let at: WallTime
    /// When the condition began to hold, as far as it was seen.
    package let since: WallTime
    package let facts: AlertFacts
    /// Of a recovery: what it was judged by when it fired. Of a top-up: before it.
    package let before: AlertFacts?
    /// The rule's limit: an amount, or milliseconds.
    package let limit: String?
    /// Of a recovery and of a reminder: the event that fired.
    package let firing: String?
    package let isReminder: Bool

    package init(
        id: String, kind: Kind, key: AlertKey?, at: WallTime, since: WallTime, facts: AlertFacts, before: AlertFacts? = nil,
        limit: String? = nil, firing: String? = nil, isReminder: Bool = false
    ) {
        self.id = id
        self.kind = kind
        self.key = key
        self.at = at
        self.since = since
        self.facts = facts
        self.before = before
        self.limit = limit
        self.firing = firing
        self.isReminder = isReminder
    }
}
