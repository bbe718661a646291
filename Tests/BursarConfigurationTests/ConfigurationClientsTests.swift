@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct ConfigurationClientsTests {
    private let accounts =
        "accounts:\n  - {provider: sunor, key: '${env:KEY}'}\n  - {provider: hyper3d, name: studio, key: '${env:OTHER_KEY}'}\n"
    private let digest = TestClient("one").digest
    private let second = TestClient("two").digest

    private func read(_ clients: String, _ more: String = "") throws -> ConfigurationResult {
        try readConfiguration("clients:\n\(clients)\n\(accounts)\(more)")
    }

    @Test func `a client is read with everything it may have`() throws {
        let result = try read(
            """
              - name: billing
                token_sha256: [\(digest), \(second.uppercased())]
                allow: [sunor, hyper3d/studio]
                passthrough: true
                admin: true
                rate: 60/1m
                expires: 2027-06-30
                uid: [1001, 0]
            """)
        #expect(result.errors == [])
        let client = try #require(result.configuration?.clients.first)
        #expect(client.name == "billing")
        #expect(client.tokens.map(\.hex) == [digest, second])
        #expect(client.userIDs == [1001, 0])
        #expect(client.mayPassThrough && client.isAdmin)
        #expect(client.rate == RequestRate(requests: 60, window: .seconds(60)))
        // Good to the end of that day.
        #expect(client.expires == WallTime(rfc3339: "2027-07-01T00:00:00Z"))
        let sunor = try #require(ProviderID("sunor")), hyper3d = try #require(ProviderID("hyper3d"))
        #expect(client.allow.covers(AccountID(provider: sunor, account: .default)))
        #expect(!client.allow.covers(AccountID(provider: hyper3d, account: .default)))
        #expect(client.allow.covers(hyper3d) && !client.allow.coversAll(of: hyper3d))
    }

    @Test func `without clients there are none`() throws {
        #expect(try readConfiguration(accounts).configuration?.clients.isEmpty == true)
    }

    @Test(arguments: ["[]", "", "3", "{name: x}"])
    func `a list that could mean nobody or everybody is an error`(list: String) throws {
        let result = try readConfiguration("clients: \(list)\n" + accounts)
        #expect(result.exitCode == 78)
        #expect(result.errors.first?.contains("at least one client") == true)
    }

    /// What stands behind `clients:`, the place and a part of the message.
    @Test(arguments: [
        ("  - {name: a, token_sha256: DIGEST}", "2:5", "a client needs allow"),
        ("  - {name: a, allow: sunor}", "2:5", "needs token_sha256, tls or uid"),
        ("  - {token_sha256: DIGEST, allow: sunor}", "2:5", "a client needs name"),
        ("  - {name: a b, token_sha256: DIGEST, allow: sunor}", "2:12", "name must be"),
        ("  - {name: a, token_sha256: 12ab, allow: sunor}", "2:29", "64 hexadecimal digits"),
        ("  - {name: a, token_sha256: [], allow: sunor}", "2:5", "or nobody could be it"),
        ("  - {name: a, token_sha256: , tls: , uid: , allow: sunor}", "2:5", "or nobody could be it"),
        ("  - {name: a, uid: [], allow: sunor}", "2:5", "or nobody could be it"),
        ("  - {name: a, uid: []}", "2:5", "or nobody could be it"),
        ("  - {name: a, tls: [], allow: sunor}", "2:5", "or nobody could be it"),
        ("  - {name: a, token_sha256: DIGEST, allow: []}", "2:102", "allow is empty"),
        ("  - {name: a, token_sha256: DIGEST, allow: sunnor}", "2:102", "did you mean sunor?"),
        ("  - {name: a, token_sha256: DIGEST, allow: hyper3d/studo}", "2:102", "did you mean hyper3d/studio?"),
        ("  - {name: a, token_sha256: DIGEST, allow: legnext/main}", "2:102", "it has none"),
        ("  - {name: a, token_sha256: DIGEST, allow: '*', rate: 60/m}", "2:113", "did you mean 60/1m?"),
        ("  - {name: a, token_sha256: DIGEST, allow: '*', rate: 0/1m}", "2:113", "rate must be 1 to"),
        ("  - {name: a, token_sha256: DIGEST, allow: '*', expires: 2027-02-30}", "2:116", "expires must be a date"),
        ("  - {name: a, token_sha256: DIGEST, allow: '*', tokens: 3}", "2:107", "did you mean token_sha256?"),
        ("  - {name: a, uid: -1, allow: '*'}", "2:20", "uid must be"),
        ("  - {name: a, uid: 4294967295, allow: '*'}", "2:20", "uid must be"),
        ("  - {name: a, tls: billing, allow: '*'}", "2:20", "with its kind"),
        ("  - {name: a, tls: 'dns:*.internal', allow: '*'}", "2:15", "no listener asks for one"),
        ("  - {name: a, uid: 1, allow: '*'}\n  - {name: a, uid: 2, allow: '*'}", "3:12", "stands in line 2"),
        ("  - {name: a, uid: 1, allow: '*'}\n  - {name: b, uid: 1, allow: '*'}", "3:20", "a user is one client"),
        (
            "  - {name: a, token_sha256: DIGEST, allow: '*'}\n  - {name: b, token_sha256: DIGEST, allow: '*'}", "3:29",
            "belongs to one client"
        )
    ])
    func `what is wrong is told at its place`(clients: String, place: String, message: String) throws {
        let result = try read(clients.replacing("DIGEST", with: digest))
        #expect(result.exitCode == 78)
        #expect(result.errors.contains { $0.hasPrefix(place + ":") && $0.contains(message) }, "\(result.errors)")
    }

    @Test func `a blank client is told everything that it needs`() throws {
        let errors = try read("  -").errors
        let words = "a client needs name, allow, and one of token_sha256, tls and uid"
        #expect(errors.count == 1 && errors[0].hasSuffix(words), "\(errors)")
    }

    @Test func `of three equals both others point to the first`() throws {
        let client = "  - {name: a, token_sha256: \(digest), tls: 'cn:a', uid: 1, allow: '*'}\n"
        let errors = try read(client + client + client).errors
        for line in [3, 4] {
            for column in [12, 29] {
                let told = errors.first { $0.hasPrefix("\(line):\(column):") }
                #expect(told?.contains("stands in line 2") == true, "\(errors)")
            }
        }
        #expect(errors.count { $0.contains("stands in line 2") } == 8 && !errors.contains { $0.contains("stands in line 3") })
    }

    @Test(arguments: ["0/min", "1000001/m", "99999999999/second"])
    func `nothing is proposed for a rate that would be refused`(rate: String) throws {
        let errors = try read("  - {name: a, uid: 1, allow: '*', rate: \(rate)}").errors
        #expect(errors.count == 1 && errors[0].contains("such as 60/1m") && !errors[0].contains("did you mean"), "\(errors)")
    }

    @Test(arguments: [
        ("", true), ("listen: [127.0.0.1:8787]", true), ("listen: [unix:/run/b.sock]", false),
        ("listen: [127.0.0.1:8787, unix:/run/b.sock]", false)
    ])
    func `a user as a client without a Unix socket to come over is told`(listen: String, isTold: Bool) throws {
        let result = try read("  - {name: a, uid: 1, allow: '*'}", listen + "\n")
        #expect(result.exitCode == 0)
        #expect(result.warnings.contains { $0.hasPrefix("2:5:") && $0.contains("no listener is one") } == isTold)
        let onCommandLine = try readConfiguration(
            "clients:\n  - {name: a, uid: 1, allow: '*'}\n\(accounts)\(listen)\n",
            request: ConfigurationRequest(listen: ["unix:/run/b.sock"]))
        #expect(!onCommandLine.warnings.contains { $0.contains("no listener is one") })
    }

    @Test func `a token in the place of its digest is refused and not repeated`() throws {
        let token = TestClient("pasted").token
        let result = try read("  - {name: a, token_sha256: \(token), allow: '*'}")
        #expect(result.errors.count == 1 && result.errors[0].contains("this is a token"))
        #expect(!CheckReport(result).text.contains(token))
    }

    @Test func `an unknown account is not reported where accounts could not be read`() throws {
        let result = try readConfiguration(
            "clients:\n  - {name: a, token_sha256: \(digest), allow: sunor/main}\naccounts:\n  - {provider: sunor, name: main}\n")
        #expect(result.errors.count == 1 && result.errors[0].contains("needs key"))
    }

    @Test func `the audit tells of tokens for ever, of admins, and of ends`() throws {
        let result = try read(
            """
              - {name: a, token_sha256: \(digest), allow: '*', admin: true}
              - {name: b, token_sha256: \(second), allow: '*', expires: 2020-01-01}
              - {name: c, uid: 1, allow: '*'}
            """)
        #expect(result.exitCode == 0)
        #expect(Set(result.findings.map(\.rule)).isSuperset(of: [.tokenWithoutExpiry, .adminClient, .expiredClient]))
        #expect(result.findings.count { $0.rule == .tokenWithoutExpiry } == 1)
    }

    @Test func `with clients a listener may be reached from elsewhere, and check warns of one without TLS`() throws {
        let result = try readConfiguration(
            "listen: [0.0.0.0:8787]\nclients:\n  - {name: a, token_sha256: \(digest), allow: '*', expires: 2099-01-01}\n"
                + accounts)
        #expect(result.exitCode == 0)
        #expect(result.findings.contains { $0.rule == .plainTokens && $0.rule.severity == .high })
        #expect(!result.findings.contains { $0.rule == .anonymousListener })
        #expect(CheckReport(result).text.contains("clients only"))
        let anonymous = try readConfiguration("listen: [0.0.0.0:8787]\n" + accounts)
        #expect(anonymous.exitCode == 78)
    }

    @Test func `allow_anonymous beside clients says nothing, and that is told`() throws {
        let result = try read("  - {name: a, uid: 1, allow: '*'}", "allow_anonymous: true\n")
        #expect(result.warnings.contains { $0.contains("nobody is anonymous") })
    }

    @Test func `origins are named one by one`() throws {
        let result = try readConfiguration("cors: [https://App.example, 'http://localhost:3000']\n" + accounts)
        #expect(result.configuration?.corsOrigins == ["https://app.example", "http://localhost:3000"])
        for bad in ["'*'", "https://a.example/", "https://a.example/x", "a.example", "'null'"] {
            #expect(try readConfiguration("cors: [\(bad)]\n" + accounts).exitCode == 78, "\(bad)")
        }
    }
}
