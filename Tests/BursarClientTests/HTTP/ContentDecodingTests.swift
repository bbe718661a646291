import CZlib
import Testing

@testable import BursarClient

/// C9, C18: what a content coding may be.
@Suite struct ContentDecodingTests {
    private static let limit = 1_024 * 1_024

    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        guard bursar_deflate_init(&stream, 9, 31, 8) == Z_OK else { return [] }
        defer { deflateEnd(&stream) }
        return bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bytes.count + 1_000) { output, count in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? output.count - Int(stream.avail_out) : 0
            }
        }
    }

    private let text = Array("{\"balance\": 1}".utf8)

    @Test(arguments: [[], ["identity"], [""], ["identity, identity"]])
    func `no coding is none`(codings: [String]) throws {
        #expect(try ContentDecoding.undo(text, codings: codings, limit: Self.limit) == text)
    }

    @Test(arguments: [["gzip"], ["x-gzip"], ["GZip"], ["identity, gzip"], ["identity", "gzip"], [" gzip ,"]])
    func `gzip in its ways of being said`(codings: [String]) throws {
        #expect(try ContentDecoding.undo(gzip(text), codings: codings, limit: Self.limit) == text)
        #expect(try ContentDecoding.undo([], codings: codings, limit: Self.limit).isEmpty)
    }

    @Test func `several members are one text, and zeros may follow`() throws {
        let members = gzip(Array(text[..<5])) + gzip([]) + gzip(Array(text[5...]))
        #expect(try ContentDecoding.undo(members, codings: ["gzip"], limit: Self.limit) == text)
        #expect(try ContentDecoding.undo(members + [0, 0, 0], codings: ["gzip"], limit: Self.limit) == text)
    }

    @Test(arguments: [["br"], ["deflate"], ["gzip, gzip"], ["gzip", "br"], ["zstd"]])
    func `a coding that nobody asked for is refused, also over a plain body`(codings: [String]) {
        #expect(throws: TransportFault.badEncoding) { try ContentDecoding.undo(text, codings: codings, limit: Self.limit) }
    }

    @Test func `damage, a missing end and words behind the end are refused`() {
        let whole = gzip(text)
        var damaged = whole
        damaged[whole.count - 6] ^= 1
        for bytes in [text, damaged, Array(whole.dropLast(4)), whole + Array("x".utf8), whole + [0, 0x78]] {
            #expect(throws: TransportFault.badEncoding) { try ContentDecoding.undo(bytes, codings: ["gzip"], limit: Self.limit) }
        }
    }

    @Test func `a bomb ends at the limit, in one member or in many`() {
        let bomb = gzip([UInt8](repeating: 0x20, count: Self.limit + 1))
        #expect(bomb.count < 2_000)
        #expect(throws: TransportFault.bodyTooLarge) { try ContentDecoding.undo(bomb, codings: ["gzip"], limit: Self.limit) }
        let half = gzip([UInt8](repeating: 0x20, count: Self.limit / 2))
        #expect(throws: TransportFault.bodyTooLarge) {
            try ContentDecoding.undo(half + half + gzip([1]), codings: ["gzip"], limit: Self.limit)
        }
    }
}
