import TestSupport
import Testing

@testable import BursarConfiguration

/// What stands where a key should and is none (B4). Most are copied from another tool's configuration.
@Suite struct KeyFormTests {
    static let references = [
        "op://vault/item/field", "os.environ/OPENAI_API_KEY", "os.environ[OPENAI_API_KEY]", "process.env.API_KEY", "$env:API_KEY",
        "env.API_KEY", "env:API_KEY", "env://API_KEY", "ENV[API_KEY]", "{env.API_KEY}", "{$API_KEY}", "%API_KEY%",
        "{{ api_key }}",
        "{{ env.API_KEY }}", "<%= ENV %>", "#{api_key}#", "$(cat /run/key)", "`cat /run/key`", "secret://vault/key",
        "vault:secret/data/x#key",
        "vault://secret/x", "ref+awsssm://x/y", "aws-sm:name", "arn:aws:secretsmanager:eu-west-1:1:secret:x",
        "projects/p/secrets/s/versions/1", "keyring:service", "file:/run/key", "file:///run/key", "~/key", "./key", "../key",
        "@/run/key",
        "@./key", "ENC[AES256_GCM,data:x]", "https://api.example.com/v1", "credential:name"
    ]

    @Test(arguments: references)
    func `a reference of another tool is refused, with what to write instead (B4)`(_ text: String) throws {
        guard case .reference(_, let write)? = KeyForm(text) else {
            Issue.record("\(text) is taken for a key")
            return
        }
        #expect(!write.isEmpty)
        let result = try readConfiguration("accounts: [{provider: sunor, key: '\(text)'}]")
        #expect(result.configuration == nil)
        let said = try #require(result.errors.first)
        #expect(said.contains("write ") && !said.contains(text))
    }

    /// What people leave where a key belongs: masks of other programs, templates of documentation, and notes to themselves.
    static let placeholders = [
        "********", "xxxxxxxx", "XXXXXXXXXXXX", "sk-xxxxxxxxxxxxxxxx", "sk-1234********abcd", "sk-…abcd", "sk-abc...xyz",
        "••••••••",
        "<your-key>", "<API_KEY>", "[your key]", "{your-key}", "YOUR_API_KEY", "your-api-key-here", "changeme", "CHANGE_ME",
        "REPLACE_ME",
        "placeholder", "undefined", "TODO", "REDACTED"
    ]

    @Test(arguments: placeholders)
    func `a placeholder or a mask is refused (B4)`(_ text: String) throws {
        let form = try #require(KeyForm(text), "\(text) is taken for a key")
        #expect(form == .placeholder || form == .mask)
    }

    @Test func `quotation marks, a line of an environment file and a document are refused (B4)`() {
        #expect(KeyForm("\"quoted-key-1\"") == .quoted)
        #expect(KeyForm("'quoted-key-1'") == .quoted)
        #expect(KeyForm("OPENAI_API_KEY=sk-1234567890") == .assignment)
        #expect(KeyForm("{\"key\": \"sk-1234567890\"}") == .document)
    }

    @Test func `what comes from a variable or a file is looked at in the same way (B4)`() throws {
        let result = try readConfiguration(
            "accounts: [{provider: sunor, key: '${env:KEY}'}, {provider: legnext, key: '${file:/k}'}]",
            environment: ["KEY": "op://vault/item/field"], files: ["/k": "\"abcdefgh-1\"\n"])
        #expect(result.errors.count == 2)
    }

    @Test func `a path is asked about and taken (B4)`() throws {
        let result = try readConfiguration("accounts: [{provider: sunor, key: /run/secrets/sunor}]")
        #expect(result.configuration != nil)
        #expect(result.warnings.contains { $0.contains("if the file is meant, write ${file:/path}") })
        #expect(!result.warnings.contains { $0.contains("/run/secrets/sunor") })
    }

    @Test(arguments: [
        "sk-live-5Kq9ZtR2xW8vN4mB7cJ3", "0123456789abcdef0123456789abcdef", "AbCd/Ef+GhIjKlMnOpQrStUv==",
        "/9j4AAQSkZJRgABAQAAAQABAAD",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl", "AKIAIOSFODNN7EXAMPLQ", "A1B2=C3D4E5F6", "user_token_9f8e7d6c5b",
        "mock-ok", "mock-balance-12.3400"
    ])
    func `what providers give out is a key`(_ text: String) { #expect(KeyForm(text) == nil) }

    @Test func `a pair's password may begin with a word and a colon`() { #expect(KeyForm("env:x1y2z3", isPair: true) == nil) }
}
