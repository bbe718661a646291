import BursarBasics
@testable import BursarConfiguration
import Foundation
import TestSupport
import Testing

/// docs/configuration.md says what the reader does.
@Suite struct ConfigurationDocumentationTests {
    private func document(_ path: String = "docs/configuration.md") throws -> String {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/" {
            let file = folder.appendingPathComponent(path)
            if FileManager.default.fileExists(atPath: file.path) { return try String(contentsOf: file, encoding: .utf8) }
            folder.deleteLastPathComponent()
        }
        throw DocumentMissing()
    }

    private struct DocumentMissing: Error {}

    /// The first two cells of each row of the table under a heading.
    private func rows(under heading: String, of document: String) throws -> [[String]] {
        let section = try #require(document.components(separatedBy: "\n## \(heading)\n").dropFirst().first)
        let lines = (section.components(separatedBy: "\n## ").first ?? "").split(separator: "\n").filter { $0.hasPrefix("| ") }
        return lines.dropFirst().map { line in
            line.split(separator: "|").prefix(2).map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test func `every key is documented, and nothing else is`() throws {
        let documented = try rows(under: "Every key", of: document()).compactMap(\.first)
        #expect(documented.sorted() == ConfigurationKey.all.map { "`\($0.path)`" }.sorted())
    }

    @Test func `documented defaults are the real ones`() throws {
        let (defaults, log, drain) = (AccountDefaults(), LogConfiguration(), DrainConfiguration())
        let limits = ServerLimits()
        let seconds = { (time: Duration) in "\(time.components.seconds)s" }
        let real = [
            "clients[].passthrough": "false", "clients[].admin": "false",
            "listen[].tls": "\(ListenerSettings(.standard).usesTLS)", "listen[].mode": "\"0660\"",
            "limits.connections": "\(limits.connections)",
            "limits.requests_per_connection": "\(limits.requestsPerConnection)",
            "limits.head_time": seconds(limits.headTime), "limits.idle_time": seconds(limits.idleTime),
            "limits.write_stall_time": seconds(limits.writeStallTime), "limits.streams": "\(limits.streams)",
            "listen": "\(ListenAddress.standard)", "accounts[].name": "default",
            "defaults.ttl": DurationText.format(defaults.ttl),
            "defaults.stale_for": DurationText.format(defaults.staleFor),
            "defaults.timeout": DurationText.format(defaults.timeout),
            "defaults.refresh": defaults.refresh.map { DurationText.format($0) } ?? "off",
            "defaults.refresh_for": defaults.refreshFor.map { DurationText.format($0) } ?? "always",
            "passthrough": "\(RootSettings().passthrough)", "allow_anonymous": "\(RootSettings().allowAnonymous)",
            "upstream.private_addresses": "\(UpstreamConfiguration().allowsPrivateAddresses)",
            "upstream.traceparent": "\(UpstreamConfiguration().sendsTraces)",
            "secrets.exec": "\(SecretResolver(sources: .memory()).runsCommands)",
            "log.level": log.level.rawValue, "log.format": log.format.rawValue, "log.access": "\(log.access)",
            "drain.delay": DurationText.format(drain.delay), "drain.deadline": DurationText.format(drain.deadline)
        ]
        for row in try rows(under: "Every key", of: document()) where row[1].hasPrefix("`") {
            let key = row[0].trimmingCharacters(in: ["`"])
            #expect(real[key].map { "`\($0)`" } == row[1], "\(key)")
        }
    }

    @Test func `documented bounds are the real ones`() throws {
        let text = try document()
        for (bounds, key) in [
            (ConfigurationLimits.ttl, "accounts[].ttl"), (ConfigurationLimits.staleFor, "accounts[].stale_for"),
            (ConfigurationLimits.timeout, "accounts[].timeout"), (ConfigurationLimits.refresh, "accounts[].refresh"),
            (ConfigurationLimits.refreshFor, "defaults.refresh_for"), (ConfigurationLimits.drainDeadline, "drain.deadline")
        ] {
            let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| `\(key)`") })
            #expect(
                row.contains("`\(DurationText.format(bounds.lowerBound))` to `\(DurationText.format(bounds.upperBound))`"),
                "\(key)")
        }
    }

    /// Every block of YAML in the documents for operators is a configuration.
    @Test(arguments: [("docs/configuration.md", 2), ("docs/operations.md", 2), ("README.md", 1)])
    func `each example is a configuration without a problem`(path: String, atLeast count: Int) throws {
        let examples = try document(path).components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(examples.count >= count)
        for example in examples {
            let result = try readConfiguration(
                example,
                environment: [
                    "TENSORPIX_API_KEY": "abcdefgh-1", "SUNOR_API_KEY": "abcdefgh-7", "PROXY_PASSWORD": "abcdefgh-0",
                    "CREDENTIALS_DIRECTORY": "/run/credentials"
                ],
                files: [
                    "/run/secrets/rodin": "abcdefgh-2\n", "/run/secrets/tensorpix": "abcdefgh-3\n",
                    "/run/credentials/rodin": "abcdefgh-4", "/run/credentials/tensorpix": "abcdefgh-5",
                    "/run/credentials/rodin-lab": "abcdefgh-6", "/etc/bursar/tls/cert.pem": "-", "/etc/bursar/tls/key.pem": "-",
                    "providers/.keep.yaml": ""
                ])
            #expect(result.errors == [], "\(path)")
            #expect(result.exitCode == 0)
        }
    }

    @Test func `the shown messages are the real ones`() throws {
        let text = try document()
        let shown = try #require(
            text.components(separatedBy: "```text\n").dropFirst().first?.components(separatedBy: "```").first)
        let yaml = "accounts:\n  - provider: tensorpx\n    key: ${env:TENSORPIX_KEY}\n    ttl: 30"
        let result = try readConfiguration(yaml, environment: ["TENSORPIX_API_KEY": "abcdefgh-1"])
        #expect(result.diagnostics.map { "\($0)" } == shown.split(separator: "\n").map(String.init))
    }

    @Test func `every audit rule is documented with its severity`() throws {
        let text = try document()
        for rule in AuditRule.allCases { #expect(text.contains("| \(rule.rawValue) | \(rule.severity.rawValue) |")) }
    }
}
