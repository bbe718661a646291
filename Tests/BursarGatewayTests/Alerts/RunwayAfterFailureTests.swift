import BursarCatalog
import BursarEngine
import BursarMocks
import BursarModel
import Synchronization
import TestSupport
import Testing

@testable import BursarGateway

/// How long a balance lasts takes a moment to work out, in which the account may fail. Over real sockets; time is moved.
@Suite(.timeLimit(.minutes(2)))
struct RunwayAfterFailureTests {
    /// Its key names no scenario: it gets what is set.
    private static let account = "provider: tensorpix, key: abcdefgh-1, ttl: 10s, alerts: [{runway: 3d}]"
    private static let settings = "targets: [{name: ops, kind: command, command: [/bin/true]}]"

    private func read(_ gateway: TestGateway) async throws {
        gateway.clock.advance(by: .seconds(11))
        _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
    }

    private func alert(_ gateway: TestGateway) async throws -> JSONValue? {
        try await gateway.get("/v1/alerts").json?["alerts"]?[0]
    }

    @Test func `a forecast that comes behind a failure says nothing, and that of the next reading does`() async throws {
        let mocks = try await MockProviders.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await judge(mocks))
        } catch {
            outcome = .failure(error)
        }
        await mocks.stop()
        try outcome.get()
    }

    private func judge(_ mocks: MockProviders) async throws {
        // Nothing is left: that needs no history to be short.
        try mocks.set(.balance("0"), for: "tensorpix")
        let store = HeldHistories()
        let gateway = try await TestGateway.start([Self.account], settings: Self.settings, mocks: mocks, store: store)
        try await gateway.whileRunning { gateway async throws in
            let process = gateway.gateway.process
            let id = AccountID(provider: try #require(ProviderID("tensorpix")), account: .default)
            try await eventually { process.alerts.state.withLock { $0.known.contains(id) } }
            try await read(gateway)
            try await eventually { await store.isAsked }
            try mocks.set(.status(503), for: "tensorpix")
            try await read(gateway)
            await store.letGo()
            try await eventually { !process.insight.runways.current(id).isEmpty }
            // That nothing comes cannot be waited for: the desk gets real time for many turns.
            for _ in 0..<20 { try await Task.sleep(for: .milliseconds(5)) }
            let unknown = try await alert(gateway)
            #expect(unknown?["state"]?.text == "unknown" && unknown?["fires_at"] == .null)
            try mocks.set(.balance("0"), for: "tensorpix")
            try await eventually(
                {
                    try await read(gateway)
                    return try await alert(gateway)?["firing"]?.boolean == true
                }, pause: .milliseconds(5))
        }
    }
}

/// A store that gives no history to those who look ahead until it is let go. *Actor.*
private actor HeldHistories: SnapshotStore {
    private var isLetGo = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    var isAsked: Bool { !waiting.isEmpty }

    func letGo() {
        isLetGo = true
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    func open(identity: Secret?) async throws(StoreFault) -> StoreContents {
        StoreContents(identity: identity ?? Secret([UInt8](repeating: 7, count: 32)), credentials: [])
    }

    func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] {
        // Who looks back at the start says since when.
        if !isLetGo, range.since == nil { await withCheckedContinuation { waiting.append($0) } }
        return []
    }

    func write(_ batch: StoreBatch) async throws(StoreFault) {}
    func probe() async throws(StoreFault) {}
    func counters() async throws(StoreFault) -> [StoredCounters] { [] }
    func close() async {}
}
