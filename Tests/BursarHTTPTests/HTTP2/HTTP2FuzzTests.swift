import BursarBasics
import TestSupport
import Testing

@testable import BursarHTTP
@testable import FuzzRules

private typealias Client = HTTP2TestClient

/// Valid conversations with bytes changed, frames cut, repeated and swapped: the session may answer anything, but must return,
/// stay within its bounds and give its memory back. The seed is in the name of each failure.
@Suite struct HTTP2FuzzTests {
    static let inputs = RandomTest.rounds(20_000)

    @Test(arguments: [0x5EED_0001, 0x5EED_0002] as [UInt64])
    func `mutated conversations end in answers or GOAWAY, never in a trap`(seed: UInt64) {
        print("HTTP/2 fuzz seed \(seed)")
        var random = SplitMix64(seed: seed)
        let seeds = HTTP2FuzzTests.conversations
        for _ in 0..<HTTP2FuzzTests.inputs / 2 {
            var bytes = seeds[random.below(seeds.count)]
            mutate(&bytes, &random)
            let answer = random.below(5)
            #expect(throws: Never.self, "seed \(seed)") {
                try HTTP2Play.play(bytes, answer: answer) { 1 + random.below(600) }
            }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<1 + random.below(6) {
            guard bytes.count > 30 else { return }
            // Behind the preface, mostly: what is no HTTP/2 is over at once.
            let low = random.below(20) == 0 ? 0 : 24
            let place = low + random.below(bytes.count - low)
            switch random.below(7) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes[place] ^= 1 << UInt8(random.below(8))
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(12)))
            case 3:
                bytes.insert(
                    contentsOf: (0..<1 + random.below(12)).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: place)
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 60)], at: place)
            case 5:
                let other = HTTP2FuzzTests.conversations[random.below(HTTP2FuzzTests.conversations.count)].dropFirst(24)
                bytes.insert(contentsOf: other.prefix(random.below(200)), at: place)
            default:
                bytes.append(
                    contentsOf: Client.frame(
                        UInt8(random.below(12)), flags: UInt8(random.below(64)), stream: Int32(random.below(9)),
                        (0..<random.below(20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }))
            }
        }
    }

    static let conversations: [[UInt8]] = [
        Client.hello + Client.frame(4, flags: 1) + Client.get(1, "/v1/balances") + Client.get(3, "/v1/balances")
            + Client.windowUpdate(0, 1000),
        Client.hello + Client.headers(1, Client.requestFields("POST", more: [("content-length", "5")]), endStream: false)
            + Client.data(1, Array("hello".utf8), endStream: true) + Client.get(3),
        Client.hello + Client.frame(4, [0, 4, 0, 0, 0, 1, 0, 5, 0, 0, 0x40, 0]) + Client.get(1) + Client.windowUpdate(1, 5)
            + Client.windowUpdate(1, 60_000) + Client.ping() + Client.reset(1),
        Client.hello + Client.frame(1, flags: 1, stream: 1, Client.block(Client.requestFields()))
            + Client.frame(9, flags: 4, stream: 1, Client.block([("a", "b")])) + Client.frame(2, stream: 3, [0, 0, 0, 1, 9])
            + Client.frame(7, [0, 0, 0, 0, 0, 0, 0, 0]),
        Client.hello
            + Client.headers(
                1, Client.requestFields("HEAD", "/x?y", more: [("host", "localhost"), ("expect", "100-continue")]),
                endStream: false)
            + Client.data(1, [], endStream: false) + Client.headers(1, [("trailer", "1")]) + Client.frame(4, [0, 1, 0, 0, 0, 0])
            + Client.get(3),
        // HPACK's other forms: static table, dynamic table with its size changed, Huffman.
        Client.hello
            + Client.frame(
                1, flags: 5, stream: 1,
                [0x82, 0x86, 0x84, 0x41, 0x8C, 0xF1, 0xE3, 0xC2, 0xE5, 0xF2, 0x3A, 0x6B, 0xA0, 0xAB, 0x90, 0xF4, 0xFF])
            + Client.frame(
                1, flags: 5, stream: 3, [0x3F, 0xE1, 0x1F, 0x82, 0x86, 0x84, 0xBE, 0x58, 0x08] + Array("no-cache".utf8))
    ]
}

extension SplitMix64 {
    mutating func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(next() % UInt64(bound)) }
}
