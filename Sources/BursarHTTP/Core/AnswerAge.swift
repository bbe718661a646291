package import NIOCore

/// How old what an answer says is: so old at a moment, and older from there on (`Age`, RFC 9111, section 5.1). *Value.*
///
/// Two parts and not the moment that it was new at: a machine's clock begins when it boots, and what was read before that lies
/// before every point of it.
package struct AnswerAge: Sendable, Equatable {
    private let moment: NIODeadline
    private let nanosecondsThen: Int64

    /// - Parameter age: at `moment`; less than nothing is nothing.
    package init(_ age: TimeAmount = .zero, at moment: NIODeadline) {
        self.moment = moment
        // Half of what fits: the sum with what a clock can show does, too.
        nanosecondsThen = min(max(0, age.nanoseconds), .max / 2)
    }

    /// Whole seconds, never negative.
    package func seconds(at now: NIODeadline) -> Int64 { max(0, (now - moment).nanoseconds + nanosecondsThen) / Self.second }

    /// When ``seconds(at:)`` will say something else than at `now`.
    func nextChange(after now: NIODeadline) -> NIODeadline {
        let age = max(0, (now - moment).nanoseconds + nanosecondsThen)
        return now + .nanoseconds(Self.second - age % Self.second)
    }

    private static let second: Int64 = 1_000_000_000
}
