import BursarCatalog
import TestSupport
import Testing

@testable import BursarConfiguration

/// Keys that were pasted where names belong are told by their place and never quoted (B8).
@Suite struct PastedKeyTests {
    static let keys = [
        "sk-live-abc123", "sk-live-abcdefgh", "sk-live-5Kq9ZtR2xW8vN4mB7cJ3", "key_live_0a1b2c3d", "0123456789abcdef",
        "AKIAIOSFODNN7EXA",
        "hf_abcdefghij", "x7f9k2m4"
    ]

    @Test(arguments: keys)
    func `a key that stands as a name in the configuration is not quoted (B8)`(_ key: String) throws {
        for yaml in [
            "\(key): x", "accounts: [{provider: sunor, \(key): x}]", "log: {\(key): x}",
            "accounts: [{provider: '\(key)', key: abcdefgh-1}]",
            "clients: [{name: a, token_sha256: \(String(repeating: "ab", count: 32)), allow: '\(key)'}]",
            "accounts: [{provider: sunor, key: abcdefgh-1, parameters: {\(key): x}}]", "\(key): x\n\(key): y",
            "accounts: [{provider: sunor, key: '${env:\(key)}'}]"
        ] {
            let result = try readConfiguration(yaml)
            #expect(!result.errors.isEmpty, "\(yaml)")
            let said = CheckReport(result).text
            #expect(!said.contains(key), "\(yaml): \(said)")
        }
    }

    @Test(arguments: keys)
    func `a key that stands as a file's name is not quoted (B8)`(_ key: String) {
        let reader = ConfigurationReader(sources: .memory())
        let result = reader.read(ConfigurationRequest(path: key))
        #expect(result.exitCode == 66)
        #expect(!CheckReport(result).text.contains(key))
        #expect(CheckReport(result).text.contains("named by --config"))
        // A file's name is quoted: by its folder or its ending.
        for file in ["/etc/bursar/team.yaml", "other.yml", "./conf"] {
            #expect(CheckReport(reader.read(ConfigurationRequest(path: file))).text.contains(file))
        }
    }

    @Test func `a name is quoted where it is near a known one, or is words`() {
        #expect(QuotableName.quoted("lisen", near: "listen") == "\"lisen\"")
        for name in ["colour", "insufficient_balance", "bearerAuth", "201", "as of"] {
            #expect(QuotableName.cannotBeKey(name), "\(name)")
        }
        for key in Self.keys { #expect(!QuotableName.cannotBeKey(key), "\(key)") }
    }

    @Test func `a million unknown keys give the first hundred and a count (B10)`() throws {
        var yaml = ""
        for number in 0..<1_000_000 { yaml += "\(String(number, radix: 36)):\n" }
        #expect(yaml.utf8.count <= ConfigurationLimits.fileBytes)
        var result: ConfigurationResult?
        let time = try ContinuousClock().measure { result = try readConfiguration(yaml) }
        let read = try #require(result)
        #expect(read.errorCount == 1_000_000)
        #expect(read.diagnostics.count == 101)
        #expect(read.diagnostics.last?.message == "from here on 999900 more errors are counted and not listed")
        #expect(CheckReport(read).text.utf8.count < 100_000)
        // A few seconds in a debug build; that each looked at all before it would take hours.
        #expect(time < .seconds(90), "\(time)")
    }

    @Test func `tens of thousands of unknown keys of one account give the first hundred and a count (B10)`() throws {
        let keys = (0..<50_000).map { "x\($0): 1" }.joined(separator: ", ")
        let result = try readConfiguration("accounts: [{provider: sunor, key: abcdefgh-1, \(keys)}]")
        #expect(result.errorCount == 50_000)
        #expect(result.diagnostics.count { $0.severity == .error } == 101)
    }
}
