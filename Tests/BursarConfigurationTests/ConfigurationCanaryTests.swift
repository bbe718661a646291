import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

/// A key never stands in what a reading says, wherever in the file it was written and whatever is wrong there.
@Suite struct ConfigurationCanaryTests {
    /// The shapes of the five providers' keys, and a common one with dashes.
    static let canaries = [
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "A7xQ2mZ9kL4vB8nR6tY3wE5uI1oP0sDfGhJkCzXcVbNmQwErTyUiOpAsDfGhJk42",
        "0123456789abcdef0123456789abcdef01234567", "sk-live-5Kq9ZtR2xW8vN4mB7cJ3"
    ]

    static let files = [
        "accounts:\n  - provider: sunor\n    key: CANARY", "accounts:\n  - provider: sunor\n    key: \"CANARY ",
        "accounts:\n  - provider: sunor\n    key: CANARY: x", "accounts:\n  - provider: sunor key: CANARY",
        "accounts:\n  - provider: CANARY\n    key: CANARY", "accounts:\n  - provider: sunor\n    api_key: CANARY",
        "accounts:\n  - CANARY: sunor", "accounts:\n  - CANARY", "accounts: CANARY", "CANARY", "CANARY: CANARY", "key: CANARY",
        "accounts:\n  sunor: CANARY", "accounts:\n  - provider: sunor\n    key: ${CANARY}",
        "accounts:\n  - provider: sunor\n    key: ${env:CANARY}", "accounts:\n  - provider: sunor\n    key: ${file:CANARY}",
        "accounts:\n  - provider: sunor\n    key: ${file:/CANARY}",
        "accounts:\n  - provider: sunor\n    key: ${credential:CANARY}",
        "accounts:\n  - provider: sunor\n    key: ${CANARY:x}", "accounts:\n  - provider: sunor\n    key: Bearer CANARY",
        "accounts:\n  - provider: sunor\n    key: x${env:CANARY}", "accounts:\n  - provider: sunor\n    key: $CANARY",
        "accounts:\n  - provider: sunor\n    key: [CANARY]", "accounts:\n  - provider: sunor\n    key: {CANARY: CANARY}",
        "accounts:\n  - provider: sunor\n    key: *CANARY", "accounts:\n  - provider: sunor\n    key: &CANARY x",
        "accounts:\n  - provider: sunor\n    key: !CANARY x",
        "accounts:\n  - provider: sunor\n    key: |\n      CANARY\n      CANARY",
        "accounts:\n  - provider: sunor\n    key: \"CANARY\\q\"", "accounts:\n  - provider: sunor\n    key: 'CANARY",
        "accounts:\n  - provider: sunor\n    key: \"CANARYé\"", "accounts:\n  - provider: sunor\n    key: `CANARY`",
        "accounts:\n  - provider: sunor\n    key: @CANARY", "accounts:\n  - provider: sunor\n    key: %CANARY",
        "accounts:\n\t- provider: sunor\n\t  key: CANARY", "accounts:\n  - provider: sunor\n   key: CANARY",
        "accounts:\n  - provider: sunor\n    key: CANARY\n    key: CANARY",
        "accounts:\n  - provider: sunor\n    key: CANARY\n    name: CANARY/x",
        "accounts:\n  - {provider: sunor, key: CANARY}\n  - {provider: sunor, key: CANARY}",
        "accounts:\n  - {provider: sunor, key: CANARY, base_url: \"https://CANARY@a\"}",
        "accounts:\n  - {provider: sunor, key: CANARY, base_url: \"https://a/?key=CANARY\"}",
        "accounts:\n  - {provider: sunor, key: CANARY, low: CANARY, ttl: CANARY, timeout: CANARY}",
        "accounts:\n  - {provider: sunor, key: CANARY, parameters: {CANARY: CANARY}}",
        "listen: CANARY", "listen: [\"CANARY:1\", \"unix:/CANARY/\", /CANARY]", "hosts: [CANARY/]", "passthrough: CANARY",
        "log: {level: CANARY, CANARY: 1}",
        "providers: [CANARY]", "providers: [/CANARY]", "defaults: {CANARY: 1s}", "--- CANARY\n--- CANARY",
        "? CANARY\n: CANARY\n? CANARY\n: x",
        "? [CANARY]\n: x", "{CANARY", "[CANARY", "\"CANARY", "CANARY: [", "%YAML CANARY",
        "accounts: [{provider: sunor, key: CANARY"
    ]

