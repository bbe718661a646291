package import BursarModel

/// What the reading of an answer depends on besides the answer: the account's parameters, and the time. *Value.*
package struct ReadingContext: Sendable {
    package var parameters: [String: String]
    package var now: WallTime

    package init(parameters: [String: String] = [:], now: WallTime) {
        self.parameters = parameters
        self.now = now
    }
}
