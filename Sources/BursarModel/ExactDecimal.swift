/// A decimal number that keeps the digits it was written with: "12.3400" stays "12.3400". *Value.*
///
/// Money never passes through a binary float in this program, so this type has no conversion from or to one. It holds at
/// most 38 significant digits (what fits `UInt128` with every digit free) and at most 38 digits behind the point; text
/// outside of that is refused rather than rounded.
package struct ExactDecimal: Sendable {
    /// The most digits a value may have, in all and behind the point.
    package static let maxDigits = 38

    /// All digits as one number: 12.3400 has 123400. Below 10³⁸.
    package let coefficient: UInt128
    /// How many of the digits stand behind the point, 0…38.
    package let scale: Int
    /// False for zero: "-0.00" reads as "0.00", because a sign without a magnitude says nothing about money.
    package let isNegative: Bool

    init?(coefficient: UInt128, scale: Int, isNegative: Bool) {
        guard coefficient < Self.powersOfTen[Self.maxDigits], (0...Self.maxDigits).contains(scale) else { return nil }
        self.coefficient = coefficient
        self.scale = scale
        self.isNegative = isNegative && coefficient != 0
    }

    package static let zero = ExactDecimal(coefficient: 0, scale: 0, unchecked: false)

    private init(coefficient: UInt128, scale: Int, unchecked isNegative: Bool) {
        self.coefficient = coefficient
        self.scale = scale
        self.isNegative = isNegative && coefficient != 0
    }

    package init(_ value: Int) {
        self.init(coefficient: UInt128(value.magnitude), scale: 0, unchecked: value < 0)
    }

    /// 10⁰ … 10³⁸, the last one being the first coefficient that no longer fits.
    static let powersOfTen: [UInt128] = {
        var powers: [UInt128] = [1]
        for _ in 1...maxDigits { powers.append(powers[powers.count - 1] * 10) }  // 10³⁸ < 2¹²⁸ ≈ 3.4·10³⁸
        return powers
    }()
}

// MARK: - Text

