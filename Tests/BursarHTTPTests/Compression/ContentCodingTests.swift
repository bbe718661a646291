import Testing

@testable import BursarHTTP

@Suite struct ContentCodingTests {
    @Test(
        arguments: [
            ("gzip", ContentCoding.gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("gzip, deflate, br, zstd", .gzip), ("*", .gzip),
            ("br;q=1.0, gzip;q=0.8, *;q=0.1", .gzip), ("gzip;q=0.001", .gzip), ("deflate", .identity), ("", .identity),
            ("gzip;q=0", .identity), ("gzip;q=0.000", .identity), ("*;q=0, identity", .identity), ("identity", .identity),
            ("identity;q=0.5, gzip;q=0.4", .identity), ("identity;q=0.5, gzip;q=0.5", .gzip), ("gzip ; q=1", .gzip),
            ("gzip; Q=0.5", .gzip), ("gzip\t;\tq=0", .identity), ("identity;q=0, gzip", .gzip), ("*;q=0, gzip", .gzip),
            // Malformed members count as not sent.
            ("gzip;q=2", .identity), ("gzip;q=-1", .identity), ("gzip;q=0.1234", .identity), ("gzip;q=nan", .identity),
            ("gzip;q=1e9", .identity), ("gzip;q=", .identity), ("gzip;", .identity), (";q=1, gzip", .gzip), (",,, gzip ,", .gzip),
            ("gzip;q=1.001", .identity), ("gzip;q=1.000", .gzip), ("gzip;q=0.", .identity)
        ] as [(String, ContentCoding)])
    func `weights decide between gzip and identity`(line: String, expected: ContentCoding) {
        #expect(ContentCoding.negotiated([line], gzipExists: true) == expected)
    }

    @Test func `nothing sent means identity, and several lines are one list`() {
        #expect(ContentCoding.negotiated([String](), gzipExists: true) == .identity)
        #expect(ContentCoding.negotiated(["br", "gzip"], gzipExists: true) == .gzip)
    }

    @Test func `a client that refuses every form there is gets none`() {
        #expect(ContentCoding.negotiated(["identity;q=0"], gzipExists: true) == nil)
        #expect(ContentCoding.negotiated(["*;q=0"], gzipExists: true) == nil)
        #expect(ContentCoding.negotiated(["identity;q=0, gzip"], gzipExists: false) == nil)
        #expect(ContentCoding.negotiated(["gzip"], gzipExists: false) == .identity)
        #expect(ContentCoding.negotiated(["*;q=0, identity;q=0.1"], gzipExists: true) == .identity)
    }
}
