import Foundation
import Testing

@testable import BursarHTTP

/// What coverage-guided runs kept (docs/fuzzing.md), read again by the same rules as there.
@Suite struct FoundInputsTests {
    /// One input a line, in hex.
    private func inputs(_ name: String) throws -> [[UInt8]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Corpus/\(name)-found.hex")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let digits = Array(line.utf8)
            return try stride(from: 0, to: digits.count - 1, by: 2).map {
                try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
            }
        }
    }

    @Test func `a part of a PROXY header is never judged otherwise than the whole`() throws {
        let inputs = try inputs("proxy")
        #expect(inputs.count > 20)
        for bytes in inputs {
            let whole = bytes.withUnsafeBytes(ProxyHeader.read)
            for length in bytes.indices {
                let part = bytes[..<length].withUnsafeBytes(ProxyHeader.read)
                #expect(part == .incomplete || part == whole, "\(bytes), \(length)")
            }
        }
    }

    @Test func `one Accept-Encoding says what its members say in several, in any order`() throws {
        let inputs = try inputs("accept-encoding")
        #expect(inputs.count > 20)
        for bytes in inputs {
            let line = String(decoding: bytes, as: UTF8.self)
            let members = line.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
            for gzipExists in [true, false] {
                let whole = ContentCoding.negotiated([line], gzipExists: gzipExists)
                #expect(whole == ContentCoding.negotiated(members, gzipExists: gzipExists), "\(line)")
                #expect(whole == ContentCoding.negotiated(members.reversed(), gzipExists: gzipExists), "\(line)")
                #expect(gzipExists || whole != .gzip)
            }
        }
    }
}
