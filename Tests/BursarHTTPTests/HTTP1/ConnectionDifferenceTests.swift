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

    @Test func `a conversation says the same in another order of its frames, and not with another body or field`() throws {
        func answer(_ stream: Int32, _ status: String, _ text: String) -> [UInt8] {
            HTTP2TestClient.headers(stream, [(":status", status)], endStream: false)
                + HTTP2TestClient.data(stream, Array(text.utf8), endStream: true)
        }
        let said = try HTTP2Conversation(HTTP2TestClient.frame(4) + answer(1, "200", "a") + answer(3, "304", "b"))
        #expect(said.streams.count == 2 && said.bodyBytes == 2)
        func isSame(_ frames: [UInt8]...) throws -> Bool {
            try said.saysTheSame(as: HTTP2Conversation(Array(frames.joined())), isWhole: true)
        }
        #expect(try isSame(answer(3, "304", "b"), HTTP2TestClient.frame(4), answer(1, "200", "a")))
        #expect(try !isSame(answer(1, "200", "a"), answer(3, "304", "c")))
        #expect(try !isSame(answer(1, "200", "a"), answer(3, "200", "b")))
        #expect(try !isSame(answer(1, "200", "a")))
        #expect(try !isSame(answer(1, "200", "a"), answer(3, "304", "b"), HTTP2TestClient.reset(3)))
    }
}
