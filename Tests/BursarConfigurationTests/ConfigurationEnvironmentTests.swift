import BursarBasics
import BursarCatalog
@testable import BursarConfiguration
import BursarModel
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
