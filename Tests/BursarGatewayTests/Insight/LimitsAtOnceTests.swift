import BursarCatalog
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// A provider that enforces a plan's and a key's limit at once, seen by everything that asks what an account has.
@Suite(.timeLimit(.minutes(2)))
struct LimitsAtOnceTests {
    private static func answer(workspace: String, used: String = "0", key: String, by keyUsed: String) -> String {
        #"{"limits_and_usage":{"units_limit_workspace":\#(workspace),"units_usage_workspace":\#(used),"#
            + #""units_limit_api_key":\#(key),"units_usage_api_key":\#(keyUsed)}}"#
    }

    private func withLimits(
        _ answers: [String], _ more: String = "", settings: String = "", _ body: (TestGateway) async throws -> Void
    ) async throws {
        let upstream = try await RecordingUpstream.start(
            answering: answers[0], answers[min(1, answers.count - 1)], answers[answers.count - 1])
        try await TestGateway.with(
            ["provider: ahrefs, key: a-key-of-nobody, base_url: '\(upstream.url)'\(more)"], settings: settings, body)
        await upstream.stop()
    }

    private func decision(_ gateway: TestGateway, _ query: String) async throws -> String? {
        try await gateway.get("/v1/guard?account=ahrefs&" + query).json?["decision"]?.text
    }

    private func claim(_ gateway: TestGateway, _ amount: String, key: String) async throws -> Int {
        try await gateway.send(
            "/v1/claims", method: .POST, [("idempotency-key", key), ("content-type", "application/json")],
            body: Array(#"{"account":"ahrefs/default","amount":"\#(amount)","unit":"units"}"#.utf8)
        ).status
    }

    private static let keyNearlyEmpty = answer(workspace: "100000", used: "40000", key: "5000", by: "4990")

    @Test func `the guard says no where the key is nearly empty, and a claim counts against the key's rest`() async throws {
        try await withLimits([Self.keyNearlyEmpty]) { gateway async throws in
            for unit in ["", "&unit=units"] {
                #expect(try await decision(gateway, "needs=3000" + unit) == "no")
                #expect(try await decision(gateway, "needs=10" + unit) == "yes")
            }
            #expect(try await claim(gateway, "11", key: "a") == 402)
            #expect(try await claim(gateway, "6", key: "b") == 201)
            #expect(try await decision(gateway, "needs=5") == "no")
            #expect(try await decision(gateway, "needs=4") == "yes")
        }
    }

    @Test func `the row and the table begin with the least, and tell the others beside it`() async throws {
        try await withLimits([Self.keyNearlyEmpty], ", low: 50") { gateway async throws in
            let row = try #require(try await gateway.get("/v1/balances").row(0))
            #expect(row["available"]?.text == "10" && row["unit"]?.text == "units" && row["low"] == .bool(true))
            let available = (row["amounts"]?.elements ?? []).filter { $0["kind"]?.text == "available" }
            #expect(available.map { $0["value"]?.text } == ["10", "60000"])
            #expect(available.map { $0["part"]?.text } == ["key", "workspace"])
            let table = try await gateway.get("/v1/balances", ("accept", "text/plain")).text.split(separator: "\n")
            #expect(table[1].contains("10  units key") && table[1].hasSuffix("LOW"), "\(table)")
            let metrics = try await gateway.get("/metrics").text
            for (part, value) in [("key", "10"), ("workspace", "60000")] {
                #expect(metrics.contains(#"kind="available",unit="units",part="\#(part)"} \#(value)"#), "\(part)")
            }
        }
    }

    @Test func `a key that is used up is low without a limit of its own, and leaves nothing to spend`() async throws {
        let answer = Self.answer(workspace: "100000", key: "5000", by: "5000")
        try await withLimits([answer]) { gateway async throws in
            let row = try #require(try await gateway.get("/v1/balances").row(0))
            #expect(row["available"]?.text == "0" && row["low"] == .bool(true))
            #expect(try await decision(gateway, "needs=1") == "no")
        }
    }

    @Test func `without a cap the plan's rest is the row's own, and without any there is no number to check`() async throws {
        let answers = [
            Self.answer(workspace: "100", key: "null", by: "7"), Self.answer(workspace: "null", key: "null", by: "7")
        ]
        try await withLimits(answers) { gateway async throws in
            #expect(try await decision(gateway, "needs=100") == "yes")
            #expect(try await decision(gateway, "needs=101") == "no")
            gateway.clock.advance(by: .seconds(3_600))
            let row = try #require(try await gateway.get("/v1/balances", ("cache-control", "no-cache")).row(0))
            #expect(row["available"] == .null && row["low"] == .bool(false))
            #expect(try await decision(gateway, "needs=1") == "unknown")
        }
    }

    @Test func `a part that takes the other's place is neither spent nor added, and each entry tells its own least`() async throws
    {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let answers = [
            Self.answer(workspace: "1000", key: "50", by: "10"), Self.answer(workspace: "1000", used: "5", key: "5000", by: "15"),
            Self.answer(workspace: "1000", used: "8", key: "5000", by: "18")
        ]
        try await withLimits(answers, settings: "store: sqlite:\(folder.file("bursar.db"))") { gateway async throws in
            for _ in 0..<3 {
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                gateway.clock.advance(by: .seconds(60))
            }
            try await gateway.stored()
            let metrics = try await gateway.get("/metrics").text
            for (name, value) in [("bursar_spent_total", "8"), ("bursar_topped_up_total", "0")] {
                #expect(metrics.contains("\(name){provider=\"ahrefs\",account=\"default\",unit=\"units\"} \(value)\n"), "\(name)")
            }
            let answer = try await gateway.get("/v1/balances/ahrefs/default/history?since=1h").json
            #expect((answer?["entries"]?.elements ?? []).map { $0["available"]?.text } == ["40", "995", "992"])
        }
    }

    @Test func `a limit that is not told makes the account unknown, though the other is known`() async throws {
        let upstream = try await RecordingUpstream.start(answering: #"{"balance":{"credits_remaining_usd":12.4}}"#)
        try await TestGateway.with(["provider: neuralwatt, key: a-key-of-nobody, base_url: '\(upstream.url)'"]) {
            gateway async throws in
            let row = try #require(try await gateway.get("/v1/balances").row(0))
            #expect(row["status"]?.text == "fresh" && row["available"] == .null && row["unit"] == .null)
            for unit in ["", "&unit=USD"] {
                let answer = try await gateway.get("/v1/guard?account=neuralwatt&needs=1" + unit)
                #expect(answer.json?["decision"]?.text == "unknown" && answer.json?["reason"]?.text == "no_amount")
                #expect(answer.json?["have"] == .null)
            }
            let table = try await gateway.get("/v1/balances", ("accept", "text/plain")).text.split(separator: "\n")
            #expect(table[1].contains("  -  ") && !table[1].contains("12.4"), "\(table)")
        }
        await upstream.stop()
    }
}
