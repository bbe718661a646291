import BursarBasics
import BursarConfiguration
import BursarModel

/// Reads the parameters of the insight routes, and says what is wrong in words. *Value.* Values of a caller are not echoed.
struct InsightQuery {
    /// What is wrong, for the caller.
    struct Refusal: Error, Equatable { let detail: String }

    private let values: [String: String]

    /// Which names there may be is said by the table of routes.
    /// - Throws: for a name that comes twice.
    init(_ text: String?) throws(Refusal) {
        guard let query = Query(text) else {
            throw Refusal(detail: "The query string is not well-formed: an escape is broken or it is no UTF-8.")
        }
        var values: [String: String] = [:]
        for parameter in query.parameters {
            guard values.updateValue(parameter.value, forKey: parameter.name) == nil else {
                throw Refusal(detail: "The query parameter \(parameter.name) stands twice.")
            }
        }
        self.values = values
    }

    func text(_ name: String) -> String? { values[name] }

    func flag(_ name: String) throws(Refusal) -> Bool {
        guard let value = values[name] else { return false }
        guard let flag = Query.flag(value) else { throw Refusal(detail: Query.flagRefusal(name)) }
        return flag
    }

    func duration(_ name: String) throws(Refusal) -> Duration? {
        guard let text = values[name] else { return nil }
        guard let duration = try? DurationText.parse(text) else {
            throw Refusal(detail: "\(name) takes a duration such as 30s, 5m, 24h or 7d.")
        }
        return duration
    }

    /// A time, or so long ago.
    func time(_ name: String, now: WallTime) throws(Refusal) -> WallTime? {
        guard let text = values[name] else { return nil }
        if let time = WallTime(rfc3339: text) { return time }
        if let ago = try? DurationText.parse(text) { return now.advanced(by: .milliseconds(-ago.milliseconds)) }
        throw Refusal(detail: "\(name) takes a time such as 2026-11-20T00:00:00Z, or how long ago: 24h, 7d.")
    }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = parseASCIIDigits(text), range.contains(number) else {
            throw Refusal(detail: "\(name) takes a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// What somebody wants to spend: above 0, of no more digits than arithmetic has room for, and no finer than money is.
    static func amount(_ name: String, _ text: String?) throws(Refusal) -> ExactDecimal {
        guard let text else { throw Refusal(detail: "\(name) is missing: an amount such as 20 or 0.5.") }
        guard let amount = ExactDecimal(text) else {
            throw Refusal(
                detail: "\(name) takes a decimal number of at most \(ExactDecimal.maxDigits) digits, such as 20 or 0.5.")
        }
        guard amount.scale <= Claim.mostDecimals else {
            throw Refusal(detail: "\(name) takes at most \(Claim.mostDecimals) digits behind the point.")
        }
        guard !amount.isNegative, !amount.isZero else { throw Refusal(detail: "\(name) takes an amount above 0.") }
        return amount
    }

    func amount(_ name: String) throws(Refusal) -> ExactDecimal { try Self.amount(name, values[name]) }
}
