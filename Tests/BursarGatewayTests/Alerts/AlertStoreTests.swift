import BursarCatalog
import BursarMocks
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// What was told, when the store is locked, gone or another process's; over real sockets and files, time moved.
@Suite(.timeLimit(.minutes(2)))
struct AlertStoreTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let account = "provider: sunor, key: abcdefgh-1, ttl: 10s, alerts: [{below: 2000}]"

    /// Mocks, a receiver and a folder, for processes one after the other or beside each other.
    private struct Bench {
        let mocks: MockProviders
        let receiver: AlertReceiver
        let folder: ScratchFolder

        func start(later: Duration = .zero) async throws -> TestGateway {
            let clock = ManualClock()
            clock.advance(by: later)
            let settings =
                "targets: [{name: ops, kind: webhook, url: '\(receiver.url)/hook/abcdefghijklmnop', secret: \(AlertStoreTests.secret)}]\n"
                + "store: sqlite:\(folder.file("bursar.db"))"
            return try await TestGateway.start([AlertStoreTests.account], settings: settings, clock: clock, mocks: mocks)
        }

        /// Reads now and then until so many messages came.
        func read(_ gateway: TestGateway, until count: Int) async throws -> [AlertReceiver.Message] {
            // The desk keeps and sends in tasks of its own; what is due next depends on when they end.
            try await eventually(
                {
                    if receiver.messages.count >= count { return true }
                    try await step(gateway)
                    return false
                }, pause: .milliseconds(5))
            return try await receiver.wait(for: count)
        }

        /// Nothing is to come meanwhile.
        func readOn(_ gateway: TestGateway) async throws { try await letTurnsPass(60) { try await step(gateway) } }

        private func step(_ gateway: TestGateway) async throws {
            gateway.clock.advance(by: .seconds(11))
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
        }

        func alert(_ gateway: TestGateway) async throws -> JSONValue? {
            try await gateway.get("/v1/alerts").json?["alerts"]?[0]
        }
    }

    private func with(_ body: (Bench) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let (mocks, receiver) = (try await MockProviders.start(), try await AlertReceiver.start())
        let outcome: Result<Void, any Error>
        do {
            try mocks.set(.balance("1250.5"), for: "sunor")
            outcome = .success(try await body(Bench(mocks: mocks, receiver: receiver, folder: folder)))
        } catch {
            outcome = .failure(error)
        }
        await mocks.stop()
        await receiver.stop()
        try outcome.get()
    }

    @Test(.enabled(if: LocalProgram.has("sqlite3"), "sqlite3 is not installed"))
    func `what was told is told no second time where the store is locked at the start, nor after it`() async throws {
        try await with { bench async throws in
            var since: String?
            try await bench.start().whileRunning { gateway async throws in
                _ = try await bench.read(gateway, until: 1)
                since = try await bench.alert(gateway)?["since"]?.text
            }
            let holder = try await StoreLockHolder.hold(bench.folder.file("bursar.db"), bench.folder)
            try await bench.start(later: .seconds(7_200)).whileRunning { gateway async throws in
                #expect(await gateway.log.contains("store: is locked by another process"))
                try await bench.readOn(gateway)
                let alert = try await bench.alert(gateway)
                #expect(alert?["firing"] == .bool(true) && alert?["since"]?.text == since && since != nil)
                await holder.letGo()
                #expect(try await gateway.tells("everything is kept again"))
                try await bench.readOn(gateway)
                #expect(bench.receiver.messages.count == 1)
                try bench.mocks.set(.balance("5000"), for: "sunor")
                let told = try await bench.read(gateway, until: 2)
                #expect(told[1].json?["type"]?.text == "balance.recovered")
                #expect(
                    told[1].json?["data"]?["events"]?[0]?["firing"]?.text == told[0].json?["data"]?["events"]?[0]?["id"]?.text)
            }
        }
    }

    @Test(.enabled(if: LocalProgram.has("sqlite3"), "sqlite3 is not installed"))
    func `a store that is begun anew gets the claims, the alerts and the newest amounts that are in memory`() async throws {
        try await with { bench async throws in
            try await bench.start().whileRunning { gateway async throws in
                _ = try await bench.read(gateway, until: 1)
                let claim = try await gateway.send(
                    "/v1/claims", method: .POST, [("idempotency-key", "job"), ("content-type", "application/json")],
                    body: Array(#"{"account":"sunor/default","amount":"1000","ttl":"3h"}"#.utf8))
                #expect(claim.status == 201)
                try await gateway.stored()
                try bench.folder.takeAway()
                // Nothing changes and time stands still: it is noticed all the same.
                #expect(await gateway.log.contains("everything is kept again"))
                for (table, count) in [
                    ("claim", "1\n"), ("alert_state WHERE firing IS NOT NULL", "1\n"), ("alert_told", "1\n"),
                    ("alert_event", "1\n"), ("history", "1\n"), ("credential", "1\n")
                ] {
                    let rows = try await LocalProgram.run(
                        "sqlite3", [bench.folder.file("bursar.db"), "SELECT count(*) FROM \(table)"])
                    #expect(rows.text == count, "\(table) \(rows.complaint)")
                }
            }
            try await bench.start(later: .seconds(7_200)).whileRunning { gateway async throws in
                let guarded = try await gateway.get("/v1/guard?account=sunor&needs=500")
                #expect(guarded.json?["decision"]?.text == "no" && guarded.json?["claimed"]?.text == "1000")
                #expect(try await bench.alert(gateway)?["firing"] == .bool(true))
                try await bench.readOn(gateway)
                #expect(bench.receiver.messages.count == 1)
            }
        }
    }

    @Test func `of two gateways on one store one tells, and the other goes on where that one ended`() async throws {
        try await with { bench async throws in
            let first = try await bench.start()
            try await bench.start(later: .seconds(5)).whileRunning { second async throws in
                #expect(await second.log.contains("alerts: held while another process serves with the store"))
                try await first.whileRunning { first async throws in
                    try await bench.readOn(second)
                    #expect(bench.receiver.messages.isEmpty, "one of them tells, and not this one")
                    _ = try await bench.read(first, until: 1)
                    try await bench.readOn(second)
                    #expect(bench.receiver.messages.count == 1)
                    #expect(try await first.get("/v1/status").json?["gateway"]?["alerts_held"] == .bool(false))
                    #expect(try await second.get("/v1/status").json?["gateway"]?["alerts_held"] == .bool(true))
                }
                #expect(try await second.tells("alerts: held no longer"))
                #expect(try await second.tells("everything is kept again"))
                try await bench.readOn(second)
                #expect(bench.receiver.messages.count == 1)
                #expect(try await second.get("/v1/status").json?["gateway"]?["alerts_held"] == .bool(false))
                try bench.mocks.set(.balance("5000"), for: "sunor")
                let told = try await bench.read(second, until: 2)
                #expect(told[1].json?["type"]?.text == "balance.recovered")
                #expect(
                    told[1].json?["data"]?["events"]?[0]?["firing"]?.text == told[0].json?["data"]?["events"]?[0]?["id"]?.text)
            }
        }
    }

    @Test func `what another process held is told by this one, too, where the store cannot be opened after it`() async throws {
        try await with { bench async throws in
            let first = try await bench.start()
            try await bench.start(later: .seconds(5)).whileRunning { second async throws in
                try await first.whileRunning { _ async throws in
                    #expect(try await second.get("/v1/status").json?["gateway"]?["alerts_held"] == .bool(true))
                }
                let file = bench.folder.file("bursar.db")
                try FileManager.default.removeItem(atPath: file)
                try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
                #expect(try await second.tells("alerts: held no longer"))
                #expect(try await second.get("/v1/status").json?["gateway"]?["alerts_held"] == .bool(false))
                let told = try await bench.read(second, until: 1)
                #expect(told[0].json?["type"]?.text == "balance.low")
            }
        }
    }
}
