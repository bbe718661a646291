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
        // Whoever looks back at the start says since when, and is not held.
        let store = HangingStore(hangs: { _ in false }, hangsHistory: { $0.since == nil })
        let gateway = try await TestGateway.start([Self.account], settings: Self.settings, mocks: mocks, store: store)
        try await gateway.whileRunning { gateway async throws in
            let process = gateway.gateway.process
            let id = AccountID(provider: try #require(ProviderID("tensorpix")), account: .default)
            try await eventually { process.alerts.state.withLock { $0.known.contains(id) } }
            try await read(gateway)
            try await eventually { await store.isHanging }
            try mocks.set(.status(503), for: "tensorpix")
            try await read(gateway)
            await store.letGo()
            try await eventually { !process.insight.runways.current(id).isEmpty }
            try await letTurnsPass(20)
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
