import BursarBasics
import BursarModel
import Testing

@Suite struct ExactDecimalTests {
    @Test(arguments: [
        ("12.3400", "12.3400"), ("0", "0"), ("-0.00", "0.00"), (".5", "0.5"), ("5.", "5"), ("-7.10", "-7.10"), ("1e3", "1000"),
        ("1.50e1", "15.0"), ("1E-3", "0.001"),
        ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
        ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"), ("007.50", "7.50")
    ])
    func `digits stay as the provider wrote them`(text: String, expected: String) throws {
        #expect(try #require(ExactDecimal(text)).description == expected)
    }

    @Test(arguments: [
        "", "-", ".", "-.", "+1", " 1", "1 ", "inf", "nan", "0x10", "1e", "1e+", "1e9999", "1..2", "1.2.3", "1,5", "١"
    ])
    func `text that is no decimal is refused`(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test func `more than 38 digits are refused rather than rounded`() {
        #expect(ExactDecimal(String(repeating: "9", count: 39)) == nil)
        #expect(ExactDecimal("0." + String(repeating: "0", count: 38) + "1") == nil)
        #expect(ExactDecimal(String(repeating: "0", count: 4_000) + "1") == nil)
    }

    @Test func `any digits survive a round trip`() throws {
        var generator = SplitMix64(seed: 20_261_121)
        for _ in 0..<20_000 {
            let whole = Int.random(in: 1...19, using: &generator)
            let fraction = Int.random(in: 0...19, using: &generator)
            var text = Bool.random(using: &generator) ? "-" : ""
            text += String(Int.random(in: 1...9, using: &generator))
            for _ in 1..<whole { text += String(Int.random(in: 0...9, using: &generator)) }
            if fraction > 0 { text += "." }
            for _ in 0..<fraction { text += String(Int.random(in: 0...9, using: &generator)) }
            #expect(try #require(ExactDecimal(text)).description == text)
        }
    }

    @Test func `a sum and a difference undo each other exactly`() throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<20_000 {
            let left = ExactDecimal.random(using: &generator), right = ExactDecimal.random(using: &generator)
            let sum = try #require(left.adding(right))
            let difference = try #require(left.subtracting(right))
            #expect(sum.subtracting(right) == left)
            #expect(right.adding(left) == sum)
            #expect((left < right) == difference.isNegative)
        }
    }

    @Test func `0.1 + 0.2 is 0.3`() throws {
        let fifth = try #require(ExactDecimal("0.2"))
        #expect(ExactDecimal("0.1")?.adding(fifth)?.description == "0.3")
    }

    @Test func `a sum that needs 39 digits is refused`() throws {
        let largest = try #require(ExactDecimal(String(repeating: "9", count: 38)))
        #expect(largest.adding(ExactDecimal(1)) == nil)
        let tenth = try #require(ExactDecimal("0.1"))
        #expect(largest.adding(tenth) == nil)
    }

    @Test func `values far apart still compare`() throws {
        let huge = try #require(ExactDecimal("1" + String(repeating: "0", count: 37)))
        let tiny = try #require(ExactDecimal("0." + String(repeating: "0", count: 37) + "1"))
        #expect(tiny < huge)
        #expect(huge.negated < tiny.negated)
        #expect(try #require(ExactDecimal("1.0")) == ExactDecimal(1))
    }

    @Test func `a scale moves the point and drops no digit`() throws {
        #expect(try #require(ExactDecimal("1000000")).scaled(byPowerOfTen: -4)?.description == "100.0000")
        #expect(try #require(ExactDecimal("1.5")).scaled(byPowerOfTen: 3)?.description == "1500")
        #expect(try #require(ExactDecimal("1.5")).scaled(byPowerOfTen: 38) == nil)
        #expect(ExactDecimal.zero.scaled(byPowerOfTen: 1_000) == nil)
    }

    @Test(arguments: [
        ("1.25", 1, "1.3"), ("1.20", 1, "1.2"), ("-1.25", 1, "-1.2"), ("1.25", 2, "1.25"), ("1.25", 18, "1.25"),
        ("9.99", 0, "10"),
        ("0.00000000000000000000000000000000000001", 18, "0.000000000000000001"),
        ("9.9999999999999999999999999999999999999", 36, "10.000000000000000000000000000000000000")
    ])
    func `rounded up it has no more decimals and is no less`(text: String, decimals: Int, expected: String) throws {
        #expect(try #require(ExactDecimal(text)).roundedUp(toDecimals: decimals).description == expected)
    }
}

extension ExactDecimal {
    static func random(using generator: inout SplitMix64) -> ExactDecimal {
        let digits = String(Int.random(in: -1_000_000_000_000...1_000_000_000_000, using: &generator))
        return ExactDecimal(digits)?.scaled(byPowerOfTen: -Int.random(in: 0...12, using: &generator)) ?? .zero
    }
}
