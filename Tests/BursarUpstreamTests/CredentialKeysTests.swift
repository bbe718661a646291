import BursarBasics
import BursarModel
import BursarUpstream
import Testing

@Suite struct CredentialKeysTests {
    private let keys = CredentialKeys(processKey: Secret([UInt8](repeating: 7, count: 32)))

    private func key(_ provider: String, _ url: String, _ secret: String, _ parameters: [String: String] = [:]) throws
        -> CredentialKey
    {
        keys.key(provider: try #require(ProviderID(provider)), baseURL: url, secret: Secret(secret), parameters: parameters)
    }

    @Test func `the same credential has the same key, whatever order its parameters are in`() throws {
        #expect(try key("p", "u", "s", ["a": "1", "b": "2"]) == key("p", "u", "s", ["b": "2", "a": "1"]))
    }

    @Test func `parts do not run into each other`() throws {
        let all = [
            try key("p", "u", "s"), try key("pu", "", "s"), try key("p", "us", ""), try key("p", "", "us"),
            try key("p", "u", "s", ["a": "b"]), try key("p", "u", "s", ["ab": ""]), try key("p", "u", "s", ["": "ab"]),
            try key("p", "u", "sab"), try key("p", "u", "s", ["a": "bc", "d": ""]), try key("p", "u", "s", ["a": "b", "cd": ""])
        ]
        #expect(Set(all).count == all.count)
    }

    /// The store's rows and its alerts' targets are known by these after an upgrade, too.
    @Test func `what a key and a fingerprint are made of stays as it is`() throws {
        let made = try key("p", "https://a.test", "secret", ["b": "2", "a": "1"])
        let digest = made.bytes.map(\.hexPair).joined()
        #expect(digest == "c2c00fe240b03cb5eeaee1d2d4ec0d17d8aa35bbf76ed3b1531465cd95aaf623")
        let fingerprint = keys.fingerprint([Secret("one"), Secret("")], ["two"])
        #expect(fingerprint == "26f2a75545360458f6ff1fd2308d430e784f250428874899c4129cfa28ed5d3a")
    }

    @Test func `another process key gives other keys`() throws {
        let other = CredentialKeys(processKey: Secret([UInt8](repeating: 8, count: 32)))
        let provider = try #require(ProviderID("p"))
        #expect(other.key(provider: provider, baseURL: "u", secret: Secret("s"), parameters: [:]) != (try key("p", "u", "s")))
        #expect(
            CredentialKeys.random().key(provider: provider, baseURL: "u", secret: Secret("s"), parameters: [:])
                != (try key("p", "u", "s")))
    }
}
