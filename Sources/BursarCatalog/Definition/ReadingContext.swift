package import BursarModel

/// What the reading of an answer depends on besides the answer: the account's parameters, and the time. *Value.*
package struct ReadingContext: Sendable {
    package var parameters: [String: String]
    package var now: WallTime

    package init(parameters: [String: String] = [:], now: WallTime) {
        self.parameters = parameters
        self.now = now
    }

    /// With `defaults` for the parameters that the account does not give.
    func with(defaults: [String: String]) -> ReadingContext {
        ReadingContext(parameters: parameters.merging(defaults) { given, _ in given }, now: now)
    }
}
