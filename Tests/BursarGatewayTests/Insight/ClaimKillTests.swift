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

    private static let body = #"{"account":"sunor/default","amount":"20","ttl":"1h"}"#

    /// What came of each job's claim.
    private func claimAll(
        _ jobs: [Int], stopAfter answers: Int, _ kill: @Sendable () -> Void, _ claim: @escaping @Sendable (Int) async -> Int?
    ) async -> [Int: Int] {
        await withTaskGroup(of: (Int, Int?).self) { group in
            for job in jobs { group.addTask { (job, await claim(job)) } }
            var statuses: [Int: Int] = [:]
            for await (job, status) in group {
                statuses[job] = status
                if statuses.count == answers { kill() }
            }
            return statuses
        }
    }

    /// One claim over HTTP/1.1. Nil where there was no whole answer.
    private static func claim(_ job: Int, _ place: RequestURL, _ client: HTTPClient) async -> Int? {
        let request = ClientRequest(
            method: "POST", origin: place.origin, target: place.target,
            fields: [("idempotency-key", "job-\(job)"), ("content-type", "application/json")], body: Array(body.utf8))
        guard case .response(let response) = await client.execute(request, timeout: .seconds(30)), response.fault == nil else {
            return nil
        }
        return response.status
    }

    /// The same over HTTP/2, by a program.
    private static func claim(_ job: Int, _ url: String) async -> Int? {
        let answer = try? await LocalProgram.curl(
            "--http2-prior-knowledge", "--max-time", "30", "-o", "/dev/null", "-w", "%{http_version} %{response_code}", "-H",
            "Idempotency-Key: job-\(job)", "-d", body, url + "/v1/claims")
        // Without an answer it is `2 000`, or nothing.
        return answer.flatMap { $0.hasPrefix("2 ") ? Int($0.dropFirst(2)) : nil }.flatMap { $0 == 0 ? nil : $0 }
    }

    /// - Parameter kills: after so many answers each.
    @Test(
        arguments: [(false, [1, 2, 3, 5, 8, 13, 40])] + (LocalProgram.has("curl") ? [(true, [1, 5, 13])] : []))
    func `claims that were answered outlive kill -9, and there are never more than the balance bears`(
        isHTTP2: Bool, kills: [Int]
    ) async throws {
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
        var settings = ClientSettings(tls: ClientTLS(), connectionsPerOrigin: 128, bodyLimit: 1 << 20)
        settings.skipsRedirects = false
        let client = HTTPClient(group: MultiThreadedEventLoopGroup.singleton, settings: settings)
        defer { client.shutdown() }
        var made: Set<Int> = []
        for round in 0...kills.count {
            let program = try ChildProgram(["serve", "--config", file])
            let url: String
            do { url = try await program.url() } catch {
                await program.end(by: SIGKILL)
                throw error
            }
            let isLast = round == kills.count
            let id = program.processID
            let place = try #require(RequestURL(url + "/v1/claims"))
            // Everybody asks again by the same key, whoever was answered included.
            let statuses = await claimAll(
                Array(0..<Self.jobs).shuffled(), stopAfter: isLast ? .max : kills[round], { kill(id, SIGKILL) }
            ) { job in
                isHTTP2 ? await Self.claim(job, url) : await Self.claim(job, place, client)
            }
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
