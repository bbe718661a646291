import Foundation
import NIOCore
import Testing

@testable import BursarHTTP

/// What a connection's bytes amount to, in a form that can be compared. *Value.*
private struct Reading: Equatable {
    var requests: [RequestHead] = []
    var bodies: [[UInt8]] = []
    var fault: HeadFault?

    /// Feeds the bytes in pieces of the sizes that `size` gives.
    init(_ bytes: [UInt8], size: () -> Int) {
        var reader = RequestReader(limits: Limits())
        var buffer = ByteBuffer()
        var offset = 0
        while offset < bytes.count, fault == nil {
            let end = min(bytes.count, offset + max(1, size()))
            buffer.writeBytes(bytes[offset..<end])
            offset = end
            drain: while true {
                switch reader.next(&buffer) {
                case .more: break drain
                case .expectsContinue: if buffer.readableBytes == 0 { break drain }
                case .request(let head, let body):
                    requests.append(head)
                    bodies.append(body)
                    if buffer.readableBytes == 0 { break drain }
                case .fault(let found):
                    fault = found
                    break drain
                }
            }
        }
    }
}

/// SplitMix64: the same numbers for the same seed on every machine. *Value.*
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

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
            let reading = Reading(bytes) { .max }
            let parts = name.split(separator: "-")
            if parts.first == "accept" {
                #expect(reading.fault == nil && !reading.requests.isEmpty, "\(name)")
            } else {
                #expect(reading.fault.map { "\($0.status)" } == parts.dropFirst().first.map(String.init), "\(name)")
            }
        }
    }

    /// What a coverage-guided run of 2,000,000 inputs (libFuzzer with the address sanitizer) kept, smallest set: one input a
    /// line, in hex. Each reached code that no other did.
    @Test func `every input that a coverage-guided run kept reads alike in pieces and keeps the rules`() throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("found.hex"), encoding: .utf8)
        let inputs = text.split(separator: "\n").map { line in
            let digits = Array(line.utf8)
            return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
                UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16)
            }
        }
        #expect(inputs.count > 300)
        for bytes in inputs {
            let whole = Reading(bytes) { .max }
            #expect(whole == Reading(bytes) { 1 } && whole.requests.allSatisfy(Self.keepsRules))
        }
    }

    /// What mutations insert: what parsers trip over.
    private static let tokens: [[UInt8]] = [
        "\r\n", "\n", "\r", "\0", ":", " ", "\t", "\r\n\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
        "Host: a\r\n",
        "0\r\n\r\n", "HTTP/1.1", "GET / ", "%", ";", ",", "ffffffff", "99999999999999999999", "\u{FF}", "Connection: close\r\n"
    ].map { Array($0.utf8) }

    private static func mutate(_ bytes: inout [UInt8], other: [UInt8], _ random: inout SeededGenerator) {
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

    /// 50,000 inputs; `BURSAR_FUZZ=1000000 BURSAR_SEED=… swift test --filter ParserFuzz` for the big run. Debug builds check
    /// every index, so an overrun would end the test.
    @Test func `mutated heads never trap, read alike in pieces, and what is accepted keeps the rules`() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["BURSAR_FUZZ"].flatMap { Int($0) } ?? 50_000
        let seed = environment["BURSAR_SEED"].flatMap { UInt64($0) } ?? 20_261_121
        print("parser fuzz: \(count) inputs, seed \(seed)")
        var random = SeededGenerator(seed: seed)
        // The two long files would make up nearly all of the time and find nothing more.
        let corpus = try Self.corpus().map(\.bytes).filter { $0.count < 1_000 }
        try #require(!corpus.isEmpty)
        var accepted = 0
        for index in 0..<count {
            var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
            Self.mutate(&bytes, other: corpus[Int.random(in: 0..<corpus.count, using: &random)], &random)
            let whole = Reading(bytes) { .max }
            let pieces = Reading(bytes) { Int.random(in: 1...24, using: &random) }
            guard whole == pieces, whole.requests.allSatisfy(Self.keepsRules) else {
                Issue.record("seed \(seed), input \(index): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
            accepted += whole.requests.count
        }
        #expect(accepted > count / 20, "nearly everything was refused: the fuzz sees nothing of what comes behind")
    }

    /// Said once more and differently from the parser.
    private static func keepsRules(_ head: RequestHead) -> Bool {
        let names = head.headers.map(\.name)
        func once(_ name: String) -> Bool { names.filter { $0 == name }.count <= 1 }
        guard head.target == "*" || head.target.hasPrefix("/"),
            head.target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }),
            names.count <= 100, once("host"), once("content-length"), once("transfer-encoding"), once("authorization"),
            head.version == .http1_0 || names.contains("host"),
            !(names.contains("content-length") && names.contains("transfer-encoding"))
        else { return false }
        return head.headers.allSatisfy { name, value in
            !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A } && name == name.lowercased()
                && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
                && !value.hasPrefix(" ") && !value.hasSuffix(" ")
        }
    }
}
