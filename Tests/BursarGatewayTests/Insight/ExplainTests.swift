import BursarCatalog
import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarText

/// Cause, end and remedy of what a row says, for twenty ways in which a provider can behave.
@Suite(.timeLimit(.minutes(2)))
struct ExplainTests {
    @Test(arguments: [
        ("401", "rejected the key", "the configuration itself"), ("403", "refuses it this question", "the right to read"),
        ("429", "asked to wait", "Wait"), ("429-retry-after-3", "asked to wait", "Wait"), ("429-date-5", "asked to wait", "Wait"),
        ("429-text-17", "asked to wait", "Wait"), ("429-ratelimit-30", "asked to wait", "Wait"),
        ("503-retry-after-2", "asked to wait|answered with an error", "Wait"),
        ("500", "answered with an error", "growing pauses"),
        ("502", "answered with an error", "growing pauses"), ("404", "answered with an error", "ask the provider"),
        ("redirect", "answered with a redirect", "base_url"),
        ("reset", "could not be reached", "network"), ("truncated", "could not be reached|something else", "network|definition"),
        ("truncated-json", "something else than it documents", "definition"),
        ("html", "something else than it documents", "definition"),
        ("wrong-types", "something else than it documents", "definition"),
        ("duplicate-keys", "something else than it documents", "definition"),
        ("huge", "something else than it documents", "definition"),
        ("bad-gzip", "something else than it documents", "definition"),
        ("gzip-bomb", "something else than it documents", "definition"), ("depleted", "Nothing is left", "Top the account up"),
        ("low", "low", "Top the account up"), ("ok", "The reading is fresh", "nothing to do")
    ])
    func `a fault is named with its cause, its end and its remedy`(scenario: String, cause: String, remedy: String) async throws {
        let low = scenario == "low" ? ", low: 5" : ""
        try await TestGateway.with(["provider: tensorpix, key: mock-\(scenario)\(low)"]) { gateway async throws in
            let cold = try await gateway.get("/v1/explain/tensorpix/default").json
            #expect(cold?["cause"]?.text?.contains("Nobody has asked") == true)
            _ = try await gateway.get("/v1/balances")
            let answer = try await gateway.get("/v1/explain/tensorpix/default")
            let (said, toDo) = (answer.json?["cause"]?.text ?? "", answer.json?["remedy"]?.text ?? "")
            #expect(cause.split(separator: "|").contains { said.contains($0) }, "\(said)")
            // A key that stands in the configuration comes from there; it is not named.
            #expect(remedy.split(separator: "|").contains { toDo.contains($0) }, "\(toDo)")
            #expect(answer.json?["ends"]?.text?.isEmpty == false)
            #expect(!answer.text.contains("mock-"))
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:1", "could not be reached: connection refused.", "base_url"),
        ("https://no-such-host.invalid", "could not be reached: name not resolved.", "network"),
        ("TLS", "could not be reached: tls not spoken.", "base_url"), ("page", "something else than it documents", "base_url"),
        ("404", "answered with an error", "ask the provider")
    ])
    func `a configuration that leads elsewhere is named, also by the command`(place: String, cause: String, remedy: String)
        async throws
    {
        let mocks = try await MockProviders.start()
        let elsewhere = try await RecordingUpstream.start(answering: "<html>It works!</html>")
        let url =
            switch place {
            case "TLS": elsewhere.url.replacing("http:", with: "https:")
            case "page": elsewhere.url
            case "404": mocks.url + "/no-such-provider"
            default: place
            }
        let gateway = try await TestGateway.start(
            ["provider: tensorpix, key: mock-ok, base_url: '\(url)'"], clock: ManualClock(), mocks: mocks)
        do {
            _ = try await gateway.get("/v1/balances")
            let answer = try await gateway.get("/v1/explain/tensorpix/default")
            let (said, toDo) = (answer.json?["cause"]?.text ?? "", answer.json?["remedy"]?.text ?? "")
            #expect(said.contains(cause), "\(said)")
            #expect(toDo.contains(remedy), "\(toDo)")
            #expect(answer.json?["ends"]?.text?.isEmpty == false)
            let program = try ChildProgram(["explain", "--url", gateway.url, "tensorpix/default"])
            #expect(await program.untilEnd() == 0, "\(program.complaintText)")
            let printed = String(decoding: program.output, as: UTF8.self)
            #expect(printed.contains(said) && printed.contains(toDo), "\(printed)")
            gateway.outflow.saw(program.output)
            gateway.outflow.saw(program.complaint)
        } catch {
            try await gateway.stop()
            throw error
        }
        try await gateway.stop()
        await elsewhere.stop()
        await mocks.stop()
    }

