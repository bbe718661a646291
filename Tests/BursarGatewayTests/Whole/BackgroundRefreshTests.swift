import BursarCatalog
import BursarMocks
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway

/// `refresh`, with the test's clock.
@Suite(.timeLimit(.minutes(2)))
struct BackgroundRefreshTests {
    private func sunor(_ more: String, key: String = "mock-ok") -> [String] { ["provider: sunor, key: \(key), \(more)"] }

    /// Until the mock has counted so many calls, and the last one has ended: that is an event of another thread.
    private func calls(_ gateway: TestGateway, reach count: Int) async throws {
        try await eventually {
            try gateway.mocks.calls(for: "sunor") >= count && gateway.callsUnderWay == 0
        }
    }

    @Test func `an account that somebody asked for is kept fresh, and nobody waits`() async throws {
        try await TestGateway.with(sunor("ttl: 60s, refresh: 30s")) { gateway async throws in
            _ = try await gateway.fresh("/v1/balances")
            for round in 2...5 {
                gateway.clock.advance(by: .seconds(30))
                try await calls(gateway, reach: round)
                let answer = try await gateway.fresh("/v1/balances")
                #expect(answer.row(0)?["status"]?.text == "fresh")
            }
            #expect(try gateway.mocks.calls(for: "sunor") <= 6)
        }
    }

    /// Callers that get the ready answer are not heard of, so at each moment that it is due the last one seems an interval ago.
    @Test func `an account that is polled all the time is kept fresh although refresh_for is shorter than refresh`() async throws
    {
        try await TestGateway.with(sunor("ttl: 60s, refresh: 30s"), settings: "defaults: {refresh_for: 10s}") {
            gateway async throws in
            _ = try await gateway.get("/v1/balances")
            for round in 2...5 {
                gateway.clock.advance(by: .seconds(30))
                try await calls(gateway, reach: round)
                while try await gateway.get("/v1/status").json?["accounts"]?[0]?["call"]?.text != "none" {}
                for _ in 0..<3 { _ = try await gateway.get("/v1/balances") }
            }
        }
    }

    @Test func `what fell due while the machine was suspended is asked within a minute`() async throws {
        try await TestGateway.with(sunor("refresh: 6h"), settings: "defaults: {refresh_for: 48h}") { gateway async throws in
            _ = try await gateway.fresh("/v1/balances")
            gateway.clock.suspend(for: .seconds(6 * 3_600))
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            gateway.clock.advance(by: .seconds(60))
            try await calls(gateway, reach: 2)
        }
    }

    @Test func `an account that nobody asks for is left alone, and sleeps again after the last caller`() async throws {
        try await TestGateway.with(sunor("refresh: 30s"), settings: "defaults: {refresh_for: 2m}") { gateway async throws in
            for _ in 0..<10 { gateway.clock.advance(by: .seconds(30)) }
            #expect(try gateway.mocks.calls(for: "sunor") == 0)
            _ = try await gateway.fresh("/v1/balances")
            for _ in 0..<40 {
                gateway.clock.advance(by: .seconds(30))
                // A call that has begun must end before the next is due, or they would be one.
                while try await gateway.get("/v1/status").json?["accounts"]?[0]?["call"]?.text != "none" {}
            }
            let calls = try gateway.mocks.calls(for: "sunor")
            #expect((4...6).contains(calls), "\(calls) calls")
        }
    }

    @Test func `a cooldown is not pierced`() async throws {
        try await TestGateway.with(sunor("refresh: 10s", key: "mock-429-retry-after-600")) { gateway async throws in
            _ = try await gateway.fresh("/v1/balances")
            for _ in 0..<50 { gateway.clock.advance(by: .seconds(10)) }
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
        }
    }

    /// So many times five minutes, each with the end of the call that it began.
    private func pass(_ rounds: Int, _ gateway: TestGateway) async throws {
        for _ in 0..<rounds {
            gateway.clock.advance(by: .seconds(300))
            while try await gateway.get("/v1/status").json?["accounts"]?[0]?["call"]?.text != "none" {}
        }
    }

    private func withStore(_ key: String, _ body: (TestGateway) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(
            ["provider: sunor, key: \(key)"], settings: "store: sqlite:\(folder.file("bursar.db"))", body)
    }

    @Test func `an account whose runway was asked for is kept fresh for a day, and sleeps again`() async throws {
        try await withStore("mock-ok") { gateway async throws in
            _ = try await gateway.fresh("/v1/balances")
            try await pass(6, gateway)
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            _ = try await gateway.fresh("/v1/balances?include=runway")
            while try await gateway.get("/v1/status").json?["accounts"]?[0]?["call"]?.text != "none" {}
            let before = try gateway.mocks.calls(for: "sunor")
            try await pass(12, gateway)
            let kept = try gateway.mocks.calls(for: "sunor")
            // Never more than what check says it costs: one call in five minutes.
            #expect((11...12).contains(kept - before), "\(kept - before) calls")
            gateway.clock.advance(by: .seconds(86_400))
            try await pass(12, gateway)
            #expect(try gateway.mocks.calls(for: "sunor") == kept)
        }
    }

    @Test func `a runway that was asked for pierces no cooldown`() async throws {
        try await withStore("mock-429-retry-after-600") { gateway async throws in
            _ = try await gateway.fresh("/v1/balances?include=runway")
            gateway.clock.advance(by: .seconds(300))
            gateway.clock.advance(by: .seconds(290))
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            // And it goes on when that is over.
            gateway.clock.advance(by: .seconds(300))
            try await calls(gateway, reach: 2)
        }
    }

    /// A scrape asks for nothing: where only Prometheus watches, there would be nothing to see.
    @Test func `with refresh_for always an account is read from each start on, although nobody ever asks`() async throws {
        let mocks = try await MockProviders.start()
        for start in 1...2 {
            let gateway = try await TestGateway.start(
                sunor("refresh: 5m"), settings: "defaults: {refresh_for: always}", mocks: mocks)
            try await gateway.whileRunning { gateway async throws in
                try await pass(3, gateway)
                gateway.clock.advance(by: .seconds(2 * 86_400))
                try await pass(3, gateway)
                let calls = try mocks.calls(for: "sunor")
                #expect(calls >= start * 5, "\(calls) calls")
                #expect(try await gateway.get("/metrics").text.contains(#"bursar_balance{provider="sunor""#))
            }
        }
        await mocks.stop()
    }

    @Test func `a reload begins it and ends it`() async throws {
        try await TestGateway.with(sunor("ttl: 1h")) { gateway async throws in
            _ = try await gateway.fresh("/v1/balances")
            gateway.clock.advance(by: .seconds(120))
            #expect(try gateway.mocks.calls(for: "sunor") == 1)
            await gateway.reload(sunor("ttl: 1h, refresh: 30s"))
            gateway.clock.advance(by: .seconds(30))
            try await calls(gateway, reach: 2)
            await gateway.reload(sunor("ttl: 1h, refresh: off"))
            gateway.clock.advance(by: .seconds(300))
            #expect(try gateway.mocks.calls(for: "sunor") == 2)
        }
    }
}
