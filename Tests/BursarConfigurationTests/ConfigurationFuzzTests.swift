import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct ConfigurationFuzzTests {
    private static let seeds = [
        """
        listen: [127.0.0.1:8787, "unix:/run/bursar/bursar.sock", "[::1]:0"]
        hosts: [bursar.internal, "*.corp.example"]
        allow_anonymous: true
        accounts:
          - provider: tensorpix
            key: ${env:KEY}
          - provider: hyper3d
            name: studio
            key: ${file:/run/secrets/rodin}     # a comment
            ttl: 60s
            low: 50.25
            base_url: http://127.0.0.1:9000/hyper3d
        defaults: {ttl: 30s, stale_for: 24h, timeout: 5s}
        providers: [./providers]
        passthrough: true
        log: {level: info, format: auto, access: true}
        drain: {delay: 0s, deadline: 8s}
        """,
        "{\"accounts\": [{\"provider\": \"sunor\", \"key\": \"abcdefgh-literal\"}, {\"provider\": \"sunor\", \"name\": \"b\", \"key\": \"${env:OTHER_KEY}\"}]}"
    ]

    /// What YAML and the settings are made of, so that mutations reach past the parser.
    private static let pieces = [
        ":", " ", "\n", "  ", "- ", "[", "]", "{", "}", "\"", "'", "#", "&a ", "*a", "!x ", "|", ">", "%", "@", "`", "~", "null",
        "true", "-1",
        "0", "99999999999999999999", "${", "}", "${env:", "\t", "\r\n", "\u{0}", "\u{FEFF}", "é", "💰", "---", "...", "? ", "<<",
        "key", "provider",
        "accounts:", "ms", "[[[[[[[[", "{a: {a: {a: ", "http://", "https://", "@", "[::1]", "unix:", "e400", "\u{85}", "\u{2028}"
    ]

    @Test(arguments: [UInt64(1), 20_261_121, 0xB0B5_A4]) func `a mutated configuration never traps and never leaks`(seed: UInt64)
        throws
    {
        var generator = ConfigurationFuzzGenerator(state: seed)
        var accepted = 0
        for round in 0..<1_500 {
            var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, &generator) }
            let text = String(decoding: bytes, as: UTF8.self)
            let result = try readConfiguration(
                text, environment: ["KEY": "qzqzqzqz-canary-1", "OTHER_KEY": "qzqzqzqz-canary-2"],
                files: ["/run/secrets/rodin": "qzqzqzqz-canary-3\n", "providers/a.txt": ""])
            let report = CheckReport(result)
            #expect((result.configuration == nil) == (result.exitCode != 0), "seed \(seed), round \(round)")
            #expect((result.exitCode == 0) == result.errors.isEmpty, "seed \(seed), round \(round)")
            #expect(!report.text.contains("qzqzqzqz"), "seed \(seed), round \(round)")
            #expect(result.diagnostics.allSatisfy { $0.line >= 0 && $0.column >= 0 && $0.message.utf8.count < 1_000 })
            if result.configuration != nil { accepted += 1 }
        }
        // A fuzz of which nothing passes, or everything, would test little.
        #expect(accepted > 20 && accepted < 1_480, "seed \(seed): \(accepted) accepted")
    }

    @Test(arguments: [UInt64(3)]) func `random bytes never trap`(seed: UInt64) {
        var generator = ConfigurationFuzzGenerator(state: seed)
        for _ in 0..<1_000 {
            let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            let sources = ConfigurationSources(readFile: { _, _ in .success(FileContent(bytes: bytes, permissions: 0o600)) })
            guard let catalog = try? builtInCatalog.get() else { continue }
            let result = ConfigurationReader(sources: sources, builtIn: catalog).read(ConfigurationRequest(path: "x"))
            #expect((result.configuration == nil) == (result.exitCode != 0))
        }
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "]) func `deep nesting is an error, not an overflowing stack`(piece: String) throws {
        #expect(try readConfiguration(String(repeating: piece, count: 100_000)).exitCode == 78)
        #expect(try readConfiguration("accounts: " + String(repeating: piece, count: 100_000)).exitCode == 78)
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout ConfigurationFuzzGenerator) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: if at < bytes.count { bytes[at] = UInt8.random(in: .min ... .max, using: &generator) }
        case 1:
            if at < bytes.count { bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...12, using: &generator))) }
        case 2, 3: bytes.insert(contentsOf: (pieces.randomElement(using: &generator) ?? "").utf8, at: at)
        default:
            let end = min(bytes.count, at + Int.random(in: 1...60, using: &generator))
            bytes.insert(contentsOf: Array(bytes[at..<end]), at: Int.random(in: 0...bytes.count, using: &generator))
        }
    }
}

/// SplitMix64: the same numbers on every machine.
private struct ConfigurationFuzzGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
