/// What an operator wants to be told of an account. *Value.*
package struct AlertRule: Sendable, Equatable {
    package enum Condition: Sendable, Equatable {
        /// Less is available than this. Without a unit, the row's own amount is meant.
        case below(ExactDecimal, unit: AmountUnit?)
        /// It is expected to last less than this.
        case runway(Duration)
        /// Nothing new was heard of it for so long, although it was asked for.
        case unavailable(Duration)
        /// Something was added.
        case toppedUp
        /// The provider does not take the key.
        case keyRejected

        /// Whether what was seen under another condition of the rule is against this one as well. That may have been of another kind.
        package func holds(_ facts: AlertFacts) -> Bool {
            let problem = facts.detail.flatMap { ProblemCode(rawValue: $0) }
            switch self {
            case .below(let limit, let unit):
                guard let value = facts.value, facts.detail == nil, unit == nil || unit == facts.unit else { return false }
                return value < limit
            case .runway(let limit): return facts.detail.flatMap { Int64($0) }.map { $0 < limit.milliseconds } ?? false
            case .unavailable: return problem != nil
            case .keyRejected: return problem == .unauthorized || problem == .forbidden
            case .toppedUp: return false
            }
        }

        /// Whether both judge the same: another limit is another limit, another unit another question.
        package func asksAsDoes(_ other: Condition) -> Bool {
            switch (self, other) {
            case (.below(_, let unit), .below(_, let otherUnit)): unit == otherUnit
            case (.runway, .runway), (.unavailable, .unavailable), (.toppedUp, .toppedUp), (.keyRejected, .keyRejected): true
            default: false
            }
        }
    }

    /// Unique among an account's rules.
    package let name: String
    package let condition: Condition
    /// Names of targets, in the order of the configuration.
    package let targets: [String]
    /// How often is told again while it fires; nil: never.
    package let repeats: Duration?

    package init(name: String, condition: Condition, targets: [String], repeats: Duration? = nil) {
        self.name = name
        self.condition = condition
        self.targets = targets
        self.repeats = repeats
    }
}

/// A rule of an account. *Value.*
package struct AlertKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let account: AccountID
    package let rule: String

    package init(_ account: AccountID, _ rule: String) {
        self.account = account
        self.rule = rule
    }

    package var description: String { "\(account) \(rule)" }
    package static func < (left: AlertKey, right: AlertKey) -> Bool {
        (left.account, left.rule) < (right.account, right.rule)
    }
}
