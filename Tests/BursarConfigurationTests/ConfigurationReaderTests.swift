import BursarBasics
import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct ConfigurationReaderTests {
    @Test func `the example of the contract is read`() throws {
        let result = try readConfiguration(
            """
            listen: [127.0.0.1:8787, "unix:/run/bursar/bursar.sock"]
            accounts:
              - provider: tensorpix
                key: ${env:TENSORPIX_API_KEY}
              - provider: hyper3d
                name: studio
                key: ${file:/run/secrets/rodin}     # or ${credential:rodin}, from $CREDENTIALS_DIRECTORY
                ttl: 60s
                low: 50                             # below this available amount the row says so
                base_url: http://127.0.0.1:9000/hyper3d
            defaults: {ttl: 30s, stale_for: 24h, timeout: 5s}
            passthrough: true
            """, environment: ["TENSORPIX_API_KEY": "0123456789abcdef"])
        #expect(result.diagnostics.isEmpty)
        #expect(result.exitCode == 0)
        let configuration = try #require(result.configuration)
        #expect(configuration.origin == .file(path: "bursar.yaml"))
        #expect(configuration.listen.map(\.description) == ["127.0.0.1:8787", "unix:/run/bursar/bursar.sock"])
        #expect(configuration.accounts.map(\.id.description) == ["tensorpix/default", "hyper3d/studio"])
        #expect(configuration.passthrough)

        let tensorpix = try #require(configuration.accounts.first)
        #expect(tensorpix.secret.exposedText == "0123456789abcdef")
        #expect(tensorpix.secretReference.source == .environment(name: "TENSORPIX_API_KEY"))
        #expect(tensorpix.secretReference.place == ConfigurationPlace(file: "bursar.yaml", line: 4, column: 10))
        #expect(tensorpix.baseURL == tensorpix.definition.origin)
        #expect(!tensorpix.isBaseURLOverridden)
        #expect((tensorpix.ttl, tensorpix.staleFor, tensorpix.timeout) == (.seconds(30), .seconds(86_400), .seconds(5)))
        #expect(tensorpix.low == nil)

        let studio = try #require(configuration.accounts.last)
        #expect(studio.secret.exposedText == "abcdefgh-3")
        #expect((studio.ttl, studio.timeout) == (.seconds(60), .seconds(5)))
        #expect(studio.low?.description == "50")
        #expect(studio.baseURL == "http://127.0.0.1:9000/hyper3d")
        #expect(result.findings.map(\.rule) == [.plainHTTP])
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "accounts:\n", "accounts: []\n", "{}"])
    func `a file that says nothing is a configuration without accounts`(yaml: String) throws {
        let configuration = try #require(try readConfiguration(yaml).configuration)
        #expect(configuration.accounts.isEmpty)
        #expect(configuration.listen == [.standard])
        #expect(configuration.defaults == AccountDefaults())
        #expect(configuration.passthrough && !configuration.allowAnonymous)
    }

    @Test func `C8: a byte order mark before the file is no part of it`() throws {
        let result = try readConfiguration("\u{FEFF}accounts:\n  - {provider: sunor, key: abcdefgh-1}\n")
        #expect(result.errors.isEmpty, "\(result.errors)")
        #expect(result.configuration?.accounts.map(\.id.description) == ["sunor/default"])
        let wrong = try readConfiguration("\u{FEFF}acounts: []\n")
        #expect(wrong.errors.first?.contains("did you mean accounts?") == true, "\(wrong.errors)")
    }

    @Test func `refresh_for is a duration, or always`() throws {
        func refresh(_ defaults: String) throws -> RefreshConfiguration {
            let result = try readConfiguration("defaults: {\(defaults)}\naccounts: [{provider: sunor, key: \"${env:KEY}\"}]")
            return try #require(result.configuration?.accounts.first?.refresh, "\(result.errors)")
        }
        #expect(try refresh("refresh: 5m").whileAskedWithin == .seconds(24 * 3_600))
        #expect(try refresh("refresh: 5m, refresh_for: 2m").whileAskedWithin == .seconds(120))
        #expect(try refresh("refresh: 5m, refresh_for: always").whileAskedWithin == nil)
        let wrong = try readConfiguration("defaults: {refresh_for: forever}")
        #expect(wrong.errors == ["1:25: refresh_for must be a duration such as 250ms, 30s, 5m, 24h or 7d"])
    }

    @Test func `every setting is read`() throws {
        let result = try readConfiguration(
            """
            listen: 127.0.0.1:0
            hosts: [bursar.internal, "*.corp.example"]
            allow_anonymous: false
            passthrough: false
            defaults: {ttl: 1m, stale_for: 0s, timeout: 250ms}
            log: {level: debug, format: json, access: false}
            drain: {delay: 5s, deadline: 20s}
            accounts:
              - {provider: sunor, name: a, key: "${env:KEY}", ttl: 5s, stale_for: 1h, timeout: 1s, low: 12.50}
              - {provider: sunor, name: "2", key: "${env:OTHER_KEY}", base_url: "https://sunor.example/x/"}
            """)
        #expect(result.diagnostics.isEmpty)
        let configuration = try #require(result.configuration)
        #expect(configuration.listen == [.tcp(host: "127.0.0.1", port: 0)])
        #expect(configuration.hosts.map(\.description) == ["bursar.internal", "*.corp.example"])
        #expect(!configuration.passthrough)
        #expect((configuration.log.level, configuration.log.format, configuration.log.access) == (.debug, .json, false))
        #expect((configuration.drain.delay, configuration.drain.deadline) == (.seconds(5), .seconds(20)))
        let first = try #require(configuration.accounts.first)
        let second = try #require(configuration.accounts.last)
        #expect((first.ttl, first.staleFor, first.timeout) == (.seconds(5), .seconds(3_600), .seconds(1)))
        #expect(first.low?.description == "12.50")
        #expect((second.ttl, second.staleFor, second.timeout) == (.seconds(60), .zero, .milliseconds(250)))
        #expect(second.id.description == "sunor/2")
        #expect(second.baseURL == "https://sunor.example/x")
        #expect(result.findings.map(\.rule) == [.foreignBaseURL])
    }

    @Test func `paths in the file start where the file stands`() throws {
        let sources = ConfigurationSources.memory(
            home: "/home/op",
            files: [
                "/etc/bursar/b.yaml": """
                accounts:
                  - {provider: sunor, name: a, key: "${file:./keys/sunor}"}
                  - {provider: sunor, name: b, key: "${file:../shared}"}
                  - {provider: sunor, name: c, key: "${file:~/sunor}"}
                """, "/etc/bursar/keys/sunor": "key-in-folder", "/etc/bursar/../shared": "key-above",
                "/home/op/sunor": "key-at-home"
            ])
        let reader = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get())
        let configuration = try #require(reader.read(ConfigurationRequest(path: "/etc/bursar/b.yaml")).configuration)
        #expect(configuration.accounts.map(\.secret.exposedText) == ["key-in-folder", "key-above", "key-at-home"])
    }

    @Test func `a file that is missing is named from the root on`() throws {
        var sources = ConfigurationSources.memory(
            files: ["sub/b.yaml": "accounts: [{provider: sunor, key: \"${file:./k1}\"}]\nstore: sqlite:b.db"])
        sources.workingFolder = "/srv/instance-20261121-a7c9"
        let result = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get())
            .read(ConfigurationRequest(path: "sub/b.yaml"))
        // The folder's own name is shown whole: it is no text of the configuration.
        #expect(result.errors == ["1:35: /srv/instance-20261121-a7c9/sub/k1 does not exist"])
    }

    @Test func `a path is shown up to what could be a key`() {
        #expect(ShowableText.path("/etc/bursar/tls/cert.pem") == "/etc/bursar/tls/cert.pem")
        #expect(ShowableText.path("keys/sunor") == "keys/sunor")
        #expect(ShowableText.path("/etc/Zm9vYmFyYmF6cXV4MTIzNDU2/x") == "/etc/…")
        #expect(ShowableText.path("/srv/Zm9vYmFyYmF6/b/Zm9vYmFyYmF6", in: "/srv/Zm9vYmFyYmF6/") == "/srv/Zm9vYmFyYmF6/b/…")
        #expect(ShowableText.path("Zm9vYmFyYmF6cXV4MTIzNDU2") == "…")
    }

    @Test func `the file is found by the documented order`() throws {
        let files = ["a.yaml": "log: {level: error}", "b.yaml": "log: {level: debug}", "bursar.yaml": "log: {level: trace}"]
        func origin(_ path: String?, _ environment: [String: String], _ files: [String: String]) throws -> ConfigurationOrigin {
            let sources = ConfigurationSources.memory(environment: environment, files: files)
            return ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest(path: path))
                .origin
        }
        #expect(try origin("a.yaml", ["BURSAR_CONFIG": "b.yaml"], files) == .file(path: "a.yaml"))
        #expect(try origin(nil, ["BURSAR_CONFIG": "b.yaml"], files) == .file(path: "b.yaml"))
        #expect(try origin(nil, ["BURSAR_CONFIG": ""], files) == .file(path: "bursar.yaml"))
        #expect(try origin(nil, [:], files) == .file(path: "bursar.yaml"))
        #expect(try origin(nil, [:], [:]) == .environment)
    }

    @Test func `a file that is named and missing is exit code 66`() throws {
        for (request, environment) in [
            (ConfigurationRequest(path: "no.yaml"), [:]), (ConfigurationRequest(), ["BURSAR_CONFIG": "no.yaml"])
        ] {
            let reader = ConfigurationReader(sources: .memory(environment: environment), builtIn: try builtInCatalog.get())
            let result = reader.read(request)
            #expect(result.exitCode == 66)
            #expect(result.configuration == nil)
            #expect(result.diagnostics.map(\.file) == ["no.yaml"])
        }
    }

    @Test func `listeners of the command line stand in place of those of the file`() throws {
        let yaml = "listen: [127.0.0.1:1, 127.0.0.1:2]"
        let request = ConfigurationRequest(listen: ["[::1]:3"])
        #expect(try readConfiguration(yaml, request: request).configuration?.listen == [.tcp(host: "::1", port: 3)])

        let bad = try readConfiguration(yaml, request: ConfigurationRequest(listen: ["8787", "0.0.0.0:1"]))
        #expect(bad.diagnostics.map(\.file) == ["--listen", "--listen"])
        #expect(bad.errors.first == "0:0: not a listen address: a host is missing; did you mean 127.0.0.1:8787?")
    }

    @Test func `a yml beside nothing is named`() throws {
        let sources = ConfigurationSources.memory(files: ["bursar.yml": ""])
        let result = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
        #expect(result.origin == .environment)
        #expect(result.warnings == ["0:0: is not read; did you mean bursar.yaml?"])
    }
}

