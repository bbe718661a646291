import BursarCatalog
import BursarEngine
import BursarMocks
import BursarModel
import TestSupport
import Testing

@testable import BursarGateway

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
            _ = try await receiver.wait(for: 1) { gateway.clock.advance(by: .seconds(2)) }
            try gateway.mocks.set(.balance("5000"), for: "sunor")
            try await read(gateway)
            let told = try await receiver.wait(for: 2) { gateway.clock.advance(by: .seconds(2)) }
            #expect(told.map { $0.json?["type"]?.text } == ["balance.low", "balance.recovered"])
            // One of readings, and one of alerts.
            #expect(await store.writes <= 2)
            await store.letGo()
            // What changed since is kept then.
            for _ in 0..<1_000 {
                if await store.writes > 2 { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(await store.writes > 2)
        }
    }

    @Test func `a target that is taken out while its message is being kept is sent to once it is back`() async throws {
        let store = MessageHangingStore()
        try await with(store) { gateway, receiver async throws in
            try await read(gateway)
            for _ in 0..<1_000 {
                if await store.isHanging { break }
                gateway.clock.advance(by: .seconds(2))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(await store.isHanging)
            await gateway.reload([Self.quiet])
            await store.letGo()
            // The desk goes on in a task of its own, with a message to nobody.
            try await Task.sleep(for: .milliseconds(300))
            #expect(receiver.messages.isEmpty)
            await gateway.reload([Self.told], settings: Self.settings(receiver))
            try await read(gateway)
            let told = try await receiver.wait(for: 1) { gateway.clock.advance(by: .seconds(2)) }
            #expect(told[0].json?["type"]?.text == "balance.low")
        }
    }
}

/// A store whose first write of a message waits until it is let go. *Actor.*
private actor MessageHangingStore: SnapshotStore {
    private(set) var isHanging = false
    private var isLetGo = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func letGo() {
        isLetGo = true
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    func open(identity: Secret?) async throws(StoreFault) -> StoreContents {
        StoreContents(identity: identity ?? Secret([UInt8](repeating: 7, count: 32)), credentials: [])
    }

    func write(_ batch: StoreBatch) async throws(StoreFault) {
        guard !isLetGo, !batch.alerts.messages.isEmpty else { return }
        isHanging = true
        await withCheckedContinuation { waiting.append($0) }
    }

    func probe() async throws(StoreFault) {}
    func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] { [] }
    func counters() async throws(StoreFault) -> [StoredCounters] { [] }
    func close() async {}
}
