import BursarCatalog
import BursarEngine
import BursarModel
import Testing

@testable import BursarGateway
@testable import BursarText

@Suite struct RowProblemTests {
    @Test func `a row without a value always says why (C17)`() throws {
        let id = AccountID(provider: try #require(ProviderID("sunor")), account: .default)
        let row = BalanceRow(id: id, title: "Sunor", lowLimit: nil, view: .empty, otherwise: nil)
        let json = try JSONReader.read(row.json)
        #expect(json["status"]?.text == "unavailable")
        #expect(json["problem"]?["code"]?.text != nil && json["problem"]?["reason"]?.text == "not_read_yet")
        // The caller's own wait, where that is known.
        let waited = BalanceRow(
            id: id, title: "Sunor", lowLimit: nil, view: .empty, otherwise: Problem(code: .rateLimited))
        #expect(try JSONReader.read(waited.json)["problem"]?["code"]?.text == "rate_limited")
    }

    @Test func `a row that nobody has read accuses no provider`() throws {
        let id = AccountID(provider: try #require(ProviderID("sunor")), account: .default)
        let row = BalanceRow(id: id, title: "Sunor", lowLimit: nil, view: .empty, otherwise: nil)
        #expect(try JSONReader.read(row.json)["problem"]?["title"]?.text == "nobody has asked Sunor yet")
        #expect(row.tableLine.problem == "nobody has asked Sunor yet")
        let late = BalanceRow(id: id, title: "Sunor", lowLimit: nil, view: .empty, otherwise: Problem(code: .timeout))
        #expect(late.tableLine.problem == "Sunor did not answer in time")
    }

    @Test func `an open circuit tells what its last call came to, in the row, the table and the problem document`() throws {
        let id = AccountID(provider: try #require(ProviderID("sunor")), account: .default)
        func open(_ status: Int?, _ reason: String?) -> BalanceRow {
            let problem = Problem(code: .circuitOpen, upstreamStatus: status, reason: reason)
            return BalanceRow(id: id, title: "Sunor", lowLimit: nil, view: .empty, otherwise: problem)
        }
        let cases: [(status: Int?, reason: String?, told: String)] = [
            (nil, "connection_refused", " (connection refused)"), (500, nil, " (HTTP 500)"), (nil, nil, ""),
            (302, "redirect_refused", " (redirect refused)"), (200, "the body is not JSON", " (the body is not JSON)")
        ]
        for (status, reason, told) in cases {
            let row = open(status, reason)
            let title = "Sunor failed too often and is left alone for a while" + told
            #expect(row.tableLine.problem == title)
            let problem = try JSONReader.read(row.json)["problem"]
            #expect(problem?["title"]?.text == title && problem?["reason"]?.text == reason)
        }
        let detail = Problem(code: .circuitOpen, reason: "connection_refused").detail(until: nil)
        #expect(detail == "Several calls in a row failed, the last one by this: connection refused.")
    }

    /// A hold of 46 s more, and a wall clock that was set back by a day since.
    private func heldRow(_ now: Moment) throws -> BalanceRow {
        let until = Moment(
            monotonic: now.monotonic.advanced(by: .seconds(46)), wall: now.wall.advanced(by: .seconds(86_400 + 46)))
        let view = AccountView(
            status: .unavailable, reading: nil, fetchedAt: nil, expiresAt: nil, validUntil: .distantFuture,
            problem: Problem(code: .rateLimited, retryAt: until.wall), errorReply: nil,
            hold: Hold(kind: .cooldown, until: until), isRefreshing: false)
        let id = AccountID(provider: try #require(ProviderID("sunor")), account: .default)
        return BalanceRow(id: id, title: "Sunor", lowLimit: nil, view: view, now: now)
    }

    private let now = Moment(monotonic: MonotonicTime(nanoseconds: 5_000_000_000), wall: WallTime(seconds: 1_800_000_000))

    @Test func `a wall clock that was set back does not make a hold longer`() throws {
        let row = try heldRow(now)
        let end = now.wall.advanced(by: .seconds(46))
        #expect(try JSONReader.read(row.json)["problem"]?["retry_at"]?.text == end.rfc3339)
        #expect(BalanceTable([row.tableLine]).text(now: now.wall).contains("asked again in 46 s"))
        #expect(BalancesDocument.Row(row, now: now).retryAt == now.monotonic.advanced(by: .seconds(46)))
    }

    @Test func `a row is made anew once the wall clock was set, and not before`() throws {
        let (table, row) = (RowTable(count: 1), try heldRow(now))
        for _ in 0..<3 { _ = table.row(0, now: now) { _ in row } }
        #expect(table.renderedCount == 1)
        let set = Moment(monotonic: now.monotonic, wall: now.wall.advanced(by: .seconds(-3_600)))
        for _ in 0..<3 { _ = table.row(0, now: set) { _ in row } }
        #expect(table.renderedCount == 2)
    }

    @Test(arguments: [("-5", true), ("5", nil)] as [(String, Bool?)])
    func `C12: an amount below zero is low, where neither provider nor configuration says anything`(value: String, low: Bool?)
        throws
    {
        let id = AccountID(provider: try #require(ProviderID("sunor")), account: .default)
        let amount = Amount(
            kind: .available, value: try #require(ExactDecimal(value)), unit: try #require(AmountUnit("credits")))
        let reading = Reading(
            amounts: [amount], providerSaysLow: nil, asOf: nil,
            reply: UpstreamReply(status: 200, contentType: "application/json", body: []))
        let view = AccountView(
            status: .fresh, reading: reading,
            fetchedAt: Moment(monotonic: MonotonicTime(nanoseconds: 1), wall: WallTime(milliseconds: 1)), expiresAt: nil,
            validUntil: .distantFuture, problem: nil, errorReply: nil, hold: nil, isRefreshing: false)
        let row = try JSONReader.read(BalanceRow(id: id, title: "Sunor", lowLimit: nil, view: view, otherwise: nil).json)
        #expect(row["available"]?.text == value)
        #expect(row["low"] == low.map { .bool($0) } ?? .null, "\(row)")
    }

    @Test func `a ttl of a millisecond and no stale time give a value or a reason, whenever they are read (C17)`() async throws {
        try await TestGateway.with(["provider: sunor, key: mock-ok, ttl: 1ms, stale_for: 0s"]) { gateway async throws in
            for round in 0..<20 {
                let row = try #require(try await gateway.fresh("/v1/balances").row(0))
                #expect(row["available"]?.text != nil || row["problem"]?["code"]?.text != nil, "\(row)")
                gateway.clock.advance(by: .microseconds(round * 150))
            }
        }
    }
}
