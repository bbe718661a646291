import BursarCatalog
import BursarClient
import BursarMocks
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import BursarGateway

/// A hundred jobs claim 20 each of 250, and the process is killed under them again and again: never thirteen.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ClaimKillTests {
    private static let jobs = 100

    /// What came of each job's claim.
    private func claimAll(_ url: String, _ open: [Int], stopAfter answers: Int, _ kill: @Sendable () -> Void) async throws
        -> [Int: Int]
    {
        var settings = ClientSettings(tls: ClientTLS(), connectionsPerOrigin: 128, bodyLimit: 1 << 20)
        settings.skipsRedirects = false
        let client = HTTPClient(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
        defer { client.shutdown() }
        let place = try #require(RequestURL(url + "/v1/claims"))
        let body = Array(#"{"account":"sunor/default","amount":"20","ttl":"1h"}"#.utf8)
        return await withTaskGroup(of: (Int, Int?).self) { group in
            for job in open {
                group.addTask {
                    let request = ClientRequest(
                        method: "POST", origin: place.origin, target: place.target,
                        fields: [("idempotency-key", "job-\(job)"), ("content-type", "application/json")], body: body)
                    switch await client.execute(request, timeout: .seconds(30)) {
                    case .response(let response): return (job, response.fault == nil ? response.status : nil)
                    case .failed: return (job, nil)
                    }
                }
            }
            var statuses: [Int: Int] = [:]
            for await (job, status) in group {
                statuses[job] = status
                if statuses.count == answers { kill() }
            }
            return statuses
        }
    }

    @Test func `claims that were answered outlive kill -9, and there are never more than the balance bears`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let mocks = try await MockProviders.start()
        let file = try folder.write(
            """
            listen: 127.0.0.1:0
            store: sqlite:bursar.db
            accounts:
              - {provider: sunor, key: mock-balance-250, ttl: 1h, base_url: '\(mocks.baseURL(for: "sunor"))'}
            """, to: "bursar.yaml")
        var made: Set<Int> = []
        for round in 0..<8 {
            let program = try ChildProgram(["serve", "--config", file])
            let url: String
            do { url = try await program.url() } catch {
                await program.end(by: SIGKILL)
                throw error
            }
            let isLast = round == 7
            let id = program.processID
            // Everybody asks again by the same key, whoever was answered included.
            let statuses = try await claimAll(
                url, Array(0..<Self.jobs).shuffled(), stopAfter: isLast ? .max : [1, 2, 3, 5, 8, 13, 40][round]
            ) { kill(id, SIGKILL) }
            for (job, status) in statuses {
                switch status {
                case 200, 201: made.insert(job)
                case 402: #expect(!made.contains(job), "job \(job) had its claim in an earlier life")
                default: Issue.record("job \(job) was answered \(status)")
                }
            }
            #expect(made.count <= 12, "round \(round): \(made.count)")
            if isLast {
                #expect(statuses.count == Self.jobs)
                #expect(statuses.values.count { $0 == 402 } == 88 && made.count == 12)
                let list = try await LocalProgram.curl(url + "/v1/claims")
                #expect(try JSONReader.read(Array(list.utf8))["claims"]?.elements?.count == 12)
            }
            await program.end(by: isLast ? SIGTERM : SIGKILL)
        }
        await mocks.stop()
    }
}
