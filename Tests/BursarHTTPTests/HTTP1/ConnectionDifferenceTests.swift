import BursarBasics
import TestSupport
import Testing

@testable import FuzzRules

/// The rule of the fuzz target `connection`, over inputs of a seed; the fuzzer's own finds are read by `FoundInputsTests`.
@Suite struct ConnectionDifferenceTests {
    private static let inputs = RandomTest.rounds(2_400)

    @Test(arguments: 0..<8)
    func `A1: a connection says the same with and without repeating answers, however its bytes are cut`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        for number in 0..<Self.inputs / 8 {
            let count = Int.random(in: 4...60, using: &generator)
            let input = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(throws: Never.self, "seed \(seed), input \(number): \(input)") { try FuzzTarget.connection.check(input) }
        }
    }
}
