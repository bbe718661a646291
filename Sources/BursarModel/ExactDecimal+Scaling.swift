/// A factor p/q that amounts are multiplied by: `0.01`, `1/60`. *Value.*
package struct ExactFactor: Sendable, Hashable {
    /// Where it is a power of ten: then every digit stays as written.
    package let power: Int?
    let numerator: UInt128
    let denominator: UInt128

    package static let one = ExactFactor(power: 0, numerator: 1, denominator: 1)

    private init(power: Int?, numerator: UInt128, denominator: UInt128) {
        self.power = power
        self.numerator = numerator
        self.denominator = denominator
    }

    /// `0.0001`, `1e-8`, `100`, `1/60`, `0.5/3`; nil for others, for 0 and for what has more than 18 digits.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let above = ExactDecimal(parts[0]),
            let below = parts.count == 2 ? ExactDecimal(parts[1]) : ExactDecimal(1), !above.isNegative, !below.isNegative,
            !above.isZero, !below.isZero
        else { return nil }
        let power =
            parts.count == 1
            ? (-ExactDecimal.maxDigits...ExactDecimal.maxDigits).first { ExactDecimal(1).scaled(byPowerOfTen: $0) == above } : nil
        // Both brought to whole numbers, then shortened.
        let places = max(above.scale, below.scale)
        guard let left = above.scaled(byPowerOfTen: places), let right = below.scaled(byPowerOfTen: places),
            let numerator = left.shortest.wholeNumber, let denominator = right.shortest.wholeNumber
        else { return nil }
        let divisor = Self.commonDivisor(numerator, denominator)
        let most = ExactDecimal.powersOfTen[18]
        guard power != nil || (numerator / divisor < most && denominator / divisor < most) else { return nil }
        self.init(power: power, numerator: numerator / divisor, denominator: denominator / divisor)
    }

    /// Whether a product has always an end: 1/8 has one, 1/60 has none.
    package var ends: Bool {
        var rest = denominator
        while rest % 2 == 0, rest > 1 { rest /= 2 }
        while rest % 5 == 0, rest > 1 { rest /= 5 }
        return rest == 1
    }

    private static func commonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return max(left, 1)
    }
}

extension ExactDecimal {
    /// The least value of at most so many digits behind the point that is not below this one; this one where it has no more.
    package func roundedUp(toDecimals decimals: Int) -> ExactDecimal {
        guard decimals >= 0, decimals < scale else { return self }
        let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: Self.powersOfTen[scale - decimals])
        // One digit less at least, so that one more fits.
        let rounded = remainder != 0 && !isNegative ? quotient + 1 : quotient
        return ExactDecimal(coefficient: rounded, scale: decimals, isNegative: isNegative) ?? self
    }

    /// The same value without zeros at its end: 12.3400 is 12.34.
    package var shortest: ExactDecimal {
        var (rest, scale) = (coefficient, scale)
        while scale > 0 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            rest = quotient
            scale -= 1
        }
        return ExactDecimal(coefficient: rest, scale: scale, isNegative: isNegative) ?? self
    }

    /// The magnitude where there is no fraction.
    var wholeNumber: UInt128? { scale == 0 ? coefficient : nil }

    /// The digits before the point, without a sign.
    package var wholeText: String { String(coefficient / Self.powersOfTen[scale]) }

    /// The value × `factor`. With `decimals`, at most so many digits behind the point, rounded down so that never more is told than there
    /// is; without, exactly. Nil where it has no end or more than 38 digits.
    package func multiplied(by factor: ExactFactor, decimals: Int?) -> ExactDecimal? {
        if let power = factor.power, decimals == nil { return scaled(byPowerOfTen: power) }
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: factor.numerator)
        guard !overflow else { return nil }
        if let decimals {
            guard let value = Self.quotient(product, scale, factor.denominator, decimals: decimals, up: isNegative) else {
                return nil
            }
            return ExactDecimal(coefficient: value, scale: decimals, isNegative: isNegative)?.shortest
        }
        var numerator = product
        for places in scale...Self.maxDigits {
            let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: factor.denominator)
            if remainder == 0 { return ExactDecimal(coefficient: quotient, scale: places, isNegative: isNegative)?.shortest }
            let (next, overflow) = numerator.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            numerator = next
        }
        return nil
    }

    /// `number` · 10^-`scale` / `divisor` in units of 10^-`decimals`.
    private static func quotient(_ number: UInt128, _ scale: Int, _ divisor: UInt128, decimals: Int, up: Bool) -> UInt128? {
        guard (0...maxDigits).contains(decimals) else { return nil }
        var (number, divisor) = (number, divisor)
        let distance = decimals - scale
        let (shifted, overflow) = (distance >= 0 ? number : divisor).multipliedReportingOverflow(by: powersOfTen[abs(distance)])
        guard !overflow else { return nil }
        if distance >= 0 { number = shifted } else { divisor = shifted }
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return up && remainder != 0 ? quotient + 1 : quotient
    }
}