    @Test(arguments: files) func `no message quotes a key`(template: String) throws {
        for canary in Self.canaries {
            let yaml = template.split(separator: "CANARY", omittingEmptySubsequences: false).joined(separator: canary)
            // Also as the value of a variable that is near to what may be written.
            let result = try readConfiguration(yaml, environment: ["KEY": canary])
            let said = CheckReport(result).text + "\(result)" + result.diagnostics.map { "\($0)" }.joined() + "\(result.findings)"
            #expect(!said.contains(canary), "\(template)")
            // Nor a good part of one.
            #expect(!said.contains(canary.suffix(12)) && !said.contains(canary.prefix(12)), "\(template): \(said)")
        }
    }

    // Nothing is wrong with these: what leaked was the summary.
    @Test(arguments: [
        ("base_url: \"https://relay.example/CANARY\"", "https://relay.example/…"),
        ("base_url: \"https://relay.example/v1/CANARY/x\"", "https://relay.example/v1/…"),
        ("name: CANARY", "sunor/[redacted]")
    ])
    func `no summary quotes a key that stands in a base URL or as an account's name`(setting: String, shown: String) throws {
        for canary in Self.canaries {
            let setting = setting.replacing("CANARY", with: canary)
            for (key, environment) in [(canary, [:]), ("${env:KEY}", ["KEY": canary])] as [(String, [String: String])] {
                let yaml = "accounts:\n  - {provider: sunor, key: \"\(key)\", \(setting)}"
                let result = try readConfiguration(yaml, environment: environment)
                #expect(result.exitCode == 0)
                let said = CheckReport(result).text
                #expect(!said.contains(canary.suffix(12)) && !said.contains(canary.prefix(12)), "\(said)")
                #expect(said.contains(shown), "\(said)")
            }
        }
    }

    // It is too short and too plain to be told from a folder's name, but it is the key.
    @Test func `no summary quotes a key that looks like a folder`() throws {
        let yaml = #"accounts: [{provider: sunor, key: "${env:KEY}", base_url: "https://relay.example/team-red/x"}]"#
        let said = CheckReport(try readConfiguration(yaml, environment: ["KEY": "team-red"])).text
        #expect(said.contains("https://relay.example/[redacted]/x"), "\(said)")
    }

    @Test func `a dumped configuration has no key in it`() throws {
        let canary = Self.canaries[0]
        let result = try readConfiguration("accounts: [{provider: sunor, key: \(canary)}]")
        let configuration = try #require(result.configuration)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(configuration.accounts.first?.secret.exposedText == canary)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains(canary))
    }

    @Test func `keys from variables and files stay out of what is said of them`() throws {
        for (index, canary) in Self.canaries.enumerated() {
            for bad in [
                "\(canary) ", "\(canary)\r\nx: y", "\(canary)é", "Token \(canary)", "\"\(canary)\"",
                String(repeating: canary, count: 100)
            ] {
                let yaml = "accounts:\n  - {provider: sunor, key: \"${env:KEY}\"}\n  - {provider: legnext, key: \"${file:/key}\"}"
                let result = try readConfiguration(yaml, environment: ["KEY": bad], files: ["/key": bad])
                #expect(!CheckReport(result).text.contains(canary.prefix(8)), "canary \(index)")
                #expect(!CheckReport(result).text.isEmpty)
            }
        }
    }
}
