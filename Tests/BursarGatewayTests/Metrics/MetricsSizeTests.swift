import BursarCatalog
import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// How much a scrape is, and how long it takes.
@Suite(.timeLimit(.minutes(3)))
struct MetricsSizeTests {
    @Test func `thirty accounts that have seen a lot are at most 1,500 series`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let providers = TestGateway.routes.keys.sorted()
        let accounts = (0..<30).map { number in
            let scenario = ["ok", "drift", "401", "429-retry-after-300", "500", "top-up"][number / 5]
            return "provider: \(providers[number % 5]), name: a\(number), key: mock-\(scenario), low: 3"
        }
        try await TestGateway.with(accounts, settings: "store: sqlite:\(folder.file("bursar.db"))") { gateway async throws in
            for _ in 0..<4 {
                for path in ["/v1/balances", "/v1/balances?pretty", "/v1/status", "/v1/providers", "/openapi.json", "/livez", "/"]
                {
                    _ = try await gateway.get(path, ("cache-control", "no-cache"))
                    _ = try await gateway.get(path)
                    _ = try await gateway.get(path, method: .HEAD)
                }
                for (provider, path) in TestGateway.routes {
                    _ = try await gateway.get(path)
                    _ = try await gateway.get("/v1/guard?account=\(provider)/a0&needs=1")
                    _ = try await gateway.get("/v1/explain/\(provider)/a0")
                }
                _ = try await gateway.get("/nothing")
                gateway.clock.advance(by: .seconds(400))
            }
            try await gateway.stored()
            let metrics = try await gateway.get("/metrics").text
            let series = metrics.split(separator: "\n").count { !$0.hasPrefix("#") }
            // And the runways of all of them, which take days to come: four times for each unit.
            let units = metrics.split(separator: "\n").count { $0.hasPrefix("bursar_spent_total{") }
            print("series of 30 accounts: \(series), with runways \(series + 4 * units)")
            #expect(series + 4 * units <= 1_500)
        }
    }

    @Test func `ten thousand accounts are written in one go, and a hit does not wait for them`() async throws {
        let accounts = (0..<10_000).map { "provider: sunor, name: a\($0), key: mock-ok" }
        try await TestGateway.with(accounts) { gateway async throws in
            _ = try await gateway.get("/v1/balances/sunor/a0")
            let clock = ContinuousClock()
            var metrics = ""
            let took = try await clock.measure { metrics = try await gateway.get("/metrics").text }
            print("a scrape of 10,000 accounts: \(took), \(metrics.utf8.count) bytes (debug build)")
            #expect(metrics.split(separator: "\n").count { $0.hasPrefix("bursar_account_status{") } == 30_000)
            // Two scrapes are being made; a hit is answered all the same, before either.
            let scrapes = (0..<2).map { _ in Task { _ = try await gateway.get("/metrics") } }
            #expect(try await gateway.get("/v1/balances/sunor/a0").status == 200)
            for scrape in scrapes { try await scrape.value }
        }
    }
}
