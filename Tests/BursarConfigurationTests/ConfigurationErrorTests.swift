import BursarBasics
import BursarCatalog
import BursarConfiguration
import BursarModel
import TestSupport
import Testing

/// Each kind of error, with its exact place and what the message offers.
@Suite struct ConfigurationErrorTests {
    @Test func `JSON whose keys begin their lines is read to its end`() throws {
        let account = "{\n\"provider\": \"sunor\",\n\"name\": \"a%\",\n\"key\": \"abcdefgh-%-0123\"\n}"
        let accounts = (0..<400).map { account.replacing("%", with: "\($0)") }.joined(separator: ",\n")
        let result = try readConfiguration("# by a program\n{\n\"accounts\": [\n\(accounts)\n]\n}\n")
        #expect(result.errors == [] && result.configuration?.accounts.count == 400)
    }

    @Test(arguments: [
        ("lisen: 127.0.0.1:1", "1:1: unknown key \"lisen\" in the configuration; did you mean listen?"),
        ("pass-through: true", "1:1: unknown key \"pass-through\" in the configuration; did you mean passthrough?"),
        ("allow-anonymous: true", "1:1: unknown key \"allow-anonymous\" in the configuration; did you mean allow_anonymous?"),
        ("ttl: 30s", "1:1: ttl does not belong to the configuration, but to an account"),
        ("log:\n  colour: true", "2:3: unknown key \"colour\" in log; known keys are level, format, access"),
        ("defaults: {stale: 1h}", "1:12: unknown key \"stale\" in defaults; did you mean stale_for?"),
        ("defaults: [ttl]", "1:11: defaults must be a mapping of keys and values"),
        ("- a", "1:1: the configuration must be a mapping of keys and values"),
        ("just text", "1:1: the configuration must be a mapping of keys and values")
    ])
    func `keys`(yaml: String, expected: String) throws {
        #expect(try readConfiguration(yaml).errors == [expected])
    }

    @Test func `a duration with a comma in braces is told as that, too`() throws {
        let errors = try readConfiguration("defaults: {stale_for: 1,5d}").errors
        #expect(errors.contains { $0.hasPrefix("1:25: unknown key \"5d\"") && $0.hasSuffix("a duration is whole") }, "\(errors)")
    }

    @Test(arguments: [
        ("accounts:\n  - {provider: sunor, low: 1,5, key: '${env:KEY}'}", "2:30: unknown key \"5\" in an account"),
        ("accounts:\n  - {provider: sunor, low: 1.000,50, key: '${env:KEY}'}", "2:34: unknown key \"50\" in an account"),
        ("limits: {connections: 10,000}", "1:26: unknown key \"000\" in limits")
    ])
    func `an amount with a comma in braces is told as that and not as a key`(yaml: String, expected: String) throws {
        let hint = "; in {…} a comma ends a value; an amount has a point, as in 1.5, and no other mark; a duration is whole"
        #expect(try readConfiguration(yaml).errors == [expected + hint])
    }

