import BursarCatalog
import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// May so much be spent? Every state of an account, and unknown never passes for enough.
@Suite(.timeLimit(.minutes(2)))
struct GuardTests {
    private func ask(_ gateway: TestGateway, _ query: String) async throws -> (status: Int, decision: String?, reason: String?) {
        let answer = try await gateway.get("/v1/guard?account=sunor/default&" + query)
        return (answer.status, answer.json?["decision"]?.text, answer.json?["reason"]?.text)
    }

    @Test func `enough and not enough, to the last digit`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-balance-20.5"]) { gateway async throws in
            #expect(try await ask(gateway, "needs=20.5") == (200, "yes", nil))
            #expect(try await ask(gateway, "needs=20.500000000000000001") == (200, "no", nil))
            #expect(try await ask(gateway, "needs=21&strict") == (402, "no", nil))
            let answer = try await gateway.get("/v1/guard?account=sunor&needs=0.5")
            #expect(answer.json?["have"]?.text == "20.5" && answer.json?["left_after"]?.text == "20.0")
            #expect(answer.json?["age"] == .number("0") && answer.json?["claimed"]?.text == "0")
        }
    }

    @Test(arguments: ["401", "403", "429-retry-after-300", "500", "html"])
    func `unknown is never enough, whatever the reason`(scenario: String) async throws {
        try await TestGateway.with(["provider: sunor, key: mock-\(scenario)"]) { gateway async throws in
            #expect(try await ask(gateway, "needs=1&strict") == (503, "unknown", "unavailable"))
            #expect(try await ask(gateway, "needs=1").decision == "unknown")
        }
    }

    @Test func `a stale reading within a cooldown is unknown, and says when the provider is asked again`() async throws {
        try await TestGateway.with(["provider: sunor, key: a-key-that-names-no-scenario"]) { gateway async throws in
            #expect(try await ask(gateway, "needs=0.01").decision == "yes")
            try gateway.mocks.set(#require(MockScenario("429-retry-after-300")), for: "sunor")
            gateway.clock.advance(by: .seconds(60))
            let answer = try await gateway.get("/v1/guard?account=sunor&needs=0.01")
            #expect(answer.json?["decision"]?.text == "unknown" && answer.json?["reason"]?.text == "stale")
            #expect(answer.json?["problem"]?.text == "rate_limited" && answer.json?["retry_at"]?.text != nil)
            #expect(answer.headers.first(name: "retry-after") == nil, "a decision that is no failure")
            let strict = try await gateway.get("/v1/guard?account=sunor&needs=0.01&strict")
            #expect(strict.status == 503 && strict.headers.first(name: "retry-after") == "300")
            // Whoever is content with an older one says so.
            #expect(try await ask(gateway, "needs=0.01&fresh=5m").decision == "yes")
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
        }
    }

    @Test func `a part beside an amount that is not known never stands in for it, for a guard or a claim`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let upstream = try await RecordingUpstream.start(answering: PartsDefinition.answer(plan: "null", pack: "5000"))
        try await TestGateway.with(
            ["provider: acme, key: a-key-of-nobody, base_url: '\(upstream.url)'"], settings: PartsDefinition.setting(in: folder)
        ) { gateway async throws in
            let row = try #require(try await gateway.get("/v1/balances").row(0))
            #expect(row["status"]?.text == "fresh" && row["available"] == .null)
            for unit in ["", "&unit=credits"] {
                let answer = try await gateway.get("/v1/guard?account=acme&needs=4000&strict" + unit)
                #expect(answer.status == 503 && answer.json?["decision"]?.text == "unknown", "\(answer.text)")
                #expect(answer.json?["reason"]?.text == "no_amount" && answer.json?["have"] == .null)
            }
            for unit in ["", #","unit":"credits""#] {
                let claim = try await gateway.send(
                    "/v1/claims", method: .POST, [("idempotency-key", "job"), ("content-type", "application/json")],
                    body: Array(#"{"account":"acme/default","amount":"4000"\#(unit)}"#.utf8))
                #expect(claim.status == 503 && claim.json?["type"]?.text == "urn:bursar:problem:cannot_say")
                #expect(claim.json?["detail"]?.text?.contains("no_amount") == true, "\(claim.text)")
            }
        }
        await upstream.stop()
    }

    @Test func `a bad question is told apart from a bad balance`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            for query in [
                "", "needs=", "needs=-1", "needs=0", "needs=many", "needs=0.0000000000000000001", "needs=1&fresh=soon",
                "needs=1&strict=perhaps", "needs=1&x=1"
            ] {
                #expect(try await ask(gateway, query).status == 400, "\(query)")
            }
            let unit = try await gateway.get("/v1/guard?account=sunor&needs=1&unit=EUR")
            #expect(unit.status == 400 && unit.text.contains("It has: "))
            #expect(try await gateway.get("/v1/guard?account=nobody&needs=1").status == 404)
            #expect(try await gateway.get("/v1/guard?needs=1").status == 400)
        }
    }
}
