@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct ConfigurationUpstreamTests {
    @Test func `a proxy with its password from a variable`() throws {
        let yaml =
            "upstream: {proxy: 'http://proxy.example:3128', proxy_user: bursar, proxy_password: '${env:KEY}'}\naccounts: []"
        let result = try readConfiguration(yaml)
        #expect(result.errors == [])
        let proxy = try #require(result.configuration?.upstream.proxy)
        #expect(proxy.host == "proxy.example" && proxy.port == 3_128 && proxy.user == "bursar")
        #expect(proxy.password?.exposedText == "abcdefgh-1")
        #expect(result.configuration?.namedSecrets.map(\.name) == ["upstream.proxy_password"])
    }

    @Test func `nothing of it comes from the environment`() throws {
        let environment = [
            "HTTP_PROXY": "http://evil.example:1", "https_proxy": "http://evil.example:1", "ALL_PROXY": "http://evil.example:1",
            "SUNOR_API_KEY": "abcdefgh-1"
        ]
        let sources = ConfigurationSources.memory(environment: environment)
        let result = ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
        #expect(result.configuration?.accounts.count == 1)
        #expect(result.configuration?.upstream.proxy == nil)
    }

    @Test(arguments: [
        ("proxy: 'https://p.example:1'", "in clear text"), ("proxy: 'http://u:secret-pass-1@p.example:1'", "keys of their own"),
        ("proxy: 'http://p.example:1/x'", "keys of their own"), ("proxy: p.example", "keys of their own"),
        ("proxy_user: x", "is for proxy"), ("{proxy: 'http://p.example', proxy_password: abcdefgh-9}", "needs proxy_user"),
        ("{proxy: 'http://p.example', proxy_user: 'a:b'}", "without a colon"),
        ("{proxy: 'http://p.example', proxy_user: a, proxy_password: abc}", "shorter than 4"),
        ("{proxy: 'http://p.example', proxy_user: a, proxy_password: '${env:NONE}'}", "NONE is not set"),
        (
            "{proxy: 'http://p.example', proxy_user: a, proxy_password: 'x${env:NONE}'}",
            "must be the whole value of proxy_password"
        ),
        ("ca: /no/such.pem", "does not exist"), ("ca: /run/secrets/rodin", "no certificate"),
        ("private_addresses: maybe", "true or false"),
        ("http_proxy: x", "did you mean proxy")
    ])
    func `what is wrong is said, without the value`(text: String, words: String) throws {
        let value = text.hasPrefix("{") ? text : "{\(text)}"
        let errors = try readConfiguration("upstream: \(value)\naccounts: []").errors
        #expect(errors.first?.contains(words) == true, "\(errors)")
        #expect(!errors.joined().contains("secret-pass") && !errors.joined().contains("abcdefgh"))
    }

    @Test func `a password that cannot be found is told as a key is`() throws {
        let errors = try readConfiguration(
            "upstream: {proxy: 'http://p.example', proxy_user: a, proxy_password: '${env:PROXY_PASSWORT}'}\naccounts: []",
            environment: ["PROXY_PASSWORD": "abcdefgh-9"]
        ).errors
        #expect(errors.count == 1 && errors[0].hasSuffix("did you mean ${env:PROXY_PASSWORD}?"), "\(errors)")
    }

    @Test func `private addresses and a literal password are told`() throws {
        let yaml = """
            upstream: {private_addresses: true, proxy: 'http://p.example', proxy_user: a, proxy_password: abcdefgh-9}
            accounts: []
            """
        #expect(try readConfiguration(yaml).findings.map(\.rule) == [.privateAddresses, .literalKey])
    }
}
