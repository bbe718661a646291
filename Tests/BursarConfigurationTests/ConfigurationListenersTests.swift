import BursarBasics
import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct ConfigurationListenersTests {
    @Test func `an element of listen says more than its address`() throws {
        let yaml = """
            listen:
              - 127.0.0.1:1
              - {address: "[::1]:2", tls: true}
              - {address: "unix:/run/b.sock", mode: "0666"}
              - {address: "unix:/run/c.sock", mode: 660}
            tls: {certificate: cert.pem, key: /key.pem, client_ca: ./ca.pem}
            trusted_proxies: [10.0.0.0/8, "::1", unix]
            proxy_protocol: 192.0.2.1
            limits: {connections: 5, connections_per_peer: 2, streams: 7, streams_per_peer: 3, requests_per_connection: 9, head_time: 1s, idle_time: 2s, \
            write_stall_time: 3s}
            """
        let result = try readConfiguration(yaml, files: ["cert.pem": "-", "/key.pem": "-", "ca.pem": "-"])
        #expect(result.errors == [] && result.warnings == [])
        let configuration = try #require(result.configuration)
        #expect(
            configuration.listeners == [
                ListenerSettings(.tcp(host: "127.0.0.1", port: 1)),
                ListenerSettings(.tcp(host: "::1", port: 2), usesTLS: true),
                ListenerSettings(.unix(path: "/run/b.sock"), mode: 0o666),
                ListenerSettings(.unix(path: "/run/c.sock"), mode: 0o660)
            ])
        #expect(
            configuration.tls
                == TLSSettings(certificateFile: "cert.pem", privateKeyFile: "/key.pem", clientAuthoritiesFile: "ca.pem"))
        #expect(configuration.proxies.trusted.map(\.description) == ["10.0.0.0/8", "::1", "unix"])
        #expect(configuration.proxies.proxyProtocol.map(\.description) == ["192.0.2.1"])
        #expect(configuration.limits.connections == 5)
        #expect(configuration.limits.connectionsPerPeer == 2)
        #expect(configuration.limits.streams == 7)
        #expect(configuration.limits.streamsPerPeer == 3)
        #expect(configuration.limits.requestsPerConnection == 9)
        #expect(configuration.limits.headTime == .seconds(1))
        #expect(configuration.limits.idleTime == .seconds(2))
        #expect(configuration.limits.writeStallTime == .seconds(3))
    }

    @Test func `one listener with more than its address needs no list around it`() throws {
        let result = try readConfiguration(
            "listen: {address: '127.0.0.1:1', tls: true}\ntls: {certificate: /c.pem, key: /k.pem}",
            files: ["/c.pem": "-", "/k.pem": "-"])
        #expect(result.errors == [] && result.warnings == [])
        #expect(result.configuration?.listeners == [ListenerSettings(.tcp(host: "127.0.0.1", port: 1), usesTLS: true)])
    }

    @Test func `that nobody uses tls is not said beside a listener that could not be read`() throws {
        let result = try readConfiguration(
            "listen: [{adress: '127.0.0.1:1', tls: true}]\ntls: {certificate: /c.pem, key: /k.pem}",
            files: ["/c.pem": "-", "/k.pem": "-"])
        #expect(!result.errors.isEmpty && result.warnings == [])
    }

    @Test func `files of TLS are named from the root on, and what is wrong with them is said`() throws {
        // Both were hidden where the path was written without a slash before it.
        let yaml = "listen: {address: '127.0.0.1:1', tls: true}\ntls: {certificate: tls/c.pem, key: k.pem}"
        var sources = ConfigurationSources.memory(files: ["bursar.yaml": yaml, "/etc/b-9/tls/c.pem": "-", "/etc/b-9/k.pem": "-"])
        sources.workingFolder = "/etc/b-9"
        sources.checkTLS = {
            TLSFileProblem(file: $0.privateKeyFile, words: "not that of \($0.certificateFile)", concernsKey: true)
        }
        let reader = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get())
        #expect(reader.read(ConfigurationRequest()).errors == ["2:36: /etc/b-9/k.pem: not that of /etc/b-9/tls/c.pem"])
    }

    @Test(arguments: [
        (CertificateTerm.ending, "the certificate ends at 2026-01-02T03:04:05.000Z"),
        (.over, "the certificate expired at 2026-01-02T03:04:05.000Z: clients refuse it")
    ])
    func `a certificate that clients refuse, or soon will, is told and keeps nothing from starting`(
        term: CertificateTerm, words: String
    ) throws {
        let yaml = "listen: {address: '127.0.0.1:1', tls: true}\ntls: {certificate: /c.pem, key: /k.pem}"
        var sources = ConfigurationSources.memory(files: ["bursar.yaml": yaml, "/c.pem": "-", "/k.pem": "-"])
        let end = try #require(WallTime(rfc3339: "2026-01-02T03:04:05Z"))
        sources.checkTLS = { TLSFileProblem(certificate: $0.certificateFile, notValidAfter: end, term: term) }
        let result = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
        #expect(result.errors.isEmpty && result.warnings.contains("2:20: /c.pem: \(words)"), "\(result.warnings)")
        #expect(TLSFileProblem(certificate: "/c.pem", notValidAfter: end, term: .long) == nil)
    }

    @Test func `a key in place of a TLS file's path is not shown`() throws {
        let canary = "sk-live-5Kq9ZtR2xW8vN4mB7cJ3"
        for name in ["certificate", "key"] {
            let other = name == "key" ? "certificate" : "key"
            var sources = ConfigurationSources.memory(
                files: [
                    "bursar.yaml": "tls: {\(name): \(canary), \(other): /c.pem}", "/c.pem": "-", "/etc/\(canary)": "-"
                ])
            sources.workingFolder = "/etc"
            sources.checkTLS = {
                TLSFileProblem(file: $0.privateKeyFile, words: "not that of \($0.certificateFile)", concernsKey: true)
            }
            let result = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
            #expect(result.errors.count == 1)
            #expect(!"\(result)".contains("5Kq9"), "\(result.errors)")
            #expect("\(result.errors)".contains("/etc/…"))
        }
    }

    @Test(arguments: [
        ("listen: [::1]:8787", "an address with brackets stands in quotation marks: \"[::1]:8787\""),
        ("accounts:\n\t- provider: sunor", "indent with spaces; YAML takes no tabs there"),
        ("listen: @x", "a text that begins with such a sign stands in quotation marks")
    ])
    func `what YAML stumbles over has its remedy beside it`(yaml: String, hint: String) throws {
        let errors = try readConfiguration(yaml).errors
        #expect(errors.count == 1 && errors.first?.hasSuffix(hint) == true, "\(errors)")
    }

    @Test(arguments: [
        ("listen: [{tls: true}]", "an element of listen needs address; expected \(ListenAddress.expectation)"),
        ("listen: [{address: \"127.0.0.1:1\", mode: 0660}]", "mode is that of a Unix socket's file; \"127.0.0.1:1\" has none"),
        (
            "listen: [{address: \"unix:/a\", mode: \"0460\"}]",
            "mode must be the octal mode of a socket's file, such as \"0660\", with which the owner may read and write"
        ),
        (
            "listen: [{address: \"127.0.0.1:1\", tls: true}]",
            "a listener with tls: true needs a certificate; write tls: {certificate: FILE, key: FILE}"
        ),
        ("tls: {certificate: /c.pem}", "tls needs key, the path of a file in PEM form"),
        ("tls: {certificate: /c.pem, key: /none.pem}", "/none.pem does not exist"),
        (
            "trusted_proxies: [proxy.internal]",
            "an element of trusted_proxies must be an address, a block such as 10.0.0.0/8 or fd00::/8, or unix; names are not "
                + "looked up"
        ), ("limits: {connections: 0}", "connections must be a whole number from 1 to 1000000"),
        ("limits: {idle_time: 10ms}", "idle_time must be within 100ms to 1h")
    ])
    func `what cannot be is told once`(yaml: String, message: String) throws {
        let errors = try readConfiguration(yaml, files: ["/c.pem": "-"]).errors
        #expect(errors.count == 1)
        #expect(errors.first?.hasSuffix(": " + message) == true, "\(errors)")
    }

    @Test func `a certificate that no listener uses is a slip`() throws {
        let result = try readConfiguration("tls: {certificate: /c.pem, key: /k.pem}", files: ["/c.pem": "-", "/k.pem": "-"])
        #expect(result.warnings == ["1:1: no listener uses tls; write listen: [{address: …, tls: true}]"])
        #expect(result.configuration?.tls == nil)
    }

    @Test func `passed sockets stand in place of the standard address and need the same permission`() throws {
        var sources = ConfigurationSources.memory(files: ["bursar.yaml": "accounts: []"])
        sources.inherited = [InheritedListener(descriptor: 3, name: "systemd:a", address: .unix(path: "/run/a.sock"))]
        let reader = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get())
        let configuration = try #require(reader.read(ConfigurationRequest()).configuration)
        #expect(configuration.listeners == [] && configuration.inherited.count == 1)

        sources.inherited = [InheritedListener(descriptor: 3, name: "systemd:a", address: .tcp(host: "0.0.0.0", port: 80))]
        let refused = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
        #expect(refused.exitCode == 78)
        #expect(refused.diagnostics.first?.file == "$LISTEN_FDS")
    }

    @Test func `a file that was broken while the gateway serves still says where it listens`() throws {
        func places(_ text: String) throws -> Result<ListeningPlaces, ListeningPlaces.Fault> {
            let sources = ConfigurationSources.memory(files: ["bursar.yaml": text])
            return ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get())
                .listeningPlaces(ConfigurationRequest())
        }
        let broken = "accounts: []\nlisten:\n  - 127.0.0.1:8788\n\n  - unix:/run/b.sock\nlog: {level: info}\n  - oops: [\n"
        #expect(try places(broken).get().listeners.map { "\($0.address)" } == ["127.0.0.1:8788", "unix:/run/b.sock"])
        for text in [
            "listen: [\n  127.0.0.1:8788\n]\nproxy_protocol: [127.0.0.1]\noops: [\n",
            "listen: 127.0.0.1:8788\r\nproxy_protocol: [127.0.0.1]\r\noops: [\r\n"
        ] {
            let found = try places(text).get()
            #expect(found.listeners.map { "\($0.address)" } == ["127.0.0.1:8788"] && found.proxyProtocol.count == 1, "\(text)")
        }
        #expect(try places("accounts: []").get().listeners.count == 1)
        #expect(try places("# nothing yet\n").get().listeners.count == 1)
        // Not the standard address: another gateway may be there.
        for (text, expected) in [
            ("oops: [", "it is no YAML"), ("- listen: 127.0.0.1:8788", "it is no mapping"),
            ("listen: 127.0.0.1:99999", "it has a listen: that cannot be used"),
            ("listen: []", "it has a listen: that cannot be used")
        ] {
            guard case .failure(.unclear(let problem)) = try places(text) else {
                Issue.record("\(text) names a place")
                continue
            }
            #expect(problem.message.hasPrefix(expected), "\(problem.message)")
        }
    }
}
