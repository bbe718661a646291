import BursarBasics
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import BursarHTTP
@testable import FuzzRules

@Suite struct ParserFuzzTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Corpus").resolvingSymlinksInPath()

    private static func corpus() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "http" }.sorted { $0.path < $1.path }
            .map { ($0.deletingPathExtension().lastPathComponent, Array(try Data(contentsOf: $0))) }
    }

    @Test func `every file of the corpus ends as its name says`() throws {
        let corpus = try Self.corpus()
        #expect(corpus.count > 40)
        for (name, bytes) in corpus {
            let reading = HTTP1Reading(bytes) { .max }
            let parts = name.split(separator: "-")
            if parts.first == "accept" {
                #expect(reading.fault == nil && !reading.requests.isEmpty, "\(name)")
            } else {
                #expect(reading.fault.map { "\($0.status)" } == parts.dropFirst().first.map(String.init), "\(name)")
            }
        }
    }

    /// What mutations insert: what parsers trip over.
    private static let tokens: [[UInt8]] = [
        "\r\n", "\n", "\r", "\0", ":", " ", "\t", "\r\n\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
        "Host: a\r\n",
        "0\r\n\r\n", "HTTP/1.1", "GET / ", "%", ";", ",", "ffffffff", "99999999999999999999", "\u{FF}", "Connection: close\r\n"
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: inout [UInt8], other: [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...8, using: &random)))
            case 3: bytes.insert(contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &random)], at: place)
            case 4: bytes = bytes.prefix(place) + other.suffix(Int.random(in: 0...other.count, using: &random))
            default:
                let end = min(bytes.count, place + Int.random(in: 0...32, using: &random))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
    }

    /// Debug builds check every index, so an overrun would end the test.
    @Test func `mutated heads never trap, read alike in pieces, and what is accepted keeps the rules`() throws {
        let count = RandomTest.rounds(50_000)
        let seed = RandomTest.seed("mutated heads")
        var random = SplitMix64(seed: seed)
        // The two long files would make up nearly all of the time and find nothing more.
        let corpus = try Self.corpus().map(\.bytes).filter { $0.count < 1_000 }
        try #require(!corpus.isEmpty)
        var accepted = 0
        for index in 0..<count {
            var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
            Self.mutate(&bytes, other: corpus[Int.random(in: 0..<corpus.count, using: &random)], &random)
            let whole = HTTP1Reading(bytes) { .max }
            let pieces = HTTP1Reading(bytes) { Int.random(in: 1...24, using: &random) }
            guard whole == pieces, whole.requests.allSatisfy(\.keepsRules) else {
                Issue.record("seed \(seed), input \(index): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
            accepted += whole.requests.count
        }
        #expect(accepted > count / 20, "nearly everything was refused: the fuzz sees nothing of what comes behind")
    }
}
