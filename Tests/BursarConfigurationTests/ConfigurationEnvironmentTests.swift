import BursarBasics
import BursarCatalog
@testable import BursarConfiguration
import BursarModel
import Foundation
import TestSupport
import Testing

@Suite struct ConfigurationEnvironmentTests {
    private func read(_ environment: [String: String]) throws -> ConfigurationResult {
        let sources = ConfigurationSources.memory(environment: environment)
        return ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
    }

    @Test func `each default variable makes an account named default`() throws {
        let configuration = try #require(
            try read([
                "DEEPIXELS_API_KEY": "key-of-d", "TENSORPIX_API_KEY": "key-of-t", "LEGNEXT_API_KEY": "key-of-l",
                "SUNOR_API_KEY": "key-of-s",
                "RODIN_API_KEY": "key-of-h", "UNRELATED_API_KEY": "key-of-u"
            ]).configuration)
        #expect(configuration.origin == .environment)
        #expect(
            Set(configuration.accounts.map(\.id.description)) == [
                "deepixels/default", "tensorpix/default", "legnext/default", "sunor/default", "hyper3d/default"
            ])
        #expect(configuration.accounts.map(\.id.provider) == configuration.accounts.map(\.id.provider).sorted())
        #expect(configuration.accounts.allSatisfy { $0.secret.exposedText == "key-of-\($0.id.provider.name.prefix(1))" })
        #expect(configuration.listen == [.standard])
    }

    @Test func `the first of two variables is used, and the other one named`() throws {
        let result = try read(["HYPER3D_API_KEY": "key-first", "RODIN_API_KEY": "key-second"])
        let account = try #require(result.configuration?.accounts.first)
        #expect(account.secret.exposedText == "key-first")
        #expect(account.secretReference.source == .environment(name: "HYPER3D_API_KEY"))
        #expect(result.diagnostics.map(\.file) == ["$RODIN_API_KEY"])
        #expect(result.exitCode == 0)
    }

    @Test func `a blank variable is no account but a warning`() throws {
        let result = try read(["HYPER3D_API_KEY": " ", "RODIN_API_KEY": "key-second", "SUNOR_API_KEY": ""])
        #expect(result.configuration?.accounts.map(\.id.description) == ["hyper3d/default"])
        #expect(result.diagnostics.map(\.file) == ["$HYPER3D_API_KEY", "$SUNOR_API_KEY"])
        #expect(result.diagnostics.allSatisfy { $0.severity == .warning })
    }

    @Test func `every default variable at once starts: what does not suffice is told with the lines that would`() throws {
        let catalog = try builtInCatalog.get()
        var environment: [String: String] = [:]
        for id in catalog.ids { environment[try #require(catalog.environmentVariables(id).first)] = "key-0123456789" }
        // No variable makes accounts of two providers.
        #expect(environment.count == catalog.ids.count)
        let result = try read(environment)
        let configuration = try #require(result.configuration)
        #expect(result.exitCode == 0)
        let made = Set(configuration.accounts.map(\.id.provider))
        for definition in catalog.definitions {
            let suffices = !definition.accountParameters.contains(where: \.isRequired) && !definition.auth.isPair
            #expect(made.contains(definition.id) == suffices, "\(definition.id)")
            guard !suffices else { continue }
            let notes = result.diagnostics.filter { $0.file == "$\(definition.environmentVariables[0])" }
            #expect(notes.count == 1 && notes[0].severity == .warning, "\(definition.id)")
            #expect(notes.first?.message.contains("accounts: [{provider: \(definition.id), ") == true, "\(definition.id)")
        }
    }

    @Test func `a note says what is lacking, and its line makes the account`() throws {
        let result = try read(["DEEPGRAM_API_KEY": "key-of-dee", "VERIFALIA_API_KEY": "key-of-ver"])
        #expect(result.configuration?.accounts.isEmpty == true)
        let notes = result.diagnostics.map(\.description)
        #expect(
            notes == [
                "$DEEPGRAM_API_KEY: warning: makes no account, because deepgram needs project_id as well; in bursar.yaml: "
                    + #"accounts: [{provider: deepgram, key: "${env:DEEPGRAM_API_KEY}", parameters: {project_id: …}}]"#,
                "$VERIFALIA_API_KEY: warning: makes no account, because verifalia needs a user as well; in bursar.yaml: "
                    + #"accounts: [{provider: verifalia, user: …, key: "${env:VERIFALIA_API_KEY}"}]"#
            ])
        let lines = notes.compactMap { $0.components(separatedBy: "in bursar.yaml: ").last?.replacing("…", with: "some") }
        for line in lines {
            let read = try readConfiguration(
                line, environment: ["DEEPGRAM_API_KEY": "key-of-dee", "VERIFALIA_API_KEY": "key-of-ver"])
            #expect(read.configuration?.accounts.count == 1, "\(line)")
        }
        // A pair in one variable suffices.
        let pair = try read(["VERIFALIA_API_KEY": "jane:key-of-ver"])
        #expect(pair.configuration?.accounts.map(\.id.description) == ["verifalia/default"])
        #expect(pair.diagnostics.isEmpty)
    }

    @Test func `variables of other programs make nothing`() throws {
        let names = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "GOOGLE_API_KEY", "API_KEY"]
        let result = try read(Dictionary(uniqueKeysWithValues: names.map { ($0, "key-0123456789") }))
        #expect(result.configuration?.accounts.isEmpty == true)
        #expect(result.diagnostics.isEmpty)
    }

    @Test func `a variable that cannot go into a header is an error`() throws {
        let result = try read(["SUNOR_API_KEY": "key\r\nx-evil: 1"])
        #expect(result.exitCode == 78)
        #expect(result.diagnostics.map(\.file) == ["$SUNOR_API_KEY"])
        #expect(result.diagnostics.first?.message.contains("evil") == false)
    }

    @Test func `a file that names no accounts leaves them to the environment`() throws {
        let environment = ["SUNOR_API_KEY": "key-of-s"]
        let open = try #require(try readConfiguration("defaults: {ttl: 7s}", environment: environment).configuration)
        #expect(open.accounts.map(\.id.description) == ["sunor/default"])
        #expect(open.accounts.first?.ttl == .seconds(7))
        #expect(try readConfiguration("accounts: []", environment: environment).configuration?.accounts.isEmpty == true)
        let closed = try readConfiguration(
            "accounts: [{provider: legnext, key: \"${env:SUNOR_API_KEY}\"}]", environment: environment)
        #expect(closed.configuration?.accounts.map(\.id.description) == ["legnext/default"])
    }
}
