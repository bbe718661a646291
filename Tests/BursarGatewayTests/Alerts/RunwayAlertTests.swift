import BursarCatalog
import BursarMocks
import BursarModel
import Synchronization
import TestSupport
import Testing

@testable import BursarGateway

/// How long a balance lasts is told from what the store kept, over real sockets; time is moved.
@Suite(.timeLimit(.minutes(2)))
struct RunwayAlertTests {
    /// Its key names no scenario: it gets what is set.
    private static let account = "provider: sunor, key: abcdefgh-1, ttl: 10s"
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let days = 6

    @Test func `a short runway is told from the history of before a restart, and its end after a top-up`() async throws {
        let receiver = try await AlertReceiver.start()
        do {
            try await afterSpending { left, store, mocks in try await tell(left, store, receiver, mocks) }
        } catch {
            await receiver.stop()
            throw error
        }
        await receiver.stop()
    }

    @Test func `a reading that shows a top-up is not judged by the forecast of the reading before`() async throws {
        try await afterSpending { left, store, mocks in try await topUp(left, store, mocks) }
    }

    /// With a store that knows what was spent, and what is left.
    private func afterSpending(_ body: (Int, String, MockProviders) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let store = "store: sqlite:\(folder.file("bursar.db"))"
        let mocks = try await MockProviders.start()
        do {
            let left = try await spend(4_000, store, mocks)
            try await body(left, store, mocks)
        } catch {
            await mocks.stop()
            throw error
        }
        await mocks.stop()
    }

    /// Read each hour, and nobody wants to be told. Answers what is left.
    private func spend(_ balance: Int, _ store: String, _ mocks: MockProviders) async throws -> Int {
        let gateway = try await TestGateway.start([Self.account], settings: store, mocks: mocks)
        return try await stopping(gateway) {
            var left = balance
            for hour in 0..<(24 * Self.days) {
                left -= 20 + hour % 7
                try mocks.set(.balance("\(left)"), for: "sunor")
                _ = try await gateway.get("/v1/balances/sunor/default", ("cache-control", "no-cache"))
                gateway.clock.advance(by: .seconds(3_600))
            }
            try await gateway.stored()
            return left
        }
    }

    /// Some 550 are spent a day. Another process, and a rule.
    private func tell(_ left: Int, _ store: String, _ receiver: AlertReceiver, _ mocks: MockProviders) async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(Int64(Self.days) * 86_400))
        let targets = "targets: [{name: ops, kind: webhook, url: '\(receiver.url)/hook', secret: \(Self.secret)}]"
        let gateway = try await TestGateway.start(
            [Self.account + ", alerts: [{runway: 3d}]"], settings: store + "\n" + targets, clock: clock, mocks: mocks)
        try await stopping(gateway) {
            try await read(gateway)
            let short = try #require(try await receiver.wait(for: 1) { clock.advance(by: .seconds(2)) }.first)
            #expect(short.json?["type"]?.text == "balance.runway_short")
            let event = short.json?["data"]?["events"]?[0]
            #expect(event?["account"]?.text == "sunor/default" && event?["rule"]?.text == "runway", "\(left) are left")
            #expect(event?["value"]?.text == "\(left)" && event?["unit"]?.text == "credits")
            try mocks.set(.balance("\(left + 9_000)"), for: "sunor")
            try await read(gateway)
            let message = try await receiver.wait(for: 2) { clock.advance(by: .seconds(2)) }[1]
            #expect(message.json?["type"]?.text == "balance.recovered")
            let end = message.json?["data"]?["events"]?[0]
            #expect(end?["firing"] == event?["id"])
            #expect(end?["value"]?.text == "\(left + 9_000)" && end?["before"]?["value"]?.text == "\(left)")
            #expect(end?["before"]?["expected_seconds"] == event?["expected_seconds"])
        }
    }

    /// Somebody looks, tops the account up and looks again half a minute later. A forecast is good for a minute, and nobody reads
    /// again for an hour.
    private func topUp(_ left: Int, _ store: String, _ mocks: MockProviders) async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(Int64(Self.days) * 86_400))
        let account = "provider: sunor, key: abcdefgh-1, ttl: 10s, refresh: 1h, alerts: [{runway: 3d}]"
        let targets = "targets: [{name: ops, kind: command, command: [/bin/true]}]"
        let gateway = try await TestGateway.start([account], settings: store + "\n" + targets, clock: clock, mocks: mocks)
        try await stopping(gateway) {
            let desk = gateway.gateway.process.alerts
            let id = AccountID(provider: try #require(ProviderID("sunor")), account: .default)
            try await eventually { desk.state.withLock { $0.known.contains(id) } }
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            try await eventually { try await alert(gateway)?["fires_at"]?.text != nil }
            try mocks.set(.balance("\(left + 9_000)"), for: "sunor")
            clock.advance(by: .seconds(30))
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            // The forecast of the second reading comes by itself.
            try await eventually(
                {
                    let judged = try await alert(gateway)
                    return judged?["firing"]?.boolean == true || judged?["value"]?.text == "\(left + 9_000)"
                }, pause: .milliseconds(5), meanwhile: { clock.advance(by: .seconds(1)) })
            let judged = try await alert(gateway)
            #expect(judged?["firing"]?.boolean == false && judged?["fires_at"] == .null)
        }
    }

    private func alert(_ gateway: TestGateway) async throws -> JSONValue? {
        try await gateway.get("/v1/alerts").json?["alerts"]?[0]
    }

    /// Apart enough for a forecast of its own each time.
    private func read(_ gateway: TestGateway) async throws {
        for _ in 0..<3 {
            gateway.clock.advance(by: .seconds(90))
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
        }
    }

    private func stopping<Result>(_ gateway: TestGateway, _ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            try await gateway.stop()
            return result
        } catch {
            try await gateway.stop()
            throw error
        }
    }
}
