import BursarBasics
import Testing

@testable import BursarModel

/// Keys that were made to look alike, as anyone may pass through with requests.
@Suite struct WindowIndexTests {
    private static let nested = (8..<308).map { [UInt8](repeating: UInt8(ascii: "a"), count: $0) }

    @Test func `a place of a text costs a few comparisons, however many keys begin like it`() {
        let index = WindowIndex(Self.nested.map { SecretPattern(bytes: $0) }, width: 8)
        #expect(index.mostCompared <= WindowIndex.crowded)
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 4_000)
        var told = 0
        var isFound = [Bool](repeating: false, count: text.count)
        text.withUnsafeBytes { text in
            index.search(text) { place in
                told += 1
                for byte in place { isFound[byte] = true }
            }
        }
        // It was each of the three hundred at nearly every place.
        #expect(told <= text.count * (WindowIndex.crowded + 1), "\(told)")
        #expect(isFound.allSatisfy { $0 })
        #expect(Scrubber(Self.nested.map { Secret($0) }).scrub(text) == Array("[redacted]".utf8))
    }

    @Test func `the same key for thousands of accounts is not compared for each`() {
        let pattern = SecretPattern(bytes: Array("the-one-key-of-all-accounts".utf8))
        let index = WindowIndex(Array(repeating: pattern, count: 5_000), width: 8)
        var told = 0
        pattern.bytes.withUnsafeBytes { text in index.search(text) { _ in told += 1 } }
        let windows = pattern.bytes.count - 7
        #expect((1...windows * (WindowIndex.crowded + 1)).contains(told), "\(told)")
    }

    @Test func `the longest of a pile is the longest that the text goes on with`() {
        var generator = SplitMix64(seed: 21)
        for _ in 0..<200 {
            // Few letters, so that many begin with each other, and many of the text are nearly there.
            let keys = (0..<Int.random(in: 1...60, using: &generator)).map { _ in letters(8...24, using: &generator) }
            let memory = keys.flatMap { $0 }
            var start = 0
            let items = keys.map { key in
                defer { start += key.count }
                return PatternPile.Item(start: start, count: key.count, hasLeadingEdge: false, hasTrailingEdge: false)
            }
            memory.withUnsafeBytes { memory in
                let pile = PatternPile(items, memory)
                for _ in 0..<60 {
                    let text = letters(0...40, using: &generator)
                    let matching = Set(keys.filter { text.starts(with: $0) }.map(\.count)).sorted(by: >)
                    var found: [Int] = []
                    var index = text.withUnsafeBytes { pile.longest(beginning: $0, memory) } ?? -1
                    while index >= 0 {
                        found.append(pile.items[index].count)
                        index = pile.items[index].parent
                    }
                    #expect(found == matching)
                }
            }
        }
    }

    /// A credential alone has no others to be crowded by.
    @Test(arguments: [UInt64(31), 32, 33])
    func `what is found of many keys that look alike is what is found of each alone`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let keys = (0..<250).map { letters($0 % 5 == 0 ? 4...7 : 8...30, using: &generator) }
        let all = Scrubber(keys.map { Secret($0) })
        let alone = keys.map { Scrubber([Secret($0)]) }
        for round in 0..<30 {
            let runs = (0..<4).map { _ in letters(4...60, using: &generator) }
            let text = [plain, hex, base64][round % 3](Array(runs.joined(separator: Array(" ".utf8))))
            var expected = [Bool](repeating: false, count: text.count)
            for scrubber in alone { mark(scrubber, text, &expected) }
            var found = [Bool](repeating: false, count: text.count)
            mark(all, text, &found)
            #expect(found == expected, "seed \(seed), round \(round)")
        }
    }

    private func mark(_ scrubber: Scrubber, _ text: [UInt8], _ isFound: inout [Bool]) {
        for place in text.withUnsafeBytes({ scrubber.places(in: $0) }) { for byte in place { isFound[byte] = true } }
    }

    private func letters(_ length: ClosedRange<Int>, using generator: inout SplitMix64) -> [UInt8] {
        // Runs, so that keys have few windows between them.
        var text: [UInt8] = []
        let count = Int.random(in: length, using: &generator)
        while text.count < count {
            let letter = UInt8(ascii: Bool.random(using: &generator) ? "a" : "b")
            text += Array(repeating: letter, count: min(count - text.count, Int.random(in: 1...12, using: &generator)))
        }
        return text
    }

    private func plain(_ text: [UInt8]) -> [UInt8] { text }
    private func hex(_ text: [UInt8]) -> [UInt8] { SecretPattern.hex(text, digits: SecretPattern.lowerHexDigits) }
    private func base64(_ text: [UInt8]) -> [UInt8] {
        SecretPattern.base64Core(text, shift: 0, alphabet: Base64.alphabet).bytes
    }
}
