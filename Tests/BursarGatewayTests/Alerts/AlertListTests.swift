import BursarCatalog
import BursarMocks
import TestSupport
import Testing

@testable import BursarGateway

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
            var answer = try await gateway.get("/v1/alerts")
            for _ in 0..<500 where answer.json?["alerts"]?[0]?["fires_at"] == .null {
                // The desk hears of the answer in a task of its own.
                try await Task.sleep(for: .milliseconds(10))
                answer = try await gateway.get("/v1/alerts")
            }
            let alert = answer.json?["alerts"]?[0]
            // The word is what it was: what reads it goes on.
            #expect(alert?["state"]?.text == "ok" && alert?["firing"]?.boolean == false, "\(answer.text)")
            #expect(alert?["fires_at"]?.text != nil)
            let printed = try #require(AlertListAnswer(json: answer.bytes)).text
            #expect(printed.contains("key rejected  pending, fires in "), "\(printed)")
        }
    }

    @Test(arguments: [
        (#""state": "ok", "firing": false, "fires_at": "2026-11-27T10:04:00.000Z""#, "pending, fires in 4 min"),
        (#""state": "ok", "firing": false, "fires_at": "2026-11-27T09:59:00.000Z""#, "pending, fires now"),
        (#""state": "ok", "firing": false, "fires_at": null"#, "ok"), (#""state": "ok", "firing": false"#, "ok"),
        (#""state": "firing", "firing": true, "fires_at": null"#, "firing"),
        (#""state": "unknown", "firing": true"#, "unknown (fired)"), (#""state": "unknown", "firing": false"#, "unknown")
    ])
    func `a state is one phrase`(members: String, phrase: String) throws {
        let json =
            #"{"schema": "bursar.alerts.v1", "generated_at": "2026-11-27T10:00:00.000Z", "#
            + #""alerts": [{"account": "sunor/default", "condition": "key rejected", \#(members), "since": "then"}]}"#
        let printed = try #require(AlertListAnswer(json: Array(json.utf8))).text
        #expect(printed.contains("sunor/default  key rejected  \(phrase)"), "\(printed)")
    }
}
