import BursarCatalog
import BursarMocks
import Foundation
import Glibc
import TestSupport
import Testing

@testable import BursarGateway

/// A key's file becomes a pipe, as a tool that hands keys out makes it, and nothing comes.
@Suite(.timeLimit(.minutes(2)))
struct SilentKeyFileTests {
    private func withGateway(_ body: (TestGateway, _ file: String, _ accounts: [String]) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = try folder.write("mock-ok\(Canary.mark)\n", to: "sunor")
        let accounts = ["provider: sunor, ttl: 1ms, key: '${file:\(file)}'"]
        let gateway = try await TestGateway.start(accounts, settings: "drain: {deadline: 1s}")
        do {
            #expect(try await gateway.get("/v1/balances").row(0)?["status"]?.text == "fresh")
            try FileManager.default.removeItem(atPath: file)
            #expect(mkfifo(file, 0o600) == 0)
            try await body(gateway, file, accounts)
        } catch {
            try await gateway.stop()
            throw error
        }
        try await gateway.stop()
    }

    private func expectOldKey(_ gateway: TestGateway) async throws {
        gateway.clock.advance(by: .seconds(60))
        let answer = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
        #expect(answer.row(0)?["status"]?.text == "fresh", "\(answer.text)")
    }

    @Test func `A5: a pipe that nobody writes to ends the reload with an error, and the old key serves on`() async throws {
        try await withGateway { gateway, _, accounts async throws in
            guard case .refused(let problems) = await gateway.reload(accounts, settings: "drain: {deadline: 1s}") else {
                Issue.record("a file without a key was put in force")
                return
            }
            #expect(!problems.isEmpty, "\(problems)")
            try await expectOldKey(gateway)
        }
    }

    // What waits in the file system cannot be called back; everything else goes on, the stop included.
    @Test func `A5: a pipe whose writer is silent holds up its reload and nothing else`() async throws {
        try await withGateway { gateway, file, accounts async throws in
            let writer = open(file, O_RDWR | O_CLOEXEC | O_NONBLOCK)
            #expect(writer >= 0)
            let reload = Task { await gateway.reload(accounts, settings: "drain: {deadline: 1s}") }
            // The writer's own, and that of whoever reads: this reload, or the one that the watch of key files began before.
            try await eventually({ Self.descriptors(of: file) >= 2 }, pause: .milliseconds(5))
            try await expectOldKey(gateway)
            let began = ContinuousClock.now
            await gateway.gateway.stop()
            #expect(began.duration(to: .now) < .seconds(30))
            close(writer)
            if case .applied = await reload.value { Issue.record("a configuration was put in force after the stop") }
        }
    }

    /// How many descriptors of this process are that file's.
    private static func descriptors(of file: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == file }
    }
}
