package import BursarModel

/// What an account showed from one time to another: a history entry, as this target sees it. *Value.*
package struct Observation: Sendable, Equatable {
    /// When these amounts were seen first.
    package let at: WallTime
    /// When they were confirmed last, ``at`` or later. Between one's `until` and the next one's `at` nobody knows the amounts.
    package let until: WallTime
    package let amounts: [Amount]

    package init(at: WallTime, until: WallTime, amounts: [Amount]) {
        self.at = at
        self.until = max(at, until)
        self.amounts = amounts
    }
}
