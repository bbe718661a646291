import FuzzRules
import Testing

/// What coverage-guided runs kept and what they start from (docs/fuzzing.md), read again by the same rules as there.
@Suite struct FoundInputsTests {
    @Test(arguments: FuzzTarget.of("BursarClientTests"))
    func `every input that was kept or starts a run keeps the rules`(target: FuzzTarget) throws {
        let inputs = try target.found() + target.seeds()
        #expect(!inputs.isEmpty)
        for (number, bytes) in inputs.enumerated() {
            #expect(throws: Never.self, "\(target), input \(number)") { try target.check(bytes) }
        }
    }
}
