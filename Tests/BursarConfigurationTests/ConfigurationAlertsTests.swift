@testable import BursarConfiguration
import BursarModel
import TestSupport
import Testing

@Suite struct ConfigurationAlertsTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let environment = [
        "KEY": "abcdefgh-1", "HOOK": "https://hooks.example/services/T0001/B0001/abcdefghijkl", "SECRET": secret
    ]
    private static let ops = "{name: ops, kind: webhook, url: '${env:HOOK}', secret: '${env:SECRET}'}"

    private func read(_ targets: [String], alerts: String, account: String = "", store: String = "sqlite:s.db") throws
        -> ConfigurationResult
    {
        let yaml = """
            store: \(store)
            targets:
            \(targets.map { "  - " + $0 }.joined(separator: "\n"))
            accounts:
              - {provider: sunor, key: '${env:KEY}'\(alerts.isEmpty ? "" : ", alerts: [\(alerts)]")\(account)}
            """
        return try readConfiguration(yaml, environment: Self.environment)
    }

    @Test func `every rule and every kind of target is read`() throws {
        let result = try read(
            [
                Self.ops, "{name: am, kind: alertmanager, url: 'http://127.0.0.1:9093'}",
                "{name: chat, kind: slack, url: '${env:HOOK}', per_hour: 5}",
                "{name: phone, kind: ntfy, url: 'https://ntfy.example/topic', token: '${env:KEY}'}",
                "{name: mail, kind: command, command: [/usr/local/bin/tell, --now], timeout: 20s}"
            ],
            alerts: "{below: 12.50}, {runway: 3d, to: ops}, {unavailable: 30m, to: [am, mail]}, {topped_up: true}, "
                + "{key_rejected: true, repeat: 24h}, {below: 1, unit: credits, name: empty}")
        #expect(result.errors == [])
        let rules = try #require(result.configuration?.accounts.first?.alerts)
        let all = ["ops", "am", "chat", "phone", "mail"]
        let credits = try #require(AmountUnit("credits"))
        #expect(
            rules == [
                AlertRule(name: "below", condition: .below(try #require(ExactDecimal("12.50")), unit: nil), targets: all),
                AlertRule(name: "runway", condition: .runway(.seconds(3 * 86_400)), targets: ["ops"]),
                AlertRule(name: "unavailable", condition: .unavailable(.seconds(1_800)), targets: ["am", "mail"]),
                AlertRule(name: "topped_up", condition: .toppedUp, targets: all),
                AlertRule(name: "key_rejected", condition: .keyRejected, targets: all, repeats: .seconds(86_400)),
                AlertRule(name: "empty", condition: .below(ExactDecimal(1), unit: credits), targets: all)
            ])
        let targets = result.configuration?.targets ?? []
        #expect(targets.map(\.word) == ["webhook", "alertmanager", "slack", "ntfy", "command"])
        #expect(targets.map(\.shown) == ["hooks.example", "127.0.0.1", "hooks.example", "ntfy.example", "/usr/local/bin/tell"])
        #expect(targets.map(\.perHour) == [20, 20, 5, 20, 20])
        // Addresses are secrets: the scrubber is told of each, its path, and what signs.
        let names = result.configuration?.namedSecrets.map(\.name) ?? []
        #expect(names.filter { $0 == "targets.ops" }.count == 3 && names.contains("targets.phone"))
    }

    @Test func `what only looks like a reference is a word of a command like any other`() throws {
        let result = try read(["{name: mail, kind: command, command: [/bin/tell, '$HOME', '${X}', 'a:b']}"], alerts: "{below: 5}")
        #expect(result.errors == [])
    }

    @Test func `rules for all hold where an account says nothing else, and no list is none`() throws {
        let yaml = """
            store: sqlite:s.db
            targets: [\(Self.ops)]
            defaults: {alerts: [{below: 5}, {below: 7, unit: credits, name: credits}]}
            accounts:
              - {provider: sunor, key: '${env:KEY}'}
              - {provider: sunor, name: own, key: '${env:KEY}', alerts: [{unavailable: 1h}]}
              - {provider: sunor, name: quiet, key: '${env:KEY}', alerts: []}
              - {provider: tensorpix, key: '${env:KEY}'}
            """
        let result = try readConfiguration(yaml, environment: Self.environment)
        #expect(result.errors == [])
        #expect(
            result.configuration?.accounts.map { $0.alerts.map(\.name) } == [["below", "credits"], ["unavailable"], [], ["below"]]
        )
    }

    @Test(arguments: [
        ("{below: 50, unit: USD}", "sunor has no amount in USD; it has"),
        ("{below: 50, unit: credit}", "did you mean credits?"),
        ("{below: 50}, {below: 20}", "give one of them a name of its own; for example name: below-2"),
        ("{below: 50, to: opps}", "unknown target \"opps\"; did you mean ops?"),
        ("{below: 50, to: []}", "nobody would be told"), ("{to: ops}", "a rule needs one of below, runway"),
        ("{below: 50, runway: 3d}", "one condition, and this one has 2"), ("{below: -1}", "must not be negative"),
        ("{runway: 3}", "has no unit (ms, s, m, h or d); did you mean 3h?"),
        ("{unavailable: 30}", "has no unit (ms, s, m, h or d); did you mean 30m?"),
        ("{below: 1,5}", "unknown key \"5\" in a rule; in {…} a comma ends a value"), ("{runway: 300d}", "runway must be within"),
        ("{unavailable: 1s}", "must be within 1m to"),
        ("{topped_up: false}", "is true, or left out"), ("{runway: 3d, unit: credits}", "unit is for below"),
        ("{low: 50}", "did you mean below?"), ("{below: 50, repeat: 1m}", "repeat must be within 1h")
    ])
    func `a rule that is wrong is told with its place and what was meant`(rule: String, words: String) throws {
        let errors = try read([Self.ops], alerts: rule).errors
        #expect(errors.contains { $0.contains(words) && $0.hasPrefix("5:") }, "\(errors)")
    }

    @Test(arguments: [
        ("{name: ops, kind: webhook, url: 'http://hooks.example/x', secret: '${env:SECRET}'}", "plain http to another machine"),
        ("{name: ops, kind: webhook, url: '${env:HOOK}', secret: abcdefgh-secret}", "secret must be whsec_"),
        ("{name: ops, kind: webhook, url: '${env:HOOK}', secret: whsec_c2hvcnQ=}", "secret must be whsec_"),
        ("{name: ops, kind: webhook, url: '${env:HOOK}'}", "needs secret"),
        ("{name: ops, kind: webhook, secret: '${env:SECRET}'}", "needs url"),
        ("{name: ops, kind: webhok, url: '${env:HOOK}'}", "did you mean webhook?"),
        ("{name: ops, kind: slack, url: 'ftp://x.example'}", "must begin with https://"),
        ("{name: ops, kind: slack, url: '${env:HOOK}', secret: '${env:SECRET}'}", "secret is not for a target of kind slack"),
        ("{name: ops, kind: ntfy, url: 'https://ntfy.example'}", "must name the topic"),
        ("{name: ops, kind: command, command: tell}", "must be a list"),
        ("{name: ops, kind: command, command: [tell]}", "a program's absolute path"),
        ("{name: ops, kind: command, command: [/bin/tell, '${env:SECRET}']}", "nothing is put in for"),
        ("{name: ops, kind: command, command: [/bin/tell, '--token=${file:/etc/token}']}", "a secret from a file of its own"),
        (
            "{name: ops, kind: alertmanager, url: 'http://am.internal:9093'}",
            "private_addresses: true says that it is in your own network"
        ),
        ("{name: ops, kind: slack, url: '${env:NOWHERE}'}", "NOWHERE is not set"),
        ("{name: ops, kind: slack, url: '${env:HOOK}', per_hour: 0}", "a whole number from 1 to 1000"),
        ("{kind: slack, url: '${env:HOOK}'}", "needs name")
    ])
    func `a target that is wrong is told with its place, and never with its address`(target: String, words: String) throws {
        let errors = try read([target], alerts: "{below: 5}").errors
        #expect(errors.contains { $0.contains(words) && $0.hasPrefix("3:") }, "\(errors)")
        #expect(!errors.joined().contains("B0001") && !errors.joined().contains("abcdefgh"))
    }

    @Test func `a target that nobody uses is an error, and so are alerts without one`() throws {
        let unused = try read([Self.ops, "{name: other, kind: slack, url: '${env:HOOK}'}"], alerts: "{below: 5, to: ops}").errors
        #expect(unused == ["4:5: no rule tells the target \"other\"; give accounts, or defaults, alerts:"])
        #expect(try read([Self.ops], alerts: "").errors.count == 1)
        let none = try readConfiguration("accounts: [{provider: sunor, key: '${env:KEY}', alerts: [{below: 5}]}]").errors
        #expect(none.contains { $0.contains("alerts without targets: nobody would be told") }, "\(none)")
        let twice = try read([Self.ops, Self.ops], alerts: "{below: 5}").errors
        #expect(twice.contains { $0.contains("a target of this name stands in line 3") })
        // A rule that could not be read is one mistake, not two.
        for rule in ["{below: much}", "{below: 5, unit: EUR}"] {
            let yaml = """
                targets: [\(Self.ops)]
                defaults: {alerts: [\(rule)]}
                accounts: [{provider: sunor, key: '${env:KEY}'}]
                """
            #expect(try readConfiguration(yaml, environment: Self.environment).errors.count == 1, "\(rule)")
        }
        // A target that could not be read is not called unknown as well.
        #expect(try read(["{name: ops, kind: slack, url: nonsense}"], alerts: "{below: 5, to: ops}").errors.count == 1)
    }

    @Test func `a target that could not be read hides no other mistake`() throws {
        let broken = "{name: ops, kind: slack, url: nonsense}"
        let chat = "{name: chat, kind: slack, url: '${env:HOOK}'}"
        let unknown = try read([broken, chat], alerts: "{below: 5, to: [chat, opss]}").errors
        let words = "unknown target \"opss\"; did you mean ops?"
        #expect(unknown.count == 2 && unknown.contains { $0.contains(words) }, "\(unknown)")
        let unused = try read([broken, chat], alerts: "{below: 5, to: ops}").errors
        #expect(unused.count == 2 && unused.contains { $0.hasPrefix("4:5: no rule tells the target \"chat\"") }, "\(unused)")
        // Without a name, it may be the one that is meant.
        let unnamed = try read(["{kind: slack, url: '${env:HOOK}'}", chat], alerts: "{below: 5, to: [chat, opss]}").errors
        #expect(unnamed.count == 1, "\(unnamed)")
        let both = try read(
            ["{name: ops, kind: webhook, url: 'http://hooks.example/x', secret: whsec_c2hvcnQ=}"], alerts: "{below: 5}"
        ).errors
        #expect(both.count == 2 && both.contains { $0.contains("plain http") } && both.contains { $0.contains("secret must be") })
    }

    @Test func `a top-up is told by no Alertmanager, so somebody else has to be named`() throws {
        let manager = "{name: am, kind: alertmanager, url: 'http://127.0.0.1:9093'}"
        let words = "topped_up is told by no target of kind alertmanager"
        for (targets, rules) in [
            ([manager], "{below: 5}, {topped_up: true}"), ([manager, Self.ops], "{below: 5}, {topped_up: true, to: am}")
        ] {
            let errors = try read(targets, alerts: rules).errors
            #expect(errors.count == 1 && errors[0].hasPrefix("\(targets.count + 4):") && errors[0].contains(words), "\(errors)")
        }
        let yaml = """
            targets: [\(manager)]
            defaults: {alerts: [{below: 5}, {topped_up: true}]}
            accounts: [{provider: sunor, key: '${env:KEY}'}, {provider: tensorpix, key: '${env:KEY}'}]
            """
        let errors = try readConfiguration(yaml, environment: Self.environment).errors
        #expect(errors.count == 1 && errors[0].hasPrefix("2:") && errors[0].contains(words), "\(errors)")
        #expect(try read([manager, Self.ops], alerts: "{below: 5}, {topped_up: true}").errors == [])
        // It would be told of nothing.
        let silent = try read([manager, Self.ops], alerts: "{below: 5, to: ops}, {topped_up: true}").errors
        #expect(silent.count == 1 && silent[0].contains("no rule tells the target \"am\""), "\(silent)")
    }

    @Test func `two secrets while one replaces the other, and literal ones are told`() throws {
        let result = try read(
            ["{name: ops, kind: webhook, url: '${env:HOOK}', secret: ['${env:SECRET}', \(Self.secret)]}"], alerts: "{below: 5}")
        #expect(result.errors == [] && result.findings.map(\.rule) == [.literalKey])
        guard case .webhook(_, let secrets)? = result.configuration?.targets.first?.kind else { throw NoWebhook() }
        #expect(secrets.count == 2 && secrets.allSatisfy { WebhookSecret.key(of: $0)?.count == 24 })
    }

    private struct NoWebhook: Error {}

    @Test func `without a store check says that a restart may tell twice`() throws {
        let result = try read([Self.ops], alerts: "{below: 5}", store: "memory")
        #expect(result.errors == [] && result.findings.map(\.rule) == [.alertsWithoutStore])
        let report = CheckReport(try read([Self.ops], alerts: "{below: 5}")).text
        #expect(report.contains("targets        ops (webhook, hooks.example)\n"))
        #expect(report.contains("1 rule on 1 account, which is kept fresh: at most 288 calls a day"))
        #expect(!report.contains("services"))
    }

    @Test func `a rule on runway without a store is told: it could never fire`() throws {
        let result = try read([Self.ops], alerts: "{runway: 3d}", store: "memory")
        #expect(result.errors == [] && result.findings.map(\.rule) == [.alertsWithoutStore, .runwayRuleWithoutStore])
        #expect(try read([Self.ops], alerts: "{runway: 3d}").findings == [])
    }

    @Test func `an address in the operator's own network is said to be one`() throws {
        let result = try read(
            ["{name: am, kind: alertmanager, url: 'http://am.internal:9093', private_addresses: true}"], alerts: "{below: 5}")
        #expect(result.errors == [] && result.findings.map(\.rule) == [.plainTarget])
        #expect(result.configuration?.targets.first?.endpoint?.mayBePrivate == true)
    }

    @Test func `a new secret is one`() {
        var random = SystemRandomNumberGenerator()
        #expect(WebhookSecret.isOne(Secret(WebhookSecret.random(using: &random))))
    }
}
