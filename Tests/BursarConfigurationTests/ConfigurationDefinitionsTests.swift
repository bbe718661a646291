import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

/// `providers:`, and what accounts of such definitions take.
@Suite struct ConfigurationDefinitionsTests {
    private static func definition(_ id: String, security: String, path: String = "/balance", parameters: String = "") -> String {
        """
        openapi: 3.1.0
        info: {title: \(id), version: 1.0.0}
        servers: [{url: "https://api.\(id).example"}]
        security: [{auth: []}]
        x-bursar:
          id: \(id)
          environment: [\(id.uppercased())_API_KEY]
          amounts: [{unit: credits, available: balance}]
        paths:
          \(path):
            get:
              \(parameters)
              responses:
                "200":
                  description: The balance.
                  content:
                    application/json:
                      schema: {type: object, required: [balance], properties: {balance: {type: number}}}
                      example: {balance: 12.5}
        components:
          securitySchemes:
            auth: \(security)
        """
    }

    private static let files = [
        "providers/acme.yaml": definition(
            "acme", security: "{type: http, scheme: bearer}", path: "/teams/{team}/balance",
            parameters: "parameters: [{name: team, in: path, required: true, schema: {type: string}}]"),
        "providers/basil.yml": definition("basil", security: "{type: http, scheme: basic}"), "providers/readme.txt": "not read",
        "providers/.hidden.yaml": "not read",
        "one/solo.yaml": definition("solo", security: "{type: apiKey, in: header, name: x-key}")
    ]

    private func read(_ accounts: String, files: [String: String] = files, environment: [String: String] = [:]) throws
        -> ConfigurationResult
    {
        try readConfiguration(
            "providers: [./providers, one/solo.yaml]\n\(accounts)",
            environment: environment.merging(["KEY": "abcdefgh-1", "PAIR": "user:hunter22"]) { $1 }, files: files)
    }

    @Test func `folders and files add definitions`() throws {
        let result = try read(
            """
            accounts:
              - {provider: acme, key: "${env:KEY}", parameters: {team: red-1}}
              - {provider: solo, key: "${env:KEY}"}
            """)
        #expect(result.diagnostics.map { "\($0)" } == [])
        let configuration = try #require(result.configuration)
        #expect(configuration.catalog.definitions.map(\.id.name).suffix(3) == ["acme", "basil", "solo"])
        #expect(configuration.accounts.first?.parameters == ["team": "red-1"])
        #expect(configuration.accounts.first?.baseURL == "https://api.acme.example")
    }

    @Test(arguments: [
        ("{provider: acme, key: \"${env:KEY}\"}", "3:5: acme needs the parameter team, under parameters:"),
        (
            "{provider: acme, key: \"${env:KEY}\", parameters: {tem: a}}",
            "3:54: unknown parameter \"tem\" of acme; did you mean team?"
        ),
        (
            "{provider: acme, key: \"${env:KEY}\", parameters: {team: a/b}}",
            "3:60: team must be 1 to 128 of A-Z a-z 0-9 - . _ ~: it becomes a part of a path"
        ),
        (
            "{provider: acme, key: \"${env:KEY}\", parameters: {team: ..}}",
            "3:60: team must be 1 to 128 of A-Z a-z 0-9 - . _ ~: it becomes a part of a path"
        ),
        ("{provider: acme, key: \"${env:KEY}\", parameters: [a]}", "3:53: parameters must be a mapping of names and values"),
        (
            "{provider: acme, key: \"${env:KEY}\", user: me, parameters: {team: a}}",
            "3:47: user is for providers that take two secrets; acme takes a key alone"
        ),
        (
            "{provider: basil, key: \"${env:KEY}\"}",
            "3:28: basil has basic authentication: give user as well, or user:password as the key"
        ),
        (
            "{provider: basil, user: \"a:b\", key: \"${env:KEY}\"}",
            "3:29: user must be 1 to 256 printable ASCII characters, without a colon"
        ),
        ("{provider: solo, key: \"two words\"}", "3:27: the key has a space in it"),
        ("{provider: sola, key: \"${env:KEY}\"}", "3:16: unknown provider \"sola\"; did you mean solo?")
    ])
    func `what such an account lacks is told`(account: String, expected: String) throws {
        #expect(try read("accounts:\n  - \(account)").errors.first == expected)
    }

    @Test func `a basic credential is a user and a password, and each is concealed`() throws {
        let configuration = try #require(
            try read(
                """
                accounts:
                  - {provider: basil, name: a, user: operator, key: "${env:KEY}"}
                  - {provider: basil, name: b, key: "${env:PAIR}"}
                """
            ).configuration)
        #expect(configuration.accounts.map(\.secret.exposedText) == ["operator:abcdefgh-1", "user:hunter22"])
        #expect(configuration.secrets.map(\.exposedText) == ["operator:abcdefgh-1", "abcdefgh-1", "user:hunter22", "hunter22"])
        #expect(configuration.accounts.first?.secretReference.user == "operator")

        let sources = ConfigurationSources.memory(environment: ["KEY": "rotated-1"])
        let again = try SecretResolver(sources: sources).resolve(#require(configuration.accounts.first).secretReference)
        #expect(again.secret.exposedText == "operator:rotated-1")
    }

    @Test func `a broken definition is told with the rest, and its provider is not called unknown`() throws {
        var files = Self.files
        files["providers/acme.yaml"] = "openapi: [3.1.0\n"
        let result = try read("accounts: [{provider: acme, key: \"${env:NO}\"}]\npassthrough: 7", files: files)
        #expect(result.exitCode == 78)
        #expect(result.diagnostics.map(\.file).contains("providers/acme.yaml"))
        #expect(result.diagnostics.prefix(2).map { "\($0.line):\($0.column)" } == ["2:34", "3:14"])
        #expect(!result.diagnostics.contains { $0.message.contains("unknown provider") })
    }

    @Test func `a name near a known one is told with the rest, also where a definition cannot be read`() throws {
        let result = try readConfiguration(
            """
            providers: [./nowhere]
            accounts: [{provider: tensorpics, key: "${env:KEY}"}]
            clients: [{name: a, token_sha256: \(String(repeating: "0a", count: 32)), allow: [tensorpics]}]
            """)
        let unread = ", unless a definition that cannot be read has that name; did you mean tensorpix?"
        #expect(result.errors.contains { $0.hasPrefix("1:13: ") }, "\(result.errors)")
        #expect(result.errors.contains("2:23: unknown provider \"tensorpics\"" + unread), "\(result.errors)")
        #expect(result.errors.contains { $0.contains("allow names an unknown provider, \"tensorpics\", unless") })
    }

    @Test func `the environment makes accounts of added definitions, too`() throws {
        let result = try read("", environment: ["SOLO_API_KEY": "abcdefgh-2", "ACME_API_KEY": "abcdefgh-3"])
        #expect(
            result.diagnostics.map { "\($0)" } == [
                "$ACME_API_KEY: warning: makes no account, because acme needs team as well; in bursar.yaml: "
                    + #"accounts: [{provider: acme, key: "${env:ACME_API_KEY}", parameters: {team: …}}]"#
            ])
        #expect(result.configuration?.accounts.map(\.id.description) == ["solo/default"])
    }

    @Test func `one file named twice is one definition`() throws {
        let result = try readConfiguration("providers: [one, one/solo.yaml, ./one/solo.yaml]\naccounts: []", files: Self.files)
        #expect(result.diagnostics.map { "\($0)" } == [])
        #expect(result.configuration?.catalog.definitions.last?.id.name == "solo")
    }
}
