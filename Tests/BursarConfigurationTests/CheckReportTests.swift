import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct CheckReportTests {
    @Test func `a good configuration is summed up`() throws {
        let yaml = """
            listen: [127.0.0.1:8787, "unix:/run/b.sock"]
            accounts:
              - {provider: sunor, key: "${env:KEY}", low: 5}
              - {provider: hyper3d, name: studio, key: "${file:/run/secrets/rodin}", ttl: 60s, base_url: "https://proxy.example/x"}
            """
        let report = CheckReport(try readConfiguration(yaml))
        #expect(report.exitCode == 0)
        let definitions = try builtInCatalog.get().definitions
        let sunor = try #require(definitions.first { $0.id.name == "sunor" })
        let gap = String(repeating: " ", count: max(0, sunor.origin.count - "https://proxy.example/x".count))
        let fill = String(repeating: " ", count: max(0, "https://proxy.example/x".count - sunor.origin.count))
        let head = String(repeating: " ", count: max(sunor.origin.count, "https://proxy.example/x".count) - "BASE URL".count)
        let hyper3d = try #require(try BaseURL(parsing: definitions.first { $0.id.name == "hyper3d" }?.origin ?? "")).host
        #expect(
            report.text == """
                bursar.yaml:4:94: note: the key goes to another host than the provider's own, \(hyper3d) [BUR007]

                configuration  bursar.yaml
                listens at     127.0.0.1:8787 (this machine only)
                               unix:/run/b.sock (this machine only)
                definitions    sunor, hyper3d, and \(definitions.count - 2) more built in
                not seen live  sunor, hyper3d
                pass-through   on
                store          /home/op/.local/state/bursar/bursar.db
                runways        accounts whose runway is asked for are kept fresh: at most 576 calls a day for all
                clients        none
                accounts       2
                  ACCOUNT         TTL  STALE FOR  TIMEOUT  LOW  BASE URL\(head)  KEY FROM
                  sunor/default   30s  24h        5s       5    \(sunor.origin)\(fill)  ${env:KEY}
                  hyper3d/studio  1m   24h        5s       -    https://proxy.example/x\(gap)  ${file:/run/secrets/rodin}

                ok

                """)
    }

    @Test func `what is refreshed whether anybody asks or not is told, with its calls a day`() throws {
        func report(_ defaults: String) throws -> String {
            let accounts = #"[{provider: sunor, key: "${env:KEY}"}, {provider: legnext, key: "${env:OTHER_KEY}", refresh: off}]"#
            return CheckReport(try readConfiguration("defaults: {\(defaults)}\naccounts: \(accounts)")).text
        }
        let line = "\nrefresh        1 account is kept fresh whether anybody asks or not: at most 144 calls a day for all\n"
        #expect(try report("refresh: 10m, refresh_for: always").contains(line))
        for defaults in ["refresh: 10m", "refresh_for: always"] { #expect(try !report(defaults).contains("\nrefresh  ")) }
    }

    // Rounded down, a week was 0 calls a day, and 50,000 s were 1 where two fall into some days.
    @Test(arguments: [("168h", "1 call"), ("50000s", "2 calls"), ("5m", "288 calls"), ("10s", "8640 calls")])
    func `calls a day are rounded up, because a bound is told`(interval: String, calls: String) throws {
        let yaml = """
            defaults: {refresh: \(interval), refresh_for: always}
            accounts: [{provider: sunor, key: "${env:KEY}"}]
            """
        let text = CheckReport(try readConfiguration(yaml)).text
        #expect(text.contains("whether anybody asks or not: at most \(calls) a day for all\n"), "\(text)")
        #expect(text.contains("whose runway is asked for are kept fresh: at most \(calls) a day for all\n"), "\(text)")
    }

    @Test func `without an account the built-in definitions are counted as what they are`() throws {
        let count = try builtInCatalog.get().ids.count
        #expect(CheckReport(try readConfiguration("accounts: []")).text.contains("\ndefinitions    \(count) built in\n"))
    }

    @Test func `a bad one is told with a verdict and no summary`() throws {
        let report = CheckReport(try readConfiguration("passthrough: maybe\nlisten: 0.0.0.0:1"))
        #expect(report.exitCode == 78)
        #expect(report.text.hasSuffix("\n\n2 errors, 0 warnings: serve would not start\n"))
        #expect(!report.text.contains("definitions"))
    }

    @Test func `findings have their rule, their place and their severity`() throws {
        let yaml = """
            listen: 10.0.0.1:8787
            allow_anonymous: true
            accounts:
              - {provider: sunor, key: abcdefgh-literal, base_url: "http://127.0.0.1:1"}
              - {provider: legnext, key: "${file:/run/secrets/rodin}"}
              - {provider: legnext, name: b, key: "${env:KEY}"}
              - {provider: legnext, name: c, key: "${env:KEY}"}
              - {provider: legnext, name: d, key: "${env:SHORT}"}
            """
        let result = try readConfiguration(yaml, environment: ["KEY": "abcdefgh-1", "SHORT": "abcdef"], permissions: 0o644)
        #expect(result.exitCode == 0)
        #expect(
            result.findings.map { "\($0.place.line) \($0.rule.rawValue)" } == [
                "0 BUR003", "1 BUR005", "4 BUR001", "4 BUR004", "5 BUR002", "7 BUR008", "8 BUR006"
            ])
        #expect(CheckReport(result).text.hasSuffix("ok, with 5 warnings\n"))
    }

    @Test func `who else may read or change a file is told`() throws {
        let yaml = "accounts: [{provider: legnext, key: \"${file:/run/secrets/rodin}\"}]"
        func rules(_ permissions: UInt16) throws -> [AuditRule] {
            try readConfiguration(yaml, permissions: permissions).findings.map(\.rule)
        }
        #expect(try rules(0o600) == [])
        #expect(try rules(0o640) == [.keyFileReadableByGroup])
        #expect(try rules(0o644) == [.keyFileReadableByAnyone])
        #expect(try rules(0o602) == [.configurationWritableByAnyone, .keyFileWritableByAnyone])
    }

    @Test func `a quoted key is an error, and a folder without definitions a warning`() throws {
        let result = try readConfiguration(
            "providers: /etc/d\naccounts: [{provider: sunor, key: \"${env:KEY}\"}]", environment: ["KEY": "\"abcdefgh\""],
            files: ["/etc/d/readme.txt": ""])
        #expect(result.exitCode == 78)
        #expect(result.warnings.map { $0.prefix(5) } == ["1:12:"])
        #expect(result.errors.map { $0.prefix(5) } == ["2:35:"])
    }
}

/// The real environment and file system.
@Suite struct ConfigurationProcessSourcesTests {
    @Test func `files and folders of the system are read within bounds`() throws {
        let sources = ConfigurationSources.process()
        #expect(sources.environment["PATH"] != nil)
        #expect(sources.readFile("/no/such/file", 10).failure == .notFound)
        #expect(sources.readFile("/", 10).failure == .isAFolder)
        #expect(sources.readFile("/etc/passwd/x", 10).failure == .notAFolder)
        #expect(sources.readFile("/dev/zero", 100).failure == .tooLarge(limit: 100))
        #expect(try sources.readFile("/dev/null", 100).get().permissions == nil)
        let passwd = try sources.readFile("/etc/passwd", 1 << 20).get()
        #expect(passwd.isReadableByAnyone)
        #expect(!"\(passwd)".contains("root"))
        #expect(try sources.listFolder("/etc").get().contains("passwd"))
        #expect(sources.listFolder("/etc/passwd").failure == .notAFolder)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
