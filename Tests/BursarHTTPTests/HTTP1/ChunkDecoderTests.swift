import Testing

@testable import BursarHTTP

@Suite struct ChunkDecoderTests {
    private func decode(_ text: String, limit: Int = 64, by step: Int = .max) -> (ChunkDecoder.Result, String) {
        var decoder = ChunkDecoder(limit: limit)
        let bytes = Array(text.utf8)
        var offset = 0
        var result = ChunkDecoder.Result.more
        while offset < bytes.count, result == .more {
            let end = min(bytes.count, offset + min(step, bytes.count))
            result = Array(bytes[offset..<end]).withUnsafeBytes { decoder.feed($0) }
            if case .done(let consumed) = result {
                return (.done(consumed: offset + consumed), String(decoding: decoder.body, as: UTF8.self))
            }
            offset = end
        }
        return (result, String(decoding: decoder.body, as: UTF8.self))
    }

    @Test(arguments: [1, 2, 3, 7, Int.max])
    func `a body is the same in pieces of any size`(step: Int) {
        let text = "5\r\nhello\r\n6;name=value\r\n world\r\n00\r\nX-Trailer: a\r\n\r\n"
        let (result, body) = decode(text + "GET", by: step)
        #expect(result == .done(consumed: text.utf8.count))
        #expect(body == "hello world")
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "5 \r\n", "5\n", "5\rx", "-1\r\n", "+1\r\n", "0x1\r\n", ";a\r\n", "1\r\nab", "1\r\na\n", "1\r\na\rx",
        "1;\0\r\n",
        "1;" + String(repeating: "a", count: 300)
    ])
    func `what is no chunk is refused`(text: String) { #expect(decode(text).0 == .fault(.badChunk)) }

    @Test(arguments: [
        "0\r\n x: y\r\n\r\n", "0\r\nx: y\n", "0\r\nx\0\r\n", "0\r\n\rx", "0\r\nx: " + String(repeating: "a", count: 5_000),
        // A11: a looser grammar than that of a head took these.
        "0\r\nx\r\n\r\n", "0\r\nx : y\r\n\r\n", "0\r\nx(: y\r\n\r\n", "0\r\nx: y\u{7F}\r\n\r\n", "0\r\nx: a\rb\r\n\r\n",
        "0\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n", "0\r\n: y\r\n\r\n"
    ])
    func `what is no trailer is refused`(text: String) { #expect(decode(text).0 == .fault(.badTrailer)) }

    @Test func `the body is bounded before it is stored`() {
        #expect(decode("40\r\n", limit: 64).0 == .more)
        #expect(decode("41\r\n", limit: 64).0 == .fault(.bodyTooLarge))
        #expect(decode("20\r\n" + String(repeating: "a", count: 32) + "\r\n21\r\n", limit: 64).0 == .fault(.bodyTooLarge))
        #expect(decode("ffffffffffff\r\n").0 == .fault(.bodyTooLarge))
        #expect(decode("FFFFFFFF\r\n").0 == .fault(.bodyTooLarge))
    }
}
