import BursarCatalog
import BursarMocks
import BursarModel
import Synchronization
import TestSupport
import Testing

@testable import BursarGateway

/// `unavailable` of the whole gateway over real sockets; time is moved.
@Suite(.timeLimit(.minutes(2)))
struct OutageAlertTests {
    /// Read once an hour: the rule is shorter. Its key names no scenario: it gets what is set.
    private static let account = "provider: sunor, key: abcdefgh-1, ttl: 10s, refresh: 1h, alerts: [{unavailable: 2m}]"

    private func settings(_ receiver: AlertReceiver) -> String {
        "targets: [{name: ops, kind: webhook, url: '\(receiver.url)/hook', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}]"
    }

    @Test func `a provider that failed once and is well again is asked, and not accused`() async throws {
        let receiver = try await AlertReceiver.start()
        try await TestGateway.with([Self.account], settings: settings(receiver)) { gateway async throws in
            try gateway.mocks.set(.status(503), for: "sunor")
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            try gateway.mocks.set(.balance("40"), for: "sunor")
            // Nobody asks; the desk does when the rule's time is over. Its call ends in real time.
            try await eventually(
                { gateway.log.text.contains(#""outcome":"ok""#) }, pause: .milliseconds(5),
                meanwhile: { gateway.passTime(.seconds(2)) })
            try await letTurnsPass(40) { gateway.passTime(.seconds(5)) }
            #expect(try await gateway.get("/v1/alerts").json?["alerts"]?[0]?["firing"]?.boolean == false)
            #expect(receiver.messages.isEmpty)
        }
        await receiver.stop()
    }

    @Test func `a provider that goes on failing is told of though nobody asks`() async throws {
        let receiver = try await AlertReceiver.start()
        try await TestGateway.with([Self.account], settings: settings(receiver)) { gateway async throws in
            try gateway.mocks.set(.status(503), for: "sunor")
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            let began = gateway.clock.now.wall
            let told = try await receiver.wait(for: 1) { gateway.passTime(.seconds(2)) }
            #expect(told.first?.json?["type"]?.text == "balance.unknown")
            let since = told.first?.json?["data"]?["events"]?[0]?["since"]?.text.flatMap { WallTime(rfc3339: $0) }
            #expect(since.map { began.duration(to: $0) < .seconds(2) } ?? false)
        }
        await receiver.stop()
    }

    @Test func `an outage is told with its limit and with when the account was read last`() async throws {
        let receiver = try await AlertReceiver.start()
        try await TestGateway.with([Self.account], settings: settings(receiver)) { gateway async throws in
            let desk = gateway.gateway.process.alerts
            let id = AccountID(provider: try #require(ProviderID("sunor")), account: .default)
            try await eventually { desk.state.withLock { $0.known.contains(id) } }
            try gateway.mocks.set(.balance("40"), for: "sunor")
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            try await eventually { desk.lastRead(id) != nil }
            try gateway.mocks.set(.status(503), for: "sunor")
            gateway.clock.advance(by: .seconds(60))
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            let told = try await receiver.wait(for: 1) { gateway.passTime(.seconds(2)) }
            let text = told.first?.json?["data"]?["events"]?[0]?["text"]?.text ?? ""
            #expect(text.contains(": upstream_error. The limit is 2 min. Last read ") && text.hasSuffix(" ago."), "\(text)")
        }
        await receiver.stop()
    }

    @Test func `an outage behind an open circuit is told with the failure of its calls`() async throws {
        let receiver = try await AlertReceiver.start()
        let account = Self.account.replacing("unavailable: 2m", with: "unavailable: 10m")
        try await TestGateway.with([account], settings: settings(receiver)) { gateway async throws in
            try gateway.mocks.set(.status(503), for: "sunor")
            for _ in 0..<8 {
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                gateway.clock.advance(by: .seconds(65))
            }
            #expect(try await gateway.get("/v1/balances").row(0)?["problem"]?["code"]?.text == "circuit_open")
            let told = try await receiver.wait(for: 1) { gateway.passTime(.seconds(2)) }
            let event = told.first?.json?["data"]?["events"]?[0]
            #expect(event?["type"]?.text == "balance.unknown" && event?["problem"]?.text == "upstream_error")
            #expect(event?["text"]?.text?.contains("circuit") == false)
        }
        await receiver.stop()
    }
}
