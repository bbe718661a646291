@testable import BursarConfiguration
import TestSupport
import Testing

@testable import BursarGateway

@Suite struct ReloadObstacleTests {
    private func configuration(_ yaml: String?, more: String = "\nstore: memory\naccounts: []") throws -> Configuration {
        let path = "/etc/bursar/bursar.yaml"
        let sources = ConfigurationSources.memory(files: yaml.map { [path: $0 + more] } ?? [:])
        let request = yaml == nil ? ConfigurationRequest() : ConfigurationRequest(path: path)
        return try #require(ConfigurationReader(sources: sources).read(request).configuration)
    }

    private static let clients =
        "clients: [{name: a, token_sha256: \(String(repeating: "ab", count: 32)), allow: '*'}]"

    @Test func `a listener that others reach is not opened to everyone by a reload`() throws {
        let started = try configuration("listen: 0.0.0.0:8787\n\(Self.clients)")
        let closed = try configuration("listen: 127.0.0.1:8787")
        #expect(closed.obstacle(afterStartWith: started)?.hasPrefix("0.0.0.0:8787 still listens") == true)
        // The same with clients, where it is meant, and where nobody else reaches it.
        #expect(try configuration("listen: 127.0.0.1:8787\n\(Self.clients)").obstacle(afterStartWith: started) == nil)
        #expect(try configuration("listen: 127.0.0.1:8787\nallow_anonymous: true").obstacle(afterStartWith: started) == nil)
        #expect(closed.obstacle(afterStartWith: try configuration("listen: '[::1]:8787'\n\(Self.clients)")) == nil)
    }

    @Test func `a file that was in force and is gone is no empty configuration`() throws {
        let started = try configuration("listen: 127.0.0.1:8787")
        let gone = try configuration(nil)
        #expect(gone.obstacle(afterStartWith: started)?.contains("is not there any more") == true)
        #expect(gone.obstacle(afterStartWith: gone) == nil)
        #expect(started.obstacle(afterStartWith: gone) == nil)
    }

    @Test(arguments: ["", "\n", "# clients: []\n# accounts: []\n", "---\n", "null\n"])
    func `a file that says nothing any more is refused like one that is gone`(text: String) throws {
        let blank = try configuration(text, more: "")
        let started = try configuration("listen: 127.0.0.1:8787")
        #expect(blank.obstacle(afterStartWith: started)?.contains("says nothing any more") == true)
        // What a start found blank may stay so, and an empty list is something that is said.
        #expect(blank.obstacle(afterStartWith: blank) == nil)
        #expect(started.obstacle(afterStartWith: blank) == nil)
        #expect(try configuration("accounts: []", more: "").obstacle(afterStartWith: started) == nil)
    }
}
