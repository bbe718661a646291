import BursarBasics
import BursarModel
import Testing

/// Random keys in random writings within random texts. The encoders here are written apart from the scrubber's own.
@Suite struct ScrubberPropertyTests {
    private enum Writing: CaseIterable { case plain, percent, json, percentOfJSON, jsonOfPercent, hex, base64 }

    @Test(arguments: [UInt64(20_261_121), 1, 2])
    func `whatever the writing and the surroundings, no credential comes through`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for round in 0..<400 {
            let keys = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                SecretText.random(length: Int.random(in: 8...70, using: &generator), using: &generator)
            }
            let scrubber = Scrubber(keys.map { Secret($0) })
            for key in keys {
                let writing = Writing.allCases[Int.random(in: 0..<Writing.allCases.count, using: &generator)]
                let written = write(key, writing, using: &generator)
                // A separator on both sides: an escape must not swallow a neighbour, as "%" before "41…" would.
                let before = SecretText.noise(upTo: 30, using: &generator) + Array(" ".utf8)
                let after = Array(" ".utf8) + SecretText.noise(upTo: 30, using: &generator)
                let clean = scrubber.scrub(before + written + after)
                let found = contains(clean, Array("[redacted]".utf8)) && !contains(clean, written)
                #expect(found, "seed \(seed), round \(round), \(writing), \(String(decoding: written, as: UTF8.self))")
            }
        }
    }

    @Test(arguments: [UInt64(3), 4])
    func `text without a credential stays byte for byte`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let scrubber = Scrubber((0..<300).map { _ in Secret(SecretText.random(length: 24, using: &generator)) })
        for _ in 0..<400 {
            let text = SecretText.noise(upTo: 200, using: &generator)
            #expect(scrubber.scrub(text) == text, "seed \(seed)")
        }
    }

    @Test func `everything around the places stays byte for byte`() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<400 {
            let key = SecretText.random(length: 40, using: &generator)
            let pieces = (0..<4).map { _ in SecretText.noise(upTo: 20, using: &generator) + Array(" ".utf8) }
            let text = Array(pieces.map { Array(" ".utf8) + $0 }.joined(separator: key))
            let expected = Array(pieces.map { Array(" ".utf8) + $0 }.joined(separator: Array("[redacted]".utf8)))
            #expect(Scrubber([Secret(key)]).scrub(text) == expected)
        }
    }

    @Test func `ten thousand credentials are all found`() {
        var generator = SplitMix64(seed: 6)
        let keys = (0..<10_000).map { _ in SecretText.random(length: 32, using: &generator) }
        let scrubber = Scrubber(keys.map { Secret($0) })
        for key in stride(from: 0, to: 10_000, by: 97).map({ keys[$0] }) {
            #expect(scrubber.finds(in: Array("x=".utf8) + key))
            #expect(scrubber.finds(in: write(key, .base64, using: &generator)))
        }
    }

    private func write(_ key: [UInt8], _ writing: Writing, using generator: inout SplitMix64) -> [UInt8] {
        switch writing {
        case .plain: return key
        case .percent: return percent(key, all: false, using: &generator)
        case .json: return json(key, using: &generator)
        // The outer layer must cover every byte that could be read as the beginning of another escape.
        case .percentOfJSON: return percent(json(key, using: &generator), all: true, using: &generator)
        case .jsonOfPercent: return json(percent(key, all: true, using: &generator), using: &generator)
        case .hex:
            let upper = Bool.random(using: &generator)
            return key.flatMap { byte in
                Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16, uppercase: upper).utf8)
            }
        case .base64:
            let lead = SecretText.random(length: Int.random(in: 0...7, using: &generator), using: &generator)
            let trail = SecretText.random(length: Int.random(in: 0...5, using: &generator), using: &generator)
            return base64(lead + key + trail, urlSafe: Bool.random(using: &generator))
        }
    }

    /// A percent sign is always encoded: a key that holds "%41" and is sent with other characters encoded would mean "A".
    private func percent(_ bytes: [UInt8], all: Bool, using generator: inout SplitMix64) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            guard all || byte == UInt8(ascii: "%") || Bool.random(using: &generator) else { return [byte] }
            let text = String(byte, radix: 16, uppercase: Bool.random(using: &generator))
            return Array("%\(text.count == 1 ? "0" : "")\(text)".utf8)
        }
    }

    private func json(_ bytes: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                if Bool.random(using: &generator) { return [UInt8(ascii: "\\"), byte] }
            case UInt8(ascii: "/"):
                if Bool.random(using: &generator) { return Array("\\/".utf8) }
                if Bool.random(using: &generator) { return [byte] }
            default:
                if Int.random(in: 0..<3, using: &generator) > 0 { return [byte] }
            }
            let text = String(byte, radix: 16, uppercase: Bool.random(using: &generator))
            return Array("\\u00\(text.count == 1 ? "0" : "")\(text)".utf8)
        }
    }

    /// Bit by bit, and padded: nothing of the scrubber's arithmetic.
    private func base64(_ bytes: [UInt8], urlSafe: Bool) -> [UInt8] {
        let alphabet = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (urlSafe ? "-_" : "+/")).utf8)
        var text: [UInt8] = []
        var (buffer, bits) = (0, 0)
        for byte in bytes {
            buffer = buffer << 8 | Int(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[buffer >> bits & 63])
            }
            buffer &= 0xFF
        }
        if bits > 0 { text.append(alphabet[buffer << (6 - bits) & 63]) }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return text
    }

    private func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
