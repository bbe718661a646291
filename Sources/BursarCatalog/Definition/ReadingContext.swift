package import BursarModel

/// What an answer is read beside: the account's parameters, and the time. *Value.*
package struct ReadingContext: Sendable {
    package var parameters: [String: String]
    package var now: WallTime

    package init(parameters: [String: String] = [:], now: WallTime) {
        self.parameters = parameters
        self.now = now
    }
}
