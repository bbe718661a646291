import BursarCatalog
import BursarMocks
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// How the gateway stops, over real sockets. Each waits for events; only the delay itself is real time. Bounds leave
/// a slow machine time, and are far below what would be wrong.
@Suite(.timeLimit(.minutes(3)), .enabled(if: LocalProgram.has("curl"), "curl is not installed"))
struct StoppingTests {
    private func status(_ url: String, _ path: String, _ more: String...) async throws -> String {
        try await LocalProgram.run("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}"] + more + [url + path]).text
    }

    /// Without the delay, which a second stop would wait for once more.
    private func end(_ gateway: TestGateway) async throws {
        let rest = Task { try await gateway.stop() }
        rest.cancel()
        try await rest.value
    }

    @Test func `during the delay new connections are served and readyz says no`() async throws {
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-ok"], settings: "drain: {delay: 60s, deadline: 90s}")
        #expect(try await status(gateway.url, "/readyz") == "200")
        let stop = Task { await gateway.gateway.stop() }
        #expect(await gateway.log.contains("draining"))
        // Each curl is a connection of its own.
        #expect(try await status(gateway.url, "/readyz") == "503")
        #expect(try await status(gateway.url, "/livez") == "200")
        #expect(try await status(gateway.url, "/v1/balances") == "200")
        #expect(try await status(gateway.url, "/v1/balances", "--http2-prior-knowledge") == "200")
        // Cancelled, as a second signal does it: the rest of the delay is not waited for.
        stop.cancel()
        await stop.value
        #expect(try await status(gateway.url, "/livez") == "000")
        try await end(gateway)
    }

    @Test func `a reload while it drains changes nothing, and is told`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-ok"], listen: TestGateway.listening(at: folder.file("b.sock")),
            settings: "drain: {delay: 60s, deadline: 90s}")
        let stop = Task { await gateway.gateway.stop() }
        #expect(await gateway.log.contains("draining"))
        #expect(await gateway.reload(["provider: legnext, key: mock-ok"]) == .stopping)
        let asked = try await gateway.asOperator("/admin/reload", method: .POST)
        #expect(asked.status == 503 && asked.json?["type"]?.text == "urn:bursar:problem:not_ready")
        #expect(try await gateway.get("/v1/balances").row(0)?["provider"]?.text == "sunor")
        stop.cancel()
        await stop.value
        try await end(gateway)
    }

    @Test(arguments: ["--http1.1", "--http2-prior-knowledge"])
    func `a request under way is finished, and its connection then closed`(version: String) async throws {
        let held = HeldAnswers()
        let mocks = try await MockProviders.start(latency: .seconds(1), clock: held)
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-ok"], settings: "drain: {deadline: 60s}", mocks: mocks)
        let answer = Task { try await LocalProgram.curl(version, "-i", gateway.url + "/v1/balances") }
        try await mocks.waitForCalls(1, for: "sunor")
        let began = ContinuousClock.now
        let stop = Task { await gateway.gateway.stop() }
        #expect(await gateway.log.contains("draining"))
        #expect(await held.letGo())
        await stop.value
        #expect(began.duration(to: .now) < .seconds(30))
        let text = try await answer.value
        #expect(text.contains(" 200") && text.contains("\"provider\":\"sunor\""), "\(text)")
        if version == "--http1.1" { #expect(text.lowercased().contains("connection: close")) }
        try await gateway.stop()
        await mocks.stop()
    }

    @Test func `the deadline ends what does not finish`() async throws {
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-ok"], settings: "drain: {deadline: 500ms}", latency: .seconds(60))
        let answer = Task { try await LocalProgram.curl(gateway.url + "/v1/balances") }
        try await gateway.mocks.waitForCalls(1, for: "sunor")
        let began = ContinuousClock.now
        await gateway.gateway.stop()
        #expect(began.duration(to: .now) < .seconds(30))
        #expect(try await answer.value.hasPrefix("curl "))
        try await gateway.stop()
    }

    @Test func `stopping now closes what is under way`() async throws {
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-ok"], settings: "drain: {deadline: 60s}", latency: .seconds(60))
        let answer = Task { try await LocalProgram.curl(gateway.url + "/v1/balances") }
        try await gateway.mocks.waitForCalls(1, for: "sunor")
        let began = ContinuousClock.now
        let stop = Task { await gateway.gateway.stop() }
        #expect(await gateway.log.contains("draining"))
        await gateway.gateway.stopNow()
        await stop.value
        #expect(began.duration(to: .now) < .seconds(30))
        #expect(try await answer.value.hasPrefix("curl "))
        try await gateway.stop()
    }

    @Test func `A5: a store that hangs is left at the deadline, and the log says so`() async throws {
        let store = HangingStore()
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-ok"], settings: "drain: {deadline: 1s}", store: store)
        #expect(try await gateway.get("/v1/balances").status == 200)
        try await eventually { await store.writes > 0 }
        let began = ContinuousClock.now
        await gateway.gateway.stop()
        #expect(began.duration(to: .now) < .seconds(30))
        #expect(gateway.log.text.contains("the store does not close"))
        await store.letGo()
        try await gateway.stop()
    }
}