    private static let definition = AcmeDefinition.yaml(
        schema: "{type: object, properties: {balance: {type: number}}}", example: "{balance: 1}",
        mapping: #"links: {documentation: "https://acme.example/docs", top_up: "https://acme.example/our-contract"}, "#
            + "amounts: [{unit: USD, available: balance}]")

    @Test func `where more is bought is said by the remedy, the JSON and the command`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write(Self.definition, to: "acme.yaml")
        let upstream = try await RecordingUpstream.start(answering: #"{"balance": 0}"#, #"{"balance": 3}"#)
        let account = "provider: acme, key: 'some-key-of-mine', low: 5, base_url: '\(upstream.url)'"
        try await TestGateway.with([account], settings: "providers: ['\(file)']") { gateway async throws in
            for cause in ["Nothing is left", "the balance is low"] {
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                let answer = try await gateway.get("/v1/explain/acme/default")
                #expect(answer.json?["cause"]?.text?.contains(cause) == true, "\(answer.text)")
                #expect(answer.json?["remedy"]?.text?.contains("(https://acme.example/our-contract)") == true, "\(answer.text)")
                #expect(answer.json?["top_up"]?.text == "https://acme.example/our-contract")
                let printed = ExplainAnswer(json: answer.bytes)?.text ?? ""
                #expect(printed.contains("top up        https://acme.example/our-contract\n"), "\(printed)")
                gateway.clock.advance(by: .seconds(60))
            }
        }
        await upstream.stop()
    }

