internal import BursarModel

/// How drift and top-up count: in the last decimal of the example, so that every answer keeps the form the provider documents
/// (a schema may admit four decimals and no more).
extension ExactDecimal {
    /// The same form with 0 for its number: 12.3400 gives 0.0000.
    var zeroAtSameScale: ExactDecimal { subtracting(self) ?? .zero }

    /// `one` written with as many decimals as `self`: 12.3400 and 1 give 1.0000. Nil where the sum does not fit.
    func atSameScale(_ one: ExactDecimal) -> ExactDecimal? { zeroAtSameScale.adding(one) }

    /// A `parts`th of the magnitude, rounded down to the last decimal, and at least one of that decimal.
    func fraction(of parts: UInt128) -> ExactDecimal {
        let share = Swift.max(1, parts == 0 ? coefficient : coefficient / parts)
        // Digits and exponent are those of a value that exists, or 1 at its scale: this always reads.
        return ExactDecimal("\(share)e-\(scale)") ?? .zero
    }

    /// `steps` times `step` less, but not below 0. A hundred calls empty the example, so there are never more subtractions.
    func falling(by step: ExactDecimal, steps: Int) -> ExactDecimal {
        var value = self
        for _ in 0..<Swift.min(Swift.max(0, steps), 1_000) {
            guard let less = value.subtracting(step), !less.isNegative else { return zeroAtSameScale }
            value = less
        }
        return value
    }
}
