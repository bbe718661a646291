import BursarCatalog
import BursarEngine
import BursarMocks
import BursarModel
import BursarStore
import TestSupport
import Testing

@testable import BursarGateway

/// What an account had over time, over real sockets and a store on disk.
@Suite(.timeLimit(.minutes(2)))
struct HistoryTests {
    private func withHistory(_ body: (TestGateway) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(
            ["provider: sunor, key: mock-drift"], settings: "store: sqlite:\(folder.file("bursar.db"))"
        ) { gateway async throws in
            for _ in 0..<6 {
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                gateway.clock.advance(by: .seconds(60))
            }
            try await gateway.stored()
            try await body(gateway)
        }
    }

    private let path = "/v1/balances/sunor/default/history"

    @Test func `changes come oldest first, in pages, as JSON and as CSV`() async throws {
        try await withHistory { gateway async throws in
            let whole = try await gateway.get(path + "?since=1h").json
            let entries = try #require(whole?["entries"]?.elements)
            #expect(entries.count == 6 && whole?["next"] == .null)
            let first = try await gateway.get(path + "?since=1h&limit=4").json
            #expect(first?["entries"]?.elements == Array(entries.prefix(4)))
            let next = try #require(first?["next"]?.text)
            #expect(
                try await gateway.get(path + "?since=1h&limit=4&after=\(next)").json?["entries"]?.elements
                    == Array(entries.suffix(2)))
            let csv = try await gateway.get(path + "?since=1h&format=csv").text
            #expect(csv.hasPrefix("at,until,kind,value,unit,part\r\n"))
        }
    }

    // `bursar history` asks for one page, and would leave out the newest entries of more.
    @Test func `the longest page holds all that is ever kept of an account`() {
        #expect(HistoryBounds().longest <= HistoryRoute.longestPage)
    }

    @Test func `a step invents no point where nobody knows`() async throws {
        try await withHistory { gateway async throws in
            let answer = try await gateway.get(path + "?since=10m&step=1s").json
            let entries = try #require(answer?["entries"]?.elements)
            // Each reading was seen for one moment: at most one point each.
            #expect(entries.count <= 6)
        }
    }

    @Test func `a wrong window or step is told, and nothing else happens`() async throws {
        try await withHistory { gateway async throws in
            for query in [
                "since=1h&until=2h", "step=0s", "since=720h&step=1s", "step=x", "format=xml", "limit=0", "since=yesterday",
                "until=9999-12-31T23:59:59-23:59", "by=week", "by=day&format=csv", "by=day&since=900d", "other=1"
            ] { #expect(try await gateway.get(path + "?" + query).status == 400, "\(query)") }
            #expect(try await gateway.get("/v1/balances/sunor/nobody/history").status == 404)
        }
    }

    @Test func `without a store there is no history, and it says so`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok"]) { gateway async throws in
            let answer = try await gateway.get(path)
            #expect(answer.status == 503)
            #expect(answer.json?["detail"]?.text?.hasPrefix("No history is kept here: none of STATE_DIRECTORY") == true)
            #expect(try await gateway.get("/v1/balances?include=runway").row(0)?["runway"]?.elements?.isEmpty == true)
        }
    }

    @Test func `a history that cannot be read says why, and not that the store was removed`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = folder.file("bursar.db")
        let other = SQLiteStore(path: file) { WallTime(seconds: 0) }
        _ = try await other.open(identity: nil)
        try await TestGateway.with(["provider: sunor, key: mock-ok"], settings: "store: sqlite:\(file)") { gateway async throws in
            let answer = try await gateway.get(path)
            #expect(answer.status == 503)
            #expect(answer.json?["detail"]?.text == "The store is in use by another process.", "\(answer.text)")
        }
        await other.close()
        try await TestGateway.with(["provider: sunor, key: mock-ok"], settings: "store: memory") { gateway async throws in
            #expect(try await gateway.get(path).json?["detail"]?.text?.hasSuffix("as store: memory says.") == true)
        }
    }

    @Test func `a runway is asked for by name, says what is missing, and what was spent is counted`() async throws {
        try await withHistory { gateway async throws in
            #expect(try await gateway.get("/v1/balances").row(0)?["runway"] == nil)
            let runway = try await gateway.get("/v1/balances?include=runway").row(0)?["runway"]?[0]
            #expect(runway?["status"]?.text == "accumulating")
            #expect(runway?["words"]?.text == "not yet: 0 of 3 days seen")
            #expect(runway?["missing"]?["days"]?["needed"] == .number("3"))
            let metrics = try await gateway.get("/metrics").text
            #expect(metrics.contains("bursar_spent_total{provider=\"sunor\",account=\"default\",unit="))
            #expect(try await gateway.get("/v1/balances?include=everything").status == 400)
        }
    }

    @Test func `a step of whole days counts from midnight, and one of hours from when somebody asks`() throws {
        let entry = HistoryEntry(
            account: AccountID(provider: try #require(ProviderID("a")), account: .default), at: WallTime(seconds: 0),
            until: WallTime(seconds: 10 * 86_400), asOf: nil, providerSaysLow: nil, amounts: [])
        func hours(_ step: Duration, from: Int64) -> [Int64] {
            HistorySteps.take(
                [entry], every: step, from: WallTime(seconds: from * 3_600), to: WallTime(seconds: 75 * 3_600)
            ).map { $0.at.milliseconds / 3_600_000 }
        }
        #expect(hours(.seconds(86_400), from: 20) == [24, 48, 72])
        #expect(hours(.seconds(86_400), from: 24) == [24, 48, 72])
        #expect(hours(.seconds(2 * 86_400), from: 1) == [24, 72])
        #expect(hours(.seconds(20 * 3_600), from: 20) == [20, 40, 60])
    }

    @Test func `a step keeps what an entry covers and leaves a gap empty`() {
        func entry(_ at: Int64, _ until: Int64, _ value: Int) -> HistoryEntry {
            HistoryEntry(
                account: AccountID(provider: ProviderID("a") ?? { preconditionFailure() }(), account: .default),
                at: WallTime(seconds: at), until: WallTime(seconds: until), asOf: nil, providerSaysLow: nil,
                amounts: [
                    Amount(kind: .available, value: ExactDecimal(value), unit: AmountUnit("c") ?? { preconditionFailure() }())
                ])
        }
        let steps = HistorySteps.take(
            [entry(10, 30, 5), entry(60, 65, 4)], every: .seconds(10), from: WallTime(seconds: 0), to: WallTime(seconds: 80))
        #expect(steps.map { $0.at.milliseconds / 1_000 } == [10, 20, 30, 60])
        #expect(steps.map { $0.amounts[0].value } == [5, 5, 5, 4].map { ExactDecimal($0) })
    }
}