    @Test func `the command leaves out nothing that the JSON knows`() throws {
        let json =
            #"{"schema": "bursar.explain.v1", "status": "fresh", "budget_left": 3, "claimed": "20.50", "last_success": null,"#
            + #" "last_asked": "2026-11-20T22:56:00.000Z", "generated_at": "2026-11-20T23:00:30.000Z","#
            + #" "targets_failing": ["dead"]}"#
        let text = try #require(ExplainAnswer(json: Array(json.utf8))).text
        #expect(
            text == """
                status        fresh
                last wanted   2026-11-20T22:56:00.000Z (4 min ago)
                calls left    3
                claimed       20.50
                alerts        do not reach dead: `bursar alert list` says why

                """)
    }

    @Test func `the command says what was read and when, of which unit and window, and until when nobody is told`() throws {
        let json =
            #"{"schema": "bursar.explain.v1", "generated_at": "2026-11-20T23:00:30.000Z", "status": "stale", "#
            + #""available": "12.5", "unit": "USD", "fetched_at": "2026-11-20T22:59:00.000Z", "amounts": ["#
            + #"{"kind": "available", "value": "12.5", "unit": "USD"}, {"kind": "used", "value": "3", "unit": "USD"}], "#
            + #""budget_left": 11, "budget_calls": 12, "budget_seconds": 60, "claimed": "7.5", "#
            + #""muted_until": "2026-11-21T01:00:00.000Z"}"#
        let text = try #require(ExplainAnswer(json: Array(json.utf8))).text
        #expect(
            text == """
                status        stale
                available     12.5 USD, read 1 min ago
                              3 USD used
                calls left    11 of 12 in 1 min
                claimed       7.5 USD
                muted         until 2026-11-21T01:00:00.000Z: nobody is told of its alerts

                """)
    }

    @Test func `what is old hides neither that nothing was left nor what was read`() async throws {
        let account = "provider: tensorpix, key: mock-depleted, ttl: 10s"
        try await TestGateway.with([account]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            gateway.clock.advance(by: .seconds(120))
            let answer = try await gateway.get("/v1/explain/tensorpix/default")
            let row = try #require(answer.json)
            #expect(row["status"]?.text == "stale", "\(answer.text)")
            #expect(
                row["cause"]?.text == "Nothing was left when it was read 2 min ago. The reading is past its ttl, "
                    + "and the provider was not asked since.", "\(answer.text)")
            #expect(row["remedy"]?.text?.contains("If nothing was added since, top the account up at the provider") == true)
            let printed = try #require(ExplainAnswer(json: answer.bytes)).text
            let amount = "\(row["available"]?.text ?? "-") \(row["unit"]?.text ?? "-")"
            #expect(printed.contains("available     \(amount), read 2 min ago\n"), "\(printed)")
        }
    }

    @Test func `a spent budget is told the same by every answer that says when to come back`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, ttl: 10s"]) { gateway async throws in
            for _ in 0..<14 { _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache")) }
            gateway.clock.advance(by: .seconds(11))
            let status = try await gateway.get("/v1/status").json?["accounts"]?[0]
            #expect(status?["status"]?.text == "stale" && status?["budget_left"] == .number("0"))
            let next = try #require(status?["next_attempt"]?.text)
            let explained = try await gateway.get("/v1/explain/sunor/default").json
            #expect(explained?["cause"]?.text?.contains("documented limit that this gateway takes is used up") == true)
            #expect(
                explained?["ends_at"]?.text == next && explained?["ends"]?.text?.contains("may ask the provider again in") == true
            )
            #expect(explained?["remedy"]?.text?.contains("no-cache") == false)
            let guarded = try await gateway.get("/v1/guard?account=sunor&needs=0.01").json
            #expect(guarded?["reason"]?.text == "stale" && guarded?["retry_at"]?.text == next)
            let required = try await gateway.get("/v1/balances?require=sunor")
            let claimed = try await gateway.send(
                "/v1/claims", method: .POST, [("idempotency-key", "a")], body: Array(#"{"account":"sunor","amount":"0.01"}"#.utf8)
            )
            #expect(required.status == 503 && claimed.status == 503, "\(claimed.text)")
            let seconds = try #require(claimed.headers.first(name: "retry-after").flatMap { Int($0) }, "\(claimed.text)")
            #expect(required.headers["retry-after"] == ["\(seconds)"])
            // And it is so.
            gateway.clock.advance(by: .seconds(seconds))
            #expect(try await gateway.get("/v1/guard?account=sunor&needs=0.01").json?["decision"]?.text == "yes")
        }
    }

    @Test func `where nobody asks, an explanation promises no call`() async throws {
        try await TestGateway.with(["provider: sunor, key: a-key-that-names-no-scenario"]) { gateway async throws in
            try gateway.mocks.set(#require(MockScenario("429-retry-after-2")), for: "sunor")
            _ = try await gateway.get("/v1/balances")
            gateway.clock.advance(by: .seconds(5))
            let answer = try await gateway.get("/v1/explain/sunor/default").json
            #expect(answer?["ends"]?.text == "The next request asks again." && answer?["ends_at"] == .null)
            #expect(answer?["remedy"]?.text?.contains("by itself") == false)
            #expect(answer?["remedy"]?.text?.contains("the first request behind that asks again") == true)
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
        }
    }

    @Test func `another key needs no cooldown to be cleared, and the same one does`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-401"]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            let answer = try await gateway.get("/v1/explain/sunor/default").json
            let remedy = answer?["remedy"]?.text ?? ""
            #expect(remedy.contains("reload: another key is asked with at once"), "\(remedy)")
            #expect(remedy.contains("accepts this one again, `bursar retry sunor/default` asks at once"), "\(remedy)")
        }
    }

    @Test func `a reading that is past its ttl was not asked for since`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, ttl: 10s, stale_for: 60s"]) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            gateway.clock.advance(by: .seconds(11))
            let stale = try await gateway.get("/v1/explain/sunor/default").json
            #expect(stale?["cause"]?.text == "The reading is past its ttl, and the provider was not asked since.")
            gateway.clock.advance(by: .seconds(120))
            let gone = try await gateway.get("/v1/explain/sunor/default").json
            #expect(gone?["cause"]?.text == "There is no reading that may be shown, and the provider was not asked since.")
        }
    }

    @Test func `an open circuit names the failure behind it`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-500"]) { gateway async throws in
            for _ in 0..<8 {
                _ = try await gateway.fresh("/v1/balances")
                gateway.clock.advance(by: .seconds(70))
            }
            _ = try await gateway.fresh("/v1/balances")
            let answer = try await gateway.get("/v1/explain/sunor/default").json
            #expect(answer?["problem"]?.text == "circuit_open")
            #expect(answer?["cause"]?.text?.contains("answered with an error (HTTP 500)") == true)
            #expect(answer?["ends_at"]?.text != nil)
            let row = try await gateway.get("/v1/balances").row(0)
            #expect(row?["problem"]?["title"]?.text?.hasSuffix("is left alone for a while (HTTP 500)") == true)
        }
    }
}