extension ExactDecimal {
    /// Reads `-12.3400`, `.5`, `5.`, `1e3`; anything without a digit (`""`, `"-"`, `"."`), with a `+`, a space, `inf`, hex or
    /// more than 38 digits is `nil`. An exponent is carried out exactly: `1.50e1` is `15.0`, `1e-3` is `0.001`.
    package init?(_ text: some StringProtocol) {
        var copy = String(text)
        let parsed = copy.withUTF8 { ExactDecimal(utf8: $0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The same over bytes, as the JSON reader has them.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        var coefficient: UInt128 = 0
        var digits = 0
        var scale = 0
        var sawPoint = false
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { index = 1 }

        scan: while index < bytes.count {
            switch bytes[index] {
            case let byte where byte >= 0x30 && byte <= 0x39:
                digits += 1
                let (product, overflow) = coefficient.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                let (sum, carried) = product.addingReportingOverflow(UInt128(byte - 0x30))
                guard !carried else { return nil }
                coefficient = sum
                if sawPoint { scale += 1 }
                if scale > 4 * Self.maxDigits || digits > 4 * Self.maxDigits { return nil }
            case UInt8(ascii: "."):
                guard !sawPoint else { return nil }
                sawPoint = true
            default:
                break scan
            }
            index += 1
        }
        guard digits > 0 else { return nil }

        if index < bytes.count {
            guard bytes[index] | 0x20 == UInt8(ascii: "e") else { return nil }
            guard let exponent = Self.exponent(UnsafeBufferPointer(rebasing: bytes[(index + 1)...])) else { return nil }
            scale -= exponent
            if scale < 0 {
                guard -scale <= Self.maxDigits else { return nil }
                let (product, overflow) = coefficient.multipliedReportingOverflow(by: Self.powersOfTen[-scale])
                guard !overflow else { return nil }
                coefficient = product
                scale = 0
            }
        }
        self.init(coefficient: coefficient, scale: scale, isNegative: negative)
    }

    /// At most three digits: no exponent beyond ±76 can give a value that fits.
    private static func exponent(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var digits = bytes[...]
        let negative = digits.first == UInt8(ascii: "-")
        if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard (1...3).contains(digits.count) else { return nil }
        var value = 0
        for byte in digits {
            guard byte >= 0x30 && byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return negative ? -value : value
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// Plain notation, never an exponent: what goes into a row.
    package var description: String {
        var digits = String(coefficient)
        if scale > 0 {
            if digits.count <= scale { digits = String(repeating: "0", count: scale - digits.count + 1) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return isNegative ? "-" + digits : digits
    }
}

// MARK: - Arithmetic

extension ExactDecimal {
    package var isZero: Bool { coefficient == 0 }

    package var negated: ExactDecimal { ExactDecimal(coefficient: coefficient, scale: scale, unchecked: !isNegative) }

    /// The exact sum with the finer of the two scales, or `nil` when it needs more than 38 digits.
    package func adding(_ other: ExactDecimal) -> ExactDecimal? {
        let scale = max(self.scale, other.scale)
        guard let left = coefficient(at: scale), let right = other.coefficient(at: scale) else { return nil }
        if isNegative == other.isNegative {
            // Both are below 10³⁸, so the sum is below 2·10³⁸ < 2¹²⁸.
            return ExactDecimal(coefficient: left + right, scale: scale, isNegative: isNegative)
        }
        return left >= right
            ? ExactDecimal(coefficient: left - right, scale: scale, isNegative: isNegative)
            : ExactDecimal(coefficient: right - left, scale: scale, isNegative: other.isNegative)
    }

    package func subtracting(_ other: ExactDecimal) -> ExactDecimal? { adding(other.negated) }

    /// The value × 10^`power`, exactly: a provider that counts 1/10000 USD has the power -4. No digit is dropped.
    package func scaled(byPowerOfTen power: Int) -> ExactDecimal? {
        guard (-Self.maxDigits...Self.maxDigits).contains(power) else { return nil }
        let newScale = scale - power
        if newScale >= 0 { return ExactDecimal(coefficient: coefficient, scale: newScale, isNegative: isNegative) }
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: Self.powersOfTen[-newScale])
        guard !overflow else { return nil }
        return ExactDecimal(coefficient: product, scale: 0, isNegative: isNegative)
    }

    /// The coefficient as it would be with `scale` digits behind the point, or `nil` where that needs more than 38 digits.
    private func coefficient(at scale: Int) -> UInt128? {
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: Self.powersOfTen[scale - self.scale])
        return overflow || product >= Self.powersOfTen[Self.maxDigits] ? nil : product
    }
}

extension ExactDecimal: Comparable {
    /// Equal in value: 1.0 == 1.00. Use ``description`` to compare digits.
    package static func == (left: ExactDecimal, right: ExactDecimal) -> Bool { compare(left, right) == 0 }
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool { compare(left, right) < 0 }

    private static func compare(_ left: ExactDecimal, _ right: ExactDecimal) -> Int {
        if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
        let magnitude = compareMagnitude(left, right)
        return left.isNegative ? -magnitude : magnitude
    }

    /// Whole parts first, then the fractions brought to 38 places: both steps fit, where bringing the whole value to a common
    /// scale would not (10³⁷ against 10⁻³⁸).
    private static func compareMagnitude(_ left: ExactDecimal, _ right: ExactDecimal) -> Int {
        let (leftWhole, leftFraction) = left.parts
        let (rightWhole, rightFraction) = right.parts
        if leftWhole != rightWhole { return leftWhole < rightWhole ? -1 : 1 }
        if leftFraction != rightFraction { return leftFraction < rightFraction ? -1 : 1 }
        return 0
    }

    /// The whole part, and the fraction in units of 10⁻³⁸.
    private var parts: (whole: UInt128, fraction: UInt128) {
        let (whole, fraction) = coefficient.quotientAndRemainder(dividingBy: Self.powersOfTen[scale])
        return (whole, fraction * Self.powersOfTen[Self.maxDigits - scale])  // fraction < 10^scale, so this is < 10³⁸
    }
}
