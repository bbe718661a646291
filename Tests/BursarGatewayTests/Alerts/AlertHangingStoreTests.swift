import BursarCatalog
import BursarEngine
import BursarMocks
import BursarModel
import Synchronization
import TestSupport
import Testing

@testable import BursarGateway
@testable import BursarInsight

/// What was told, while the store hangs; over real sockets, time moved.
@Suite(.timeLimit(.minutes(2)))
struct AlertHangingStoreTests {
    private static let quiet = "provider: sunor, key: abcdefgh-1, ttl: 10s"
    private static let told = quiet + ", alerts: [{below: 2000}]"

    private static func settings(_ receiver: AlertReceiver) -> String {
        "targets: [{name: ops, kind: webhook, url: '\(receiver.url)/hook/abcdefghijklmnop', "
            + "secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}]"
    }

    private func with(_ store: any SnapshotStore, _ body: (TestGateway, AlertReceiver) async throws -> Void) async throws {
        let receiver = try await AlertReceiver.start()
        let outcome: Result<Void, any Error>
        do {
            let gateway = try await TestGateway.start([Self.told], settings: Self.settings(receiver), store: store)
            outcome = .success(
                try await gateway.whileRunning { gateway async throws in
                    try gateway.mocks.set(.balance("1250.5"), for: "sunor")
                    try await body(gateway, receiver)
                })
        } catch {
            outcome = .failure(error)
        }
        await receiver.stop()
        try outcome.get()
    }

    private func read(_ gateway: TestGateway) async throws {
        for _ in 0..<2 {
            gateway.clock.advance(by: .seconds(11))
            _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
        }
    }

    @Test func `one write of alerts is under way, and what is due is told all the same`() async throws {
        let store = HangingStore()
        try await with(store) { gateway, receiver async throws in
            try await read(gateway)
            _ = try await receiver.wait(for: 1) { gateway.passTime(.seconds(2)) }
            try gateway.mocks.set(.balance("5000"), for: "sunor")
            try await read(gateway)
            let told = try await receiver.wait(for: 2) { gateway.passTime(.seconds(2)) }
            #expect(told.map { $0.json?["type"]?.text } == ["balance.low", "balance.recovered"])
            // One of readings, and one of alerts.
            #expect(await store.writes <= 2)
            await store.letGo()
            // What changed since is kept then.
            try await eventually { await store.writes > 2 }
        }
    }

    @Test func `a target that is taken out while its message is being kept is sent to once it is back`() async throws {
        let store = HangingStore { !$0.alerts.messages.isEmpty }
        try await with(store) { gateway, receiver async throws in
            try await read(gateway)
            try await eventually(
                { await store.isHanging }, pause: .milliseconds(5), meanwhile: { gateway.passTime(.seconds(2)) })
            await gateway.reload([Self.quiet])
            await store.letGo()
            // The desk goes on in a task of its own, with a message to nobody.
            try await eventually { gateway.gateway.process.alerts.state.withLock { $0.ledger.underWay.isEmpty } }
            #expect(receiver.messages.isEmpty)
            await gateway.reload([Self.told], settings: Self.settings(receiver))
            try await read(gateway)
            let told = try await receiver.wait(for: 1) { gateway.passTime(.seconds(2)) }
            #expect(told[0].json?["type"]?.text == "balance.low")
        }
    }
}
