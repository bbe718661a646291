package import BursarModel

/// All that a forecast follows from. *Value.* The same question has the same answer, to the byte.
package struct RunwayQuestion: Sendable {
    package let account: AccountID
    package let unit: AmountUnit
    /// Oldest first, as a store gives it. The last entry is the newest reading.
    package let history: [Observation]
    /// Whether the newest reading is inside its ttl, or was read within the time that a reader is owed.
    package let isFresh: Bool
    package let ttl: Duration
    package let now: WallTime

    package init(
        account: AccountID, unit: AmountUnit, history: [Observation], isFresh: Bool, ttl: Duration, now: WallTime
    ) {
        self.account = account
        self.unit = unit
        self.history = history
        self.isFresh = isFresh
        self.ttl = ttl
        self.now = now
    }

    /// A reading older than this says too little of now: twice the ttl, and never under a quarter of an hour.
    package static func oldest(ttl: Duration) -> Duration { max(ttl * 2, .seconds(900)) }
}