    @Test func `digits that have a value, or are not alone, are a key like any other`() throws {
        let yaml = "log:\n  5: info\n  5x:"
        #expect(
            try readConfiguration(yaml).errors == [
                "2:3: unknown key \"5\" in log; known keys are level, format, access",
                "3:3: unknown key \"5x\" in log; known keys are level, format, access"
            ])
    }

    @Test(arguments: [
        ("passthrough: yes", "1:14: passthrough must be true or false; did you mean true?"),
        ("passthrough: fasle", "1:14: passthrough must be true or false; did you mean false?"),
        ("passthrough:", "1:13: passthrough is blank; expected true or false"),
        ("passthrough: [true]", "1:14: passthrough must be true or false"),
        ("log: {level: loud}", "1:14: level must be one of trace, debug, info, notice, warning, error, critical"),
        (
            "log: {level: WARN}",
            "1:14: level must be one of trace, debug, info, notice, warning, error, critical; did you mean warning?"
        ),
        ("log: {format: jsn}", "1:15: format must be one of auto, text, json; did you mean json?"),
        ("defaults: {ttl: 30}", "1:17: ttl has no unit (ms, s, m, h or d); did you mean 30s?"),
        (
            "defaults: {ttl: 30sec}",
            "1:17: ttl must be a duration such as 250ms, 30s, 5m, 24h or 7d: one number, one unit; did you mean 30s?"
        ),
        ("defaults: {ttl: soon}", "1:17: ttl must be a duration such as 250ms, 30s, 5m, 24h or 7d"),
        ("defaults: {ttl: 0s}", "1:17: ttl must be within 1ms to 7d"),
        ("defaults: {ttl: -1s}", "1:17: ttl must not be negative"),
        ("defaults: {ttl: 8d}", "1:17: ttl must be within 1ms to 7d"),
        (
            "defaults: {ttl: 1w}",
            "1:17: ttl must be a duration such as 250ms, 30s, 5m, 24h or 7d: one number, one unit; did you mean 7d?"
        ),
        ("defaults: {ttl: 0}", "1:17: ttl has no unit (ms, s, m, h or d); it must be within 1ms to 7d"),
        ("defaults: {stale_for: 0}", "1:23: stale_for has no unit (ms, s, m, h or d); did you mean 0s?"),
        ("defaults: {refresh: 5}", "1:21: refresh has no unit (ms, s, m, h or d); did you mean 5m?"),
        ("defaults: {timeout: 500}", "1:21: timeout has no unit (ms, s, m, h or d); did you mean 500ms?"),
        (
            "defaults: {timeout: 1w}",
            "1:21: timeout must be a duration such as 250ms, 30s, 5m, 24h or 7d: one number, one unit; it must be within 10ms to 5m"
        ),
        ("defaults: {timeout: 0ms}", "1:21: timeout must be within 10ms to 5m"),
        ("defaults: {timeout: 999999999999999999999s}", "1:21: timeout must be at most 5m"),
        ("drain: {delay: 8s}", "1:16: delay must be shorter than deadline (8s), which counts from the signal, too")
    ])
    func `values`(yaml: String, expected: String) throws {
        #expect(try readConfiguration(yaml).errors == [expected])
    }

    @Test(arguments: [
        ("listen: 8787", "1:9: not a listen address: a host is missing; did you mean 127.0.0.1:8787?"),
        ("listen: []", "1:9: listen needs at least one address; did you mean 127.0.0.1:8787?"),
        ("listen: [127.0.0.1:1, 127.0.0.1:1]", "1:23: the gateway already listens at 127.0.0.1:1; name it once"),
        ("listen: [localhost:1, 127.0.0.1:1]", "1:23: the gateway already listens at 127.0.0.1:1; name it once"),
        (
            "listen: [\"[::1]:1\", \"[0:0:0:0:0:0:0:1]:1\"]",
            "1:21: the gateway already listens at [0:0:0:0:0:0:0:1]:1; name it once"
        ),
        (
            "listen: [127.0.0.1:1, 0.0.0.0:1]",
            "1:23: 0.0.0.0:1 is every address of this machine, and so 127.0.0.1:1, too; name one of them"
        ),
        ("listen: {address: 8787}", "1:19: not a listen address: a host is missing; did you mean 127.0.0.1:8787?"),
        (
            "listen: [127.0.0.1:70000]",
            "1:10: not a listen address: a port is a number from 0 to 65535; expected \(ListenAddress.expectation)"
        ),
        ("hosts: [\"*\"]", "1:9: * would switch the check of Host off, which stops DNS rebinding; name the hosts"),
        (
            "hosts: [\"https://a\"]",
            "1:9: an element of hosts must be a host name such as bursar.internal or *.corp.example, without scheme, port or path"
        ), ("providers: [/no/where]", "1:13: /no/where does not exist")
    ])
    func `lists`(yaml: String, expected: String) throws {
        #expect(try readConfiguration(yaml).errors == [expected])
    }

    @Test(arguments: [
        ("provider: tensorpx\n    key: ${env:KEY}", "2:15: unknown provider \"tensorpx\"; did you mean tensorpix?"),
        ("provider: Sunor\n    key: ${env:KEY}", "2:15: unknown provider \"Sunor\"; did you mean sunor?"),
        ("provider: sunor", "2:5: an account needs key; for example key: ${env:SUNOR_API_KEY}"),
        (
            "provider: sunor\n    api_key: ${env:KEY}\n    key: ${env:KEY}",
            "3:5: unknown key \"api_key\" in an account; did you mean key?"
        ),
        (
            "provider: sunor\n    key:",
            "3:9: key is blank; expected a key, or where it is: ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        ),
        (
            "provider: sunor\n    key: \"  \"",
            "3:10: key is blank; expected a key, or where it is: ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        ),
        (
            "provider: sunor\n    key: [a]",
            "3:10: key must be a key, or where it is: ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        ),
        (
            "provider: sunor\n    key: ${env:KEY}\n    name: a/b",
            "4:11: name must be 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit: it stands in URLs"
        ),
        (
            "provider: sunor\n    key: ${env:KEY}\n    low: lots",
            "4:10: low must be a number such as 50 or 12.50, in the provider's unit, of at most 38 digits"
        ),
        ("provider: sunor\n    key: ${env:KEY}\n    low: -1", "4:10: low must not be negative"),
        (
            "provider: sunor\n    key: ${env:KEY}\n    ttl: never",
            "4:10: ttl must be a duration such as 250ms, 30s, 5m, 24h or 7d"
        ),
        (
            "provider: sunor\n    key: ${env:KEY}\n    parameters: {team: a}",
            "4:18: unknown parameter \"team\" of sunor; it takes none"
        )
    ])
    func `accounts`(account: String, expected: String) throws {
        #expect(try readConfiguration("accounts:\n  - \(account)").errors == [expected])
    }

    @Test(arguments: [
        ("api.sunor.example", "must begin with https:// (or http:// to this machine)"),
        ("http://sunor.example", "is plain http to another machine, where anyone on the way could read the key; use https://"),
        ("http://192.168.1.4:9000", "is plain http to another machine, where anyone on the way could read the key; use https://"),
        ("https://me:secret@sunor.example", "must not hold a user or password; the credential belongs to key"),
        ("https://sunor.example/?key=1", "must not have a query"), ("https://sunor.example/#a", "must not have a fragment"),
        ("https://", "has no valid host"), ("https://sunor.example:0", "has no valid port; a port is a number from 1 to 65535"),
        ("https://sunor.example/a/../b", "has a character or a segment in its path that does not belong there")
    ])
    func `base URLs`(url: String, expected: String) throws {
        let yaml = "accounts:\n  - provider: sunor\n    key: ${env:KEY}\n    base_url: \"\(url)\""
        #expect(try readConfiguration(yaml).errors == ["4:15: base_url \(expected)"])
    }

    @Test(arguments: [
        ("${env:KYE}", "the environment variable KYE is not set; did you mean ${env:KEY}?"),
        ("${env:NOWHERE}", "the environment variable NOWHERE is not set; set it for the process that runs the gateway"),
        ("${file:/run/secrets/no}", "/run/secrets/no does not exist"), ("${file:/run/secrets}", "/run/secrets is a folder"),
        ("${credential:rodin}", "$CREDENTIALS_DIRECTORY is not set: systemd sets it where the unit has LoadCredential="),
        ("${enf:KEY}", "unknown kind of reference; did you mean ${env:…}?"),
        ("${KEY}", "the reference does not say where the key is; did you mean ${env:KEY}?"),
        (
            "a${env:KEY}",
            "a reference ${…} must be the whole value of key; expected ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        ),
        (
            "${env:KEY",
            "the reference is not closed with }; expected ${env:NAME}, ${file:/path}, ${credential:name} or ${exec:/path}"
        ),
        ("${env:A-B}", "not a name of an environment variable: letters, digits and _ only"),
        ("${file:rodin}", "not a path of a file: it begins with /, ./, ../ or ~/, and ends with no slash"),
        ("Bearer abcdefgh", "the key begins with \"Bearer \"; write the key alone, the scheme is added where it belongs"),
        ("abc", "the key is shorter than 4 characters: so short a text cannot be kept out of logs"),
        ("key with a\\nbreak", "the key has a line break in it: a file holds one key and nothing else"),
        ("kéy-abcdef", "the key has a character in it that is not ASCII"),
        ("key-abcdef ", "the key begins or ends with white space; remove it")
    ])
    func `keys of accounts`(key: String, expected: String) throws {
        let yaml = "accounts:\n  - provider: sunor\n    key: \"\(key)\""
        #expect(try readConfiguration(yaml).errors == ["3:10: \(expected)"])
    }

    @Test(arguments: [
        ("\n", "the key in /run/secrets/rodin is blank; set the key, or remove the account"),
        ("abcdefgh-1\nmore-2", "the key in /run/secrets/rodin has a line break in it: a file holds one key and nothing else"),
        ("abc", "the key in /run/secrets/rodin is shorter than 4 characters: so short a text cannot be kept out of logs"),
        ("your-api-key-here", "the key in /run/secrets/rodin is a placeholder of an example; put the key there")
    ])
    func `what is wrong with a key in a file names the file`(content: String, expected: String) throws {
        let yaml = "accounts:\n  - provider: sunor\n    key: \"${file:/run/secrets/rodin}\""
        let result = try readConfiguration(yaml, files: ["/run/secrets/rodin": content])
        #expect(result.errors == ["3:10: \(expected)"])
    }

    @Test func `a duplicate account names the first one's line`() throws {
        let yaml = """
            accounts:
              - {provider: sunor, key: "${env:KEY}"}
              - {provider: legnext, key: "${env:KEY}"}
              - {provider: sunor, name: default, key: "${env:OTHER_KEY}"}
            """
        #expect(
            try readConfiguration(yaml).errors == [
                "4:29: sunor/default is already configured in line 2; give each account of a provider a name of its own"
            ])
    }

    @Test func `all problems are told together and in order`() throws {
        let result = try readConfiguration(
            """
            passthrough: maybe
            accounts:
              - provider: tensorpx
                key: ${env:NOWHERE}
                ttl: 30
              - provider: sunor
                base_url: http://sunor.example
            listen: [8787]
            unknown: 1
            """)
        #expect(result.exitCode == 78)
        #expect(result.configuration == nil)
        #expect(
            result.diagnostics.map { "\($0.line):\($0.column)" } == ["1:14", "3:15", "4:10", "5:10", "6:5", "7:15", "8:10", "9:1"]
        )
    }
}
