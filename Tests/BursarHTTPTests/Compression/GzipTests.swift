import BursarBasics
import TestSupport
import Testing

@testable import BursarHTTP

@Suite struct GzipTests {
    @Test func `what was compressed comes back, at every size around the window's steps`() throws {
        for size in [0, 1, 2, 511, 512, 513, 860, 1_200, 4_096, 32_767, 32_768, 32_769, 100_000, 1 << 20] {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 % 251) }
            for level in [1, 6, 9] {
                let packed = try #require(Gzip.compress(body, level: level))
                #expect(try Gunzip.bytes(packed, limit: size) == body)
            }
        }
    }

    @Test func `the same body has the same gzip form, with no time and no name in it`() throws {
        let body = Array(repeating: UInt8(ascii: "a"), count: 5_000)
        let packed = try #require(Gzip.compress(body))
        #expect(packed == Gzip.compress(body))
        #expect(packed.prefix(8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(packed.count < 100)
    }

    @Test func `a bomb costs no more than the limit`() throws {
        let packed = try #require(Gzip.compress(Array(repeating: 0, count: 10 << 20)))
        #expect(throws: GzipError.tooLarge) { try Gunzip.bytes(packed, limit: 1 << 20) }
    }

    @Test func `what is cut, changed, followed by something or no gzip is told apart`() throws {
        let packed = try #require(Gzip.compress(Array("hello, hello, hello".utf8)))
        for count in 0..<packed.count {
            #expect(throws: GzipError.truncated) { try Gunzip.bytes(Array(packed.prefix(count)), limit: 100) }
        }
        var changed = packed
        changed[packed.count - 6] ^= 1  // the checksum
        #expect(throws: GzipError.malformed) { try Gunzip.bytes(changed, limit: 100) }
        #expect(throws: GzipError.malformed) { try Gunzip.bytes(packed + [0], limit: 100) }
        #expect(throws: GzipError.malformed) { try Gunzip.bytes(Array("{\"json\": true}".utf8), limit: 100) }
    }

    @Test func `random changes never trap`() throws {
        var random = SplitMix64(seed: 0x6217)
        let packed = try #require(Gzip.compress((0..<3_000).map { UInt8(truncatingIfNeeded: $0 % 97) }))
        for _ in 0..<5_000 {
            var bytes = packed
            for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
            _ = try? Gunzip.bytes(bytes, limit: 10_000)
        }
    }
}
