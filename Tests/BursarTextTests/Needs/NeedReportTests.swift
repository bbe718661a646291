import BursarCatalog
import BursarModel
import Testing

@testable import BursarText

/// What `bursar status` makes of a gateway's answers.
@Suite struct NeedReportTests {
    /// A gateway's answers at 20:00. *Value.*
    private struct Scene {
        var rows: [String] = []
        var alerts: [String] = []
        var targets: [String] = []
        var failures: [String] = []
        var gateway = #""last_reload_refused": false"#
        var readiness = #"{"status":"ready","store":{"status":"ok"}}"#

        var report: NeedReport? {
            NeedReport(
                .init(
                    balances: Array(#"{"balances": [\#(rows.joined(separator: ", "))]}"#.utf8),
                    alerts: Array(
                        """
                        {"schema": "bursar.alerts.v1", "alerts": [\(alerts.joined(separator: ", "))],
                         "targets": [\(targets.joined(separator: ", "))]}
                        """.utf8),
                    status: Array(
                        """
                        {"schema": "bursar.status.v1", "generated_at": "2026-11-27T20:00:00.000Z", "gateway": {\(gateway)},
                         "accounts": [\(failures.joined(separator: ", "))]}
                        """.utf8), readiness: Array(readiness.utf8)))
        }

        func reported() throws -> NeedReport { try #require(report) }
    }

    private static func row(
        _ name: String, _ available: String? = "100", unit: String = "credits", status: String = "fresh", low: Bool = false,
        problem: String = "null", runway: String = ""
    ) -> String {
        let parts = name.split(separator: "/")
        let amount = available.map { #"{"kind": "available", "value": "\#($0)", "unit": "\#(unit)"}"# } ?? ""
        return """
            {"provider": "\(parts[0])", "account": "\(parts[1])", "status": "\(status)",
             "available": \(available.map { "\"\($0)\"" } ?? "null"), "unit": \(available == nil ? "null" : "\"\(unit)\""),
             "amounts": [\(amount)], "low": \(low), "expires_at": "2026-11-27T20:00:20.000Z", "problem": \(problem),
             "runway": [\(runway)]}
            """
    }

    private static func problem(_ code: String, _ title: String, reason: String? = nil, status: Int? = nil) -> String {
        """
        {"code": "\(code)", "title": "\(title)", "upstream_status": \(status.map { "\($0)" } ?? "null"),
         "retry_at": "2026-11-27T20:00:24.200Z", "reason": \(reason.map { "\"\($0)\"" } ?? "null")}
        """
    }

    private static func burning(until earliest: String, _ words: String, unit: String = "credits") -> String {
        #"{"unit": "\#(unit)", "status": "burning", "words": "\#(words)", "earliest": "\#(earliest)"}"#
    }

    private static func alert(_ account: String, _ condition: String, muted: String = "null") -> String {
        #"{"account": "\#(account)", "condition": "\#(condition)", "firing": true, "muted_until": \#(muted)}"#
    }

    @Test func `where the own amount is not known, no part's stands in its place`() throws {
        let part = #""amounts": [{"kind": "available", "value": "500", "unit": "credits", "part": "key"}]"#
        let row = Self.row("acme/parts", nil, low: true).replacing(#""amounts": []"#, with: part)
        #expect(row.contains("500"))
        #expect(try Scene(rows: [row]).reported().needs.map(\.words) == ["LOW no amount"])
    }

    @Test func `the most urgent comes first, among equals what ends first, and what needs nobody is left out`() throws {
        let later = Self.burning(until: "2026-11-29T20:00:00.000Z", "2 to 3 days")
        let sooner = Self.burning(until: "2026-11-27T21:00:00.000Z", "1 to 5 hours")
        let report = try Scene(
            rows: [
                Self.row("acme/well"), Self.row("acme/alert"), Self.row("acme/later", runway: later),
                Self.row("acme/sooner", runway: sooner), Self.row("acme/low", low: true),
                Self.row("acme/empty", "0.00", unit: "USD"),
                Self.row("acme/gone", nil, status: "unavailable", problem: Self.problem("timeout", "Acme did not answer in time"))
            ], alerts: [Self.alert("acme/alert", "below 500"), Self.alert("acme/sooner", "runway 3 days")]
        ).reported()
        #expect(
            report.needs.map(\.words) == [
                "Acme did not answer in time; asked again in 25 s", "LOW 100 credits", "EMPTY 0.00 USD",
                "100 credits, lasts 1 to 5 hours; alert runway 3 days", "100 credits, lasts 2 to 3 days",
                "100 credits; alert below 500"
            ])
        #expect(report.needs.map(\.kind) == [.unavailable, .low, .empty, .runsOut, .runsOut, .alert])
        #expect(report.headline == "6 of 7 need you")
        #expect(!report.isWell)
    }

    @Test func `a row without a balance says why, in words`() throws {
        func words(_ problem: String, last: String = "null") throws -> String? {
            let failure = #"{"provider": "acme", "account": "gone", "last_failure": \#(last)}"#
            let row = Self.row("acme/gone", nil, status: "unavailable", problem: problem)
            return try Scene(rows: [row], failures: [failure]).reported().needs.first?.words
        }
        #expect(
            try words(Self.problem("unreachable", "Acme cannot be reached", reason: "connection_refused"))
                == "Acme cannot be reached (connection refused); asked again in 25 s")
        #expect(
            try words(Self.problem("upstream_error", "Acme answered with an error", status: 500))
                == "Acme answered with an error (HTTP 500); asked again in 25 s")
        // A sentence stays as it is, with the names of members in it.
        #expect(
            try words(Self.problem("invalid_response", "Acme fails", reason: "data.credits_left is missing", status: 200))
                == "Acme fails (data.credits_left is missing); asked again in 25 s")
        // Of an open circuit the last failure is the cause.
        let last = #"{"code": "unreachable", "reason": "no_such_host"}"#
        #expect(
            try words(Self.problem("circuit_open", "Acme failed too often"), last: last)
                == "Acme failed too often (no such host); asked again in 25 s")
        #expect(
            try words(Self.problem("circuit_open", "Acme failed too often"), last: #"{"code": "timeout", "reason": null}"#)
                == "Acme failed too often (timeout); asked again in 25 s")
        #expect(
            try words(
                Self.problem("circuit_open", "Acme failed too often"),
                last: #"{"code": "upstream_error", "upstream_status": 502}"#)
                == "Acme failed too often (HTTP 502); asked again in 25 s")
        // What the title says already is not said twice.
        #expect(
            try words(Self.problem("unreachable", "Acme cannot be reached (connection refused)", reason: "connection_refused"))
                == "Acme cannot be reached (connection refused); asked again in 25 s")
    }

    @Test func `an old reading that an alert fires for says why there is no newer one`() throws {
        let problem = Self.problem("timeout", "Acme did not answer in time")
        let rows = [
            Self.row("acme/old", status: "stale", problem: problem), Self.row("acme/other", status: "stale", problem: problem)
        ]
        let report = try Scene(rows: rows, alerts: [Self.alert("acme/old", "unavailable 30 min")]).reported()
        #expect(
            report.needs.map(\.words) == [
                "100 credits, stale: Acme did not answer in time; asked again in 25 s; alert unavailable 30 min"
            ])
        #expect(report.needs.first?.command == "bursar explain acme/old" && report.wantsLinks == false)
        #expect(report.stale == 1)
    }

    @Test func `an account that is muted has somebody already`() throws {
        let muted = Self.alert("acme/a", "below 500", muted: "\"2026-11-28T00:00:00.000Z\"")
        #expect(try Scene(rows: [Self.row("acme/a")], alerts: [muted]).reported().isWell)
        // What the row itself says stays.
        #expect(try Scene(rows: [Self.row("acme/a", low: true)], alerts: [muted]).reported().needs.map(\.alerts) == [[]])
    }

    @Test func `where credit is what helps, the page that sells it stands in the place of an explanation`() throws {
        var report = try Scene(
            rows: [
                Self.row("acme/empty", "0"), Self.row("other/low", low: true), Self.row("third/alert"),
                Self.row("acme/gone", nil, status: "unavailable", problem: Self.problem("unauthorized", "Acme rejected the key"))
            ], alerts: [Self.alert("third/alert", "below 500 credits")]
        ).reported()
        #expect(report.wantsLinks)
        report.add(
            links: Array(
                """
                {"providers": [{"id": "acme", "top_up": "https://acme.example/buy", "documentation": "https://acme.example/"},
                 {"id": "other", "top_up": null, "documentation": "https://other.example/"}]}
                """.utf8))
        #expect(
            report.needs.map { $0.link ?? $0.command } == [
                "bursar explain acme/gone", "https://acme.example/buy", "https://other.example/", "bursar explain third/alert"
            ])
        let before = report.needs
        report.add(links: Array("<html>".utf8))
        #expect(report.needs == before)
    }

    @Test func `the gateway's own troubles come last`() throws {
        let report = try Scene(
            rows: [Self.row("acme/a")],
            targets: [
                #"{"name": "ops", "state": "ok", "pending": 0}"#, #"{"name": "new", "state": "untried", "pending": 0}"#,
                #"{"name": "dead", "state": "failing", "pending": 7, "reason": "http_500"}"#,
                #"{"name": "left", "state": "paused", "pending": 1, "reason": "http_410"}"#
            ],
            gateway: """
                "last_reload_refused": true, "last_reload_at": "2026-11-27T19:48:00.000Z", "alerts_held": true,
                "last_reload_problems": ["bursar.yaml:13:16: error: unknown provider", "bursar.yaml:20:1: error: no key"]
                """, readiness: #"{"status":"ready","store":{"status":"degraded","reason":"in_use"}}"#
        ).reported()
        #expect(
            report.needs.map(\.words) == [
                "a reload was refused 12 min ago: bursar.yaml:13:16: error: unknown provider; and 1 more",
                "the store cannot be used: another gateway serves with its file, so end one of them, "
                    + "or give each a file of its own; the gateway's log names the file. What is new is kept in memory, and no alert is told",
                "fails (http 500); 7 events wait", "says that nobody is there (http 410); 1 event waits"
            ])
        #expect(report.needs.map(\.command) == ["bursar reload", nil, "bursar alert test dead", "bursar alert test left"])
        #expect(report.headline == "The account is well; something else needs you")
    }

    @Test(arguments: [
        (#","reason":"newer""#, ": a newer version wrote its file, so run that one, or name another file"),
        (#","reason":"full""#, ": no space is left, so make some"), (#","reason":"eaten_by_mice""#, ": eaten by mice"), ("", "")
    ])
    func `a store that cannot be used says what is wrong with it, and what to do`(reason: String, why: String) throws {
        let readiness = #"{"status":"ready","store":{"status":"degraded"\#(reason)}}"#
        let report = try Scene(rows: [Self.row("acme/a")], readiness: readiness).reported()
        #expect(
            report.needs.map(\.words) == [
                "the store cannot be used\(why); the gateway's log names the file. What is new is kept in memory"
            ])
    }

    @Test func `a gateway that ends says so`() throws {
        let report = try Scene(
            rows: [Self.row("acme/a")], readiness: #"{"title": "Not ready", "detail": "A stop was asked for."}"#
        ).reported()
        #expect(report.needs.map(\.words) == ["not ready: A stop was asked for."])
    }

    @Test func `the first line says how all of it stands`() throws {
        let soon = Self.burning(until: "2026-12-07T20:00:00.000Z", "10 to 12 days")
        let unread = Self.problem("timeout", "nobody has asked Acme yet", reason: "not_read_yet")
        func headline(_ rows: String...) throws -> String { try Scene(rows: rows).reported().headline }
        #expect(try headline() == "No accounts are configured")
        #expect(try headline(Self.row("acme/a")) == "The account is well")
        #expect(try headline(Self.row("acme/a", low: true)) == "It needs you")
        #expect(try headline(Self.row("acme/a", low: true), Self.row("acme/b")) == "1 of 2 needs you")
        #expect(
            try headline(Self.row("acme/a"), Self.row("acme/b", runway: soon))
                == "All 2 accounts are well; acme/b is the first to end: 10 to 12 days")
        #expect(
            try headline(
                Self.row("acme/a"), Self.row("acme/b", nil, status: "unavailable", problem: unread),
                Self.row("acme/c", status: "stale", problem: Self.problem("timeout", "late")))
                == "No account needs you: 1 of 3 shows an old reading, 1 of 3 was not asked for yet")
    }

    @Test func `lines stand below each other, and what is long does not push the others apart`() throws {
        let refused = #""last_reload_refused": true, "last_reload_problems": ["\#(String(repeating: "x", count: 80))"]"#
        let report = try Scene(rows: [Self.row("acme/a", "0"), Self.row("acme/default", low: true)], gateway: refused).reported()
        #expect(
            report.text == """
                2 of 2 need you
                acme/a        EMPTY 0 credits  bursar explain acme/a
                acme/default  LOW 100 credits  bursar explain acme/default
                the gateway   a reload was refused: \(String(repeating: "x", count: 80))  bursar reload

                """)
    }

    // Copied from `bursar status --url …`, they asked whichever gateway was the usual one.
    @Test func `each command asks the gateway that answered, for people and for programs, and a page stays a page`() throws {
        var report = try Scene(
            rows: [
                Self.row("acme/empty", "0"),
                Self.row("acme/gone", nil, status: "unavailable", problem: Self.problem("timeout", "late"))
            ], targets: [#"{"name": "dead", "state": "failing", "pending": 0}"#], gateway: #""last_reload_refused": true"#,
            readiness: #"{"status":"ready","store":{"status":"degraded"}}"#
        ).reported()
        report.add(links: Array(#"{"providers": [{"id": "acme", "top_up": "https://acme.example/buy"}]}"#.utf8))
        report.add(options: " --url 'unix:/a b.sock'")
        let acts = [
            "bursar explain acme/gone --url 'unix:/a b.sock'", "https://acme.example/buy",
            "bursar reload --url 'unix:/a b.sock'", nil, "bursar alert test dead --url 'unix:/a b.sock'"
        ]
        #expect(report.needs.map { $0.link ?? $0.command } == acts)
        for act in acts.compactMap(\.self) { #expect(report.text.contains("  \(act)\n"), "\(report.text)") }
        let commands = try #require(try JSONReader.read(report.json)["needs"]?.elements).map { $0["command"]?.text }
        #expect(commands == acts.map { $0?.hasPrefix("https:") == true ? nil : $0 })
    }

    @Test func `programs get the same, and the texts as they came`() throws {
        let row = Self.row("acme/a", nil, status: "unavailable", problem: Self.problem("timeout", "late\\u009b2J"))
        let report = try Scene(rows: [row, Self.row("acme/b", low: true)], alerts: [Self.alert("acme/a", "unavailable 30 min")])
            .reported()
        #expect(!report.text.contains("\u{9B}") && report.text.contains("late?2J"), "\(report.text.debugDescription)")
        let json = try JSONReader.read(report.json)
        #expect(json["schema"]?.text == "bursar.needs.v1" && json["generated_at"]?.text == "2026-11-27T20:00:00.000Z")
        #expect(json["accounts"]?.integer == 2 && json["in_need"]?.integer == 2 && json["stale"]?.integer == 0)
        let need = json["needs"]?[0]
        #expect(need?["about"]?.text == "account" && need?["name"]?.text == "acme/a" && need?["need"]?.text == "unavailable")
        #expect(need?["words"]?.text == "late\u{9B}2J; asked again in 25 s; alert unavailable 30 min")
        #expect(need?["alerts"] == ["unavailable 30 min"] && need?["command"]?.text == "bursar explain acme/a")
        #expect(need?["link"] == .null)
    }

    @Test func `what is no answer of a gateway is none, and no name goes into a command that is no name`() {
        var scene = Scene(rows: [Self.row("acme/$(reboot)")])
        #expect(scene.report == nil)
        scene.rows = ["{}"]
        #expect(scene.report == nil)
        let empty = Array("{}".utf8)
        #expect(NeedReport(.init(balances: empty, alerts: empty, status: empty, readiness: empty)) == nil)
        let target = Scene(targets: [#"{"name": "$(reboot)", "state": "failing", "pending": 0}"#])
        #expect(target.report?.needs.first?.command == nil)
    }
}
