import Foundation
import Synchronization
import TestSupport
import Testing

@testable import BursarGateway

/// The whole gateway when it is not left in peace: stopped under load, and out of descriptors.
@Suite(.timeLimit(.minutes(3))) struct UnderLoadTests {
    private func port(_ gateway: TestGateway) throws -> Int {
        try #require(gateway.addresses[0].split(separator: ":").last.flatMap { Int($0) })
    }

    @Test func `a stop under load cuts no answer that had begun, and takes no new connection`() async throws {
        let gateway = try await TestGateway.start(TestGateway.five, settings: "drain: {deadline: 60s}")
        _ = try await gateway.get("/v1/balances")
        let port = try port(gateway)
        let load = Load(port: port)
        let callers = (0..<8).map { _ in load.begin() }
        try await eventually { load.answered >= 800 }
        let began = ContinuousClock.now
        await gateway.gateway.stop()
        // Well before the deadline, also on a slow machine.
        #expect(began.duration(to: .now) < .seconds(30))
        for caller in callers { await caller.value }
        #expect(load.cut.isEmpty)
        try await gateway.stop()
    }

    @Test func `running out of descriptors is survived`() async throws {
        try await TestGateway.with([]) { gateway async throws in
            #expect(try await gateway.get("/livez").status == 200)
            let port = try port(gateway)
            var before = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int($0) }
            let spare = dup(0)
            var tight = before
            tight.rlim_cur = rlim_t((open.max() ?? 64) + 24)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &tight)
            // Also where the time limit ends the wait below: the tests beside it need theirs.
            defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) }
            // Each connection takes two, because both ends are in this process: in the end there is none left to accept with. One more is
            // given, for one more caller: both ends of the last one may have taken the last two.
            var clients: [BlockingClient] = []
            while let client = try? BlockingClient(port: port), clients.count < 1_000 { clients.append(client) }
            #expect(clients.count > 5)
            close(spare)
            if let client = try? BlockingClient(port: port) { clients.append(client) }
            // Over the connection that the first request left open.
            try await eventually(
                { try await gateway.get("/metrics").text.contains("event=\"acceptPaused\"") }, pause: .milliseconds(10))
            for client in clients { client.close() }
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
            // Whoever waited at that moment may still be told that there is no room.
            try await eventually(
                {
                    let later = try BlockingClient(port: port)
                    defer { later.close() }
                    return later.get("/livez") == .answered(keeps: true)
                }, pause: .milliseconds(10))
        }
    }
}

/// Callers that ask as fast as they are answered, on a connection after the other, until there is none to be had. *Mutex.*
private final class Load: Sendable {
    private struct Counts {
        var answered = 0
        var cut: [String] = []
    }

    private let port: Int
    private let counts = Mutex(Counts())

    init(port: Int) { self.port = port }

    var answered: Int { counts.withLock { $0.answered } }
    var cut: [String] { counts.withLock { $0.cut } }

    func begin() -> Task<Void, Never> {
        Task {
            await onOwnThread {
                while let client = try? BlockingClient(port: self.port) {
                    while self.goesOn(client.get("/v1/balances")) {}
                    client.close()
                }
            }
        }
    }

    private func goesOn(_ outcome: BlockingClient.Outcome) -> Bool {
        counts.withLock { counts in
            switch outcome {
            case .answered(let keeps):
                counts.answered += 1
                return keeps
            case .nothing: return false
            case .cut(let text):
                counts.cut.append(text)
                return false
            }
        }
    }
}
