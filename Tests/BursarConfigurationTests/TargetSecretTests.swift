import BursarCatalog
@testable import BursarConfiguration
import TestSupport
import Testing

/// A token of a target is judged as an account's key is.
@Suite struct TargetSecretTests {
    private func read(_ target: String, files: [String: String] = [:]) throws -> ConfigurationResult {
        let yaml = """
            store: sqlite:s.db
            secrets: {exec: true}
            targets:
              - {name: ops, \(target)}
            accounts:
              - {provider: sunor, key: '${env:KEY}', alerts: [{below: 5}]}
            """
        var sources = ConfigurationSources.memory(
            environment: [
                "KEY": "abcdefgh-1", "NTFY_TOKEN": "tk_abcdefgh1", "SLACK_HOOK": "https://hooks.example/a", "EMPTY": ""
            ],
            files: files.merging(["bursar.yaml": yaml]) { $1 })
        sources.runCommand = { _, _ in .success(Array("tk_abcdefgh1\n".utf8)) }
        return ConfigurationReader(sources: sources, builtIn: try builtInCatalog.get()).read(ConfigurationRequest())
    }

    private func token(_ text: String, files: [String: String] = [:]) throws -> ConfigurationResult {
        try read("kind: ntfy, url: 'https://ntfy.example/topic', token: \(text)", files: files)
    }

    @Test func `a command that is run for a token is told`() throws {
        let result = try token("'${exec:/usr/bin/pass ntfy}'")
        #expect(result.errors == [] && result.findings.map(\.rule) == [.keyFromCommand])
        #expect(result.findings.first?.message.hasPrefix("a command is run for this token: ") == true)
    }

    @Test(arguments: [
        ("'${env:NTFY_TOKEM}'", "NTFY_TOKEM is not set; did you mean ${env:NTFY_TOKEN}?"),
        ("'${env:NOWHERE_AT_ALL}'", "is not set; set it for the process that runs the gateway"),
        ("'${env:NTFY TOKEN}'", "not a name of an environment variable"),
        ("'x${env:NTFY_TOKEN}'", "must be the whole value of token"),
        ("$NTFY_TOKEN", "does not say where the token is; did you mean ${env:NTFY_TOKEN}?"),
        ("'${env:EMPTY}'", "the token is blank; set it, or remove the target"),
        ("abc", "the token is shorter than 4 characters"),
        ("Bearer tk_abcdefgh1", "the token begins with \"Bearer \"; write the token alone"),
        ("tk_abcd efgh1", "the token has a space in it"),
        ("tk_xxxxxxxxxx", "the token is masked"),
        ("changeme", "the token is a placeholder of an example; write the token, or where it is"),
        ("'https://ntfy.example/x'", "the token is an address, which"),
        ("'${file:/run/secrets/ntfy}'", "the token in /run/secrets/ntfy begins with \"Bearer \"")
    ])
    func `a token that could not be sent as it is is told as a key would be`(text: String, words: String) throws {
        let errors = try token(text, files: ["/run/secrets/ntfy": "Bearer tk_abcdefgh1\n"]).errors
        #expect(errors.count == 1 && errors[0].hasPrefix("4:") && errors[0].contains(words), "\(errors)")
        #expect(!errors.joined().contains("abcdefgh"))
    }

    @Test func `an address that stands as a token is sent to url, not to an account's base_url`() throws {
        let errors = try token("'https://ntfy.example/x'").errors
        #expect(errors.first?.hasSuffix("an address belongs to url") == true, "\(errors)")
    }

    @Test func `a short token that stands in the file is told as a key would be`() throws {
        let result = try token("tk_1x2")
        #expect(result.errors == [] && result.findings.map(\.rule) == [.literalKey, .shortKey])
    }

    @Test func `an address that is nowhere is told what may be meant, and is no key`() throws {
        let typo = try read("kind: slack, url: '${env:SLACK_HOOC}'").errors
        #expect(typo.count == 1 && typo[0].hasSuffix("SLACK_HOOC is not set; did you mean ${env:SLACK_HOOK}?"), "\(typo)")
        let blank = try read("kind: slack, url: '${env:EMPTY}'").errors
        #expect(blank.count == 1 && blank[0].hasSuffix("the url is blank; set it, or remove the target"), "\(blank)")
        #expect(try read("kind: slack, url: '${env:SLACK_HOOK}'").errors == [])
    }
}
