import BursarCatalog
import BursarInsight
import BursarMocks
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// How rules stand, in `/v1/alerts` and as `bursar alert list` prints it.
@Suite(.timeLimit(.minutes(2)))
struct AlertListTests {
    @Test func `a rejected key is told as about to fire, not as ok, before it fires`() async throws {
        let account = "provider: sunor, key: mock-401, alerts: [{key_rejected: true}]"
        let settings =
            "targets: [{name: ops, kind: webhook, url: 'http://127.0.0.1:9/hook/abcdefghijklmnop', "
            + "secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}]"
        try await TestGateway.with([account], settings: settings) { gateway async throws in
            let before = try await gateway.get("/v1/alerts")
            #expect(before.json?["alerts"]?[0]?["fires_at"] == .null)
            _ = try await gateway.get("/v1/balances")
            // The desk hears of the answer in a task of its own.
            try await eventually { try await gateway.get("/v1/alerts").json?["alerts"]?[0]?["fires_at"] != .null }
            let answer = try await gateway.get("/v1/alerts")
            let alert = answer.json?["alerts"]?[0]
            // The word is what it was: what reads it goes on.
            #expect(alert?["state"]?.text == "ok" && alert?["firing"]?.boolean == false, "\(answer.text)")
            #expect(alert?["fires_at"]?.text != nil)
            let printed = try #require(AlertListAnswer(json: answer.bytes)).text
            #expect(printed.contains("key rejected  pending, fires within "), "\(printed)")
            #expect(alert?["since"]?.text != nil, "\(answer.text)")
        }
    }

    @Test(arguments: [
        (#""state": "ok", "firing": false, "fires_at": "2026-11-27T10:04:00.000Z""#, "pending, fires within 4 min"),
        (#""state": "ok", "firing": false, "fires_at": "2026-11-27T09:59:00.000Z""#, "pending, fires now"),
        (#""state": "ok", "firing": false, "fires_at": null"#, "ok"), (#""state": "ok", "firing": false"#, "ok"),
        (#""state": "firing", "firing": true, "fires_at": null"#, "firing"),
        (#""state": "unknown", "firing": true"#, "firing, not read since"), (#""state": "unknown", "firing": false"#, "unknown")
    ])
    func `a state is one phrase`(members: String, phrase: String) throws {
        let json =
            #"{"schema": "bursar.alerts.v1", "generated_at": "2026-11-27T10:00:00.000Z", "#
            + #""alerts": [{"account": "sunor/default", "condition": "key rejected", \#(members), "since": "then"}]}"#
        let printed = try #require(AlertListAnswer(json: Array(json.utf8))).text
        #expect(printed.contains("sunor/default  key rejected  \(phrase)"), "\(printed)")
    }

    @Test func `a value has the time when it was read beside it`() throws {
        let json =
            #"{"schema": "bursar.alerts.v1", "generated_at": "2026-11-27T10:00:00.000Z", "alerts": ["#
            + #"{"account": "a/x", "condition": "below 50", "state": "firing", "firing": true, "value": "39", "unit": "credits", "#
            + #""read_at": "when", "since": "then", "muted_until": "later"}, "#
            + #"{"account": "b/x", "condition": "below 50", "state": "unknown", "firing": false, "value": null, "read_at": null}]}"#
        let printed = try #require(AlertListAnswer(json: Array(json.utf8))).text
        let rows = printed.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            rows == [
                "ACCOUNT RULE STATE VALUE READ SINCE MUTED UNTIL", "a/x below 50 firing 39 credits when then later",
                "b/x below 50 unknown - - - -"
            ], "\(printed)")
    }

    @Test func `what fires comes first, then what is about to`() throws {
        let alerts: [(name: String, state: String, firing: Bool, time: String)] = [
            ("a", "ok", false, "null"), ("b", "ok", false, #""2026-11-27T10:04:00.000Z""#), ("c", "unknown", false, "null"),
            ("d", "firing", true, "null"), ("e", "unknown", true, "null")
        ]
        let rows = alerts.map { alert in
            #"{"account": "\#(alert.name)/x", "condition": "below 5", "state": "\#(alert.state)", "#
                + #""firing": \#(alert.firing), "fires_at": \#(alert.time)}"#
        }
        let json =
            #"{"schema": "bursar.alerts.v1", "generated_at": "2026-11-27T10:00:00.000Z", "#
            + #""alerts": [\#(rows.joined(separator: ","))]}"#
        let printed = try #require(AlertListAnswer(json: Array(json.utf8))).text
        #expect(printed.split(separator: "\n").dropFirst().map { $0.prefix(1) } == ["d", "e", "b", "a", "c"], "\(printed)")
    }

    @Test(arguments: [
        (TargetHealth(), false, "untried"), (TargetHealth(), true, "failing"), (AlertListTests.health(.delivered), true, "ok"),
        (AlertListTests.health(.failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil)), false, "failing")
    ])
    func `a target is ok once it took something, and not before`(health: TargetHealth, isRetrying: Bool, state: String) {
        let status = TargetStatus(
            name: "ops", kind: "webhook", shown: "127.0.0.1", pending: 0, health: health, nextAttempt: nil, pausedStatus: nil,
            givenUp: 0, isRetrying: isRetrying)
        #expect(status.state == state && status.isUp == ["ok": true, "failing": false][state])
    }

    private static func health(_ outcome: AlertOutcome) -> TargetHealth {
        var health = TargetHealth()
        _ = health.ended(outcome, at: WallTime(seconds: 1_800_000_000))
        return health
    }

    @Test(arguments: [(60, "1 min"), (90, "90 s"), (9_000, "150 min"), (86_400, "24 h"), (259_200, "3 days")])
    func `a condition has its limit as it was written down`(seconds: Int64, words: String) {
        #expect(AlertRule.Condition.unavailable(.seconds(seconds)).words == "unavailable " + words)
    }
}
