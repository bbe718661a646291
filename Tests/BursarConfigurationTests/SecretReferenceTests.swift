@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct SecretReferenceTests {
    typealias Source = SecretReference.Source

    @Test(arguments: [
        ("${env:TENSORPIX_API_KEY}", Source.environment(name: "TENSORPIX_API_KEY")),
        ("${file:/run/secrets/rodin}", .file(path: "/run/secrets/rodin")),
        ("${file:~/keys/a b}", .file(path: "~/keys/a b")), ("${credential:rodin}", .credential(name: "rodin")),
        ("plain-key", .literal),
        ("pa$$word", .literal), ("$", .literal), ("$lower", .literal), ("a}b", .literal)
    ])
    func `each form is told apart`(text: String, expected: Source) throws {
        #expect(try Source.parse(text) == expected)
    }

    @Test(arguments: [
        ("x${env:A}", Source.Refusal.notTheWholeValue), ("${env:A}x", .notTheWholeValue), (" ${env:A}", .notTheWholeValue),
        ("${env:A}${env:B}", .notTheWholeValue), ("${env:A", .notClosed),
        ("${TENSORPIX_API_KEY}", .noScheme(meant: "${env:TENSORPIX_API_KEY}")),
        ("$TENSORPIX_API_KEY", .noScheme(meant: "${env:TENSORPIX_API_KEY}")), ("${}", .noScheme(meant: nil)),
        ("${enf:A}", .unknownScheme(meant: "env")), ("${ENV:A}", .unknownScheme(meant: "env")),
        ("${vault:secret/a}", .unknownScheme(meant: nil)),
        ("${env:}", .badEnvironmentName), ("${env:A B}", .badEnvironmentName), ("${env:1A}", .badEnvironmentName),
        ("${file:}", .badPath), ("${file:rodin}", .badPath), ("${file:/run/}", .badPath), ("${credential:}", .badCredentialName),
        ("${credential:../../etc/shadow}", .badCredentialName), ("${credential:..}", .badCredentialName)
    ])
    func `anything else says why`(text: String, expected: Source.Refusal) {
        #expect(throws: expected) { try Source.parse(text) }
    }
}

@Suite struct SecretResolverTests {
    @Test func `a key is read from each of the places`() throws {
        let sources = ConfigurationSources.memory(
            environment: ["A": "from-env", "CREDENTIALS_DIRECTORY": "/run/credentials/bursar"], home: "/home/op",
            files: [
                "/run/secrets/a": "from-file\n", "/run/credentials/bursar/a": "from-systemd\r\n", "/home/op/key": "from-home"
            ])
        let resolver = SecretResolver(sources: sources)
        #expect(try resolver.resolve(.environment(name: "A")).secret.exposedText == "from-env")
        #expect(try resolver.resolve(.file(path: "/run/secrets/a")).secret.exposedText == "from-file")
        #expect(try resolver.resolve(.file(path: "~/key")).secret.exposedText == "from-home")
        #expect(try resolver.resolve(.credential(name: "a")).secret.exposedText == "from-systemd")
        #expect(try resolver.resolve(.literal, literal: "from-here").secret.exposedText == "from-here")
    }

    @Test(arguments: [
        ("", SecretProblem.blank), ("  \n", .blank), ("\n", .blank), (" key", .surroundingSpace), ("key ", .surroundingSpace),
        ("key\t", .surroundingSpace), ("ke\ny", .lineBreak), ("ke\r\ny: z", .lineBreak), ("ke\u{0}y", .controlCharacter),
        ("ke\u{7F}y", .controlCharacter), ("kéy", .notASCII), ("key\u{A0}", .notASCII), ("\u{FEFF}key", .notASCII)
    ])
    func `a key that could not go into a header as it is is refused`(text: String, expected: SecretProblem) {
        let sources = ConfigurationSources.memory(environment: ["A": text])
        #expect(throws: expected) { try SecretResolver(sources: sources).resolve(.environment(name: "A")) }
    }

    @Test func `a key has a longest length wherever it comes from`() throws {
        let longest = String(repeating: "k", count: SecretResolver.mostBytes)
        let sources = ConfigurationSources.memory(
            environment: ["A": longest + "k"],
            files: ["/longest": longest + "\r\n", "/longer": longest + "k", "/far": longest + longest])
        let resolver = SecretResolver(sources: sources)
        #expect(try resolver.resolve(.file(path: "/longest")).secret.count == SecretResolver.mostBytes)
        #expect(throws: SecretProblem.tooLong) { try resolver.resolve(.file(path: "/longer")) }
        #expect(throws: SecretProblem.tooLong) { try resolver.resolve(.file(path: "/far")) }
        #expect(throws: SecretProblem.tooLong) { try resolver.resolve(.environment(name: "A")) }
        #expect(throws: SecretProblem.tooLong) { try resolver.resolve(.literal, literal: longest + "k") }
    }

    @Test func `what is not there is said in words`() {
        let resolver = SecretResolver(sources: .memory())
        #expect(throws: SecretProblem.variableNotSet(name: "A")) { try resolver.resolve(.environment(name: "A")) }
        #expect(throws: SecretProblem.noCredentialsDirectory) { try resolver.resolve(.credential(name: "a")) }
        #expect(throws: SecretProblem.homeUnknown) { try resolver.resolve(.file(path: "~/a")) }
        #expect(throws: SecretProblem.unreadable(path: "/a", .notFound)) { try resolver.resolve(.file(path: "/a")) }
        #expect(SecretProblem.unreadable(path: "/a", .notFound).words == "/a does not exist")
    }

    @Test func `a name that could be a key is not shown`() {
        #expect(SecretProblem.variableNotSet(name: "TENSORPIX_API_KEY").words.contains("TENSORPIX_API_KEY"))
        #expect(!SecretProblem.variableNotSet(name: "sk_live_8f3a9c2e7b1d4f60").words.contains("8f3a"))
        #expect(!SecretProblem.unreadable(path: "/Zm9vYmFyYmF6cXV4MTIzNDU2", .notFound).words.contains("Zm9v"))
    }

    @Test func `a file that everyone can read is told`() throws {
        let open = ConfigurationSources.memory(files: ["/a": "key"], permissions: 0o644)
        let closed = ConfigurationSources.memory(files: ["/a": "key"], permissions: 0o640)
        #expect(try SecretResolver(sources: open).resolve(.file(path: "/a")).isReadableByAnyone)
        #expect(try !SecretResolver(sources: closed).resolve(.file(path: "/a")).isReadableByAnyone)
    }
}
