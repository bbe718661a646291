import BursarBasics
import BursarModel
import Testing

@testable import BursarCatalog

/// From the digits of an upstream to the digits of an amount: nothing is lost on the way.
@Suite struct ExactnessTests {
    private static let seed: UInt64 = 0xD161_7500

    private func digits(_ count: Int, _ random: inout SplitMix64) -> String {
        String((0..<count).map { _ in Character(Unicode.Scalar(UInt8.random(in: 0x30...0x39, using: &random))) })
    }

    /// A JSON number without an exponent: at most 38 digits, no leading zero.
    private func number(_ random: inout SplitMix64) -> String {
        let whole = Int.random(in: 1...20, using: &random)
        let fraction = Int.random(in: 0...18, using: &random)
        var text = digits(whole, &random)
        while text.hasPrefix("0"), text.utf8.count > 1 { text.removeFirst() }
        if fraction > 0 { text += "." + digits(fraction, &random) }
        let isZero = !text.utf8.contains { $0 >= 0x31 && $0 <= 0x39 }
        return !isZero && Bool.random(using: &random) ? "-" + text : text
    }

    @Test func `an amount's text survives digit for digit`() throws {
        var random = SplitMix64(seed: Self.seed)
        let number = try Catalog.builtIn("deepixels")
        let text = try Catalog.single(
            definition(mapping: "amounts: [{unit: USD, available: balance}]", example: "{balance: '1'}"))
        let scaled = try Catalog.single(definition(mapping: "amounts: [{unit: USD, scale: 0.0001, available: balance}]"))
        for _ in 0..<5_000 {
            let written = self.number(&random)
            #expect(number.amounts("{\"balance\":\(written)}") == ["available \(written) credits"], "seed \(Self.seed)")
            #expect(text.amounts("{\"balance\":\"\(written)\"}") == ["available \(written) USD"], "seed \(Self.seed)")
            // A scale moves the point and keeps every digit.
            let moved = try #require(scaled.reading("{\"balance\":\(written)}")?.amounts.first)
            #expect(moved.value.scaled(byPowerOfTen: 4)?.coefficient == ExactDecimal(written)?.coefficient, "seed \(Self.seed)")
        }
        print("exactness: seed \(Self.seed)")
    }

    @Test func `a difference and a sum undo each other`() throws {
        var random = SplitMix64(seed: Self.seed &+ 1)
        let minus = try Catalog.single(definition(mapping: "amounts: [{unit: USD, available: a - b}]", example: "{a: 2, b: 1}"))
        for _ in 0..<2_000 {
            let (left, right) = (number(&random), number(&random))
            guard let a = ExactDecimal(left), let b = ExactDecimal(right) else { continue }
            guard let amount = minus.reading("{\"a\":\(left),\"b\":\"\(right)\"}")?.amounts.first else {
                #expect(a.subtracting(b) == nil)
                continue
            }
            #expect(amount.value.adding(b) == a, "seed \(Self.seed)")
        }
    }
}