@Suite struct ConfigurationExposureTests {
    @Test(arguments: ["0.0.0.0:8787", "10.0.0.1:8787", "\"[::]:8787\"", "bursar.internal:8787"])
    func `a listener that others can reach is refused until it is meant`(address: String) throws {
        let refused = try readConfiguration("listen: \(address)")
        #expect(refused.exitCode == 78)
        #expect(refused.errors.count == 1)
        #expect(refused.errors.first?.hasPrefix("1:9: ") == true)
        #expect(refused.errors.first?.contains("allow_anonymous: true") == true)

        let meant = try readConfiguration("listen: \(address)\nallow_anonymous: true")
        #expect(meant.configuration?.allowAnonymous == true)
        #expect(meant.findings.map(\.rule) == [.anonymousListener])
    }

    @Test func `the command line is held to the same rule`() throws {
        #expect(try readConfiguration("", request: ConfigurationRequest(listen: ["0.0.0.0:1"])).exitCode == 78)
        #expect(
            try readConfiguration("", request: ConfigurationRequest(listen: ["0.0.0.0:1"], allowAnonymous: true)).exitCode == 0)
        #expect(
            try readConfiguration("allow_anonymous: true", request: ConfigurationRequest(listen: ["0.0.0.0:1"])).exitCode == 0)
    }

    @Test func `a listener's name is a host that the gateway answers to`() throws {
        let result = try readConfiguration(
            "listen: [bursar.internal:1, localhost:2, 10.0.0.1:3]\nallow_anonymous: true\nhosts: b.internal")
        #expect(result.configuration?.hosts.map(\.description) == ["b.internal", "bursar.internal"])
    }

    @Test func `a reachable listener that the command line replaces does no harm`() throws {
        #expect(try readConfiguration("listen: 0.0.0.0:1", request: ConfigurationRequest(listen: ["127.0.0.1:1"])).exitCode == 0)
    }
}
