import BursarCatalog
import BursarMocks
import BursarModel
import Foundation
import TestSupport
import Testing

@testable import BursarGateway

/// `increase(bursar_spent_total[1d])` against the provider's own ledger, over a day with two top-ups, a refund and a restart. Time is moved;
/// Prometheus itself does the arithmetic, over what each poll's scrape said.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct SpendingDayTests {
    /// What the provider books, between polls and whether anybody looks. *Value.*
    private struct Ledger {
        var left = 500
        var spent = 0
        var toppedUp = 0
        var largestStep = 0

        mutating func live(poll: Int) {
            var step = 0
            for job in 0..<(poll % 4) { step += (poll * 7 + job * 3) % 5 }
            left -= step
            spent += step
            largestStep = max(largestStep, step)
            switch poll {
            case 90, 200:
                left += 1_000
                toppedUp += 1_000
            case 150:
                // A job failed: its price comes back.
                left += 9
                spent -= 9
            default: break
            }
        }
    }

    @Test(.enabled(if: LocalProgram.has("prometheus", "promtool", "curl"), "prometheus or curl is not installed"))
    func `the increase of a day is what the provider booked, within a poll`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let clock = ManualClock()
        let mocks = try await MockProviders.start()
        var ledger = Ledger()
        var samples: [String] = []
        let accounts = ["provider: sunor, key: a-key-that-names-no-scenario, ttl: 1m"]
        let settings = "store: sqlite:\(folder.file("bursar.db"))"
        var gateway = try await TestGateway.start(accounts, settings: settings, clock: clock, mocks: mocks)
        var booked = (first: 0, last: 0)
        var times = (first: "", last: "")
        for poll in 0...288 {
            ledger.live(poll: poll)
            try mocks.set(#require(MockScenario("balance-\(ledger.left)")), for: "sunor")
            // It is down for half an hour, and the provider goes on.
            if poll == 120 {
                try await gateway.stop()
            } else if poll == 126 {
                gateway = try await TestGateway.start(accounts, settings: settings, clock: clock, mocks: mocks)
            }
            if !(120..<126).contains(poll) {
                #expect(try await gateway.get("/v1/balances", ("cache-control", "no-cache")).status == 200)
                try await gateway.stored()
                let time = clock.now.wall.timestampText
                for line in try await gateway.get("/metrics").text.split(separator: "\n")
                where line.hasPrefix("bursar_spent_total{") {
                    samples.append("\(line) \(time)")
                }
                if poll == 0 { (booked.first, times.first) = (ledger.spent, time) }
                (booked.last, times.last) = (ledger.spent, time)
            }
            clock.advance(by: .seconds(300))
        }
        try await gateway.stop()
        await mocks.stop()
        #expect(ledger.toppedUp == 2_000 && samples.count >= 282)

        let file = try folder.write(
            "# HELP bursar_spent Spent.\n# TYPE bursar_spent counter\n" + samples.joined(separator: "\n") + "\n# EOF\n",
            to: "samples.txt")
        let blocks = try await LocalProgram.run(
            "promtool", ["tsdb", "create-blocks-from", "openmetrics", file, folder.file("data")])
        #expect(blocks.status == 0, "\(blocks.complaint)")
        let prometheus = try await RealPrometheus.start("global: {}\n", data: folder.file("data"), in: folder)
        let result: [String]
        do {
            result = try await prometheus.ask("increase(bursar_spent_total[1d])", at: times.last).map(\.value)
        } catch {
            await prometheus.stop()
            throw error
        }
        await prometheus.stop()
        let increase = try #require(result.first.flatMap { Double($0) })
        let spent = Double(booked.last - booked.first)
        print(
            "increase(bursar_spent_total[1d]) = \(increase); the ledger says \(spent); a poll spends at most \(ledger.largestStep)"
        )
        #expect(result.count == 1 && spent > 500)
        #expect(abs(increase - spent) <= Double(ledger.largestStep))
    }
}
