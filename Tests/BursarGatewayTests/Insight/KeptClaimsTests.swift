import BursarCatalog
import BursarMocks
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Claims that a process before this one kept count, however the store is found.
@Suite(.timeLimit(.minutes(2)))
struct KeptClaimsTests {
    private func with(_ folder: ScratchFolder, _ body: (TestGateway) async throws -> Void) async throws {
        try await TestGateway.with(
            ["provider: sunor, key: mock-balance-1250.5, ttl: 1h"], settings: "store: sqlite:\(folder.file("bursar.db"))", body)
    }

    private func claim(_ gateway: TestGateway, _ key: String = "job") async throws -> TestGateway.Answer {
        try await gateway.send(
            "/v1/claims", method: .POST, [("idempotency-key", key), ("content-type", "application/json")],
            body: Array(#"{"account":"sunor/default","amount":"1000","ttl":"20h"}"#.utf8))
    }

    private func expectClaimed(_ gateway: TestGateway, _ comment: Comment) async throws {
        let answer = try await gateway.get("/v1/guard?account=sunor&needs=500")
        #expect(answer.json?["decision"]?.text == "no" && answer.json?["claimed"]?.text == "1000", comment)
        #expect(try await gateway.get("/v1/claims").json?["claims"]?.elements?.count == 1, comment)
    }

    @Test(.enabled(if: LocalProgram.has("sqlite3"), "sqlite3 is not installed"))
    func `a kept claim counts while another program holds a lock at the start, and after it`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await with(folder) { gateway async throws in #expect(try await claim(gateway).status == 201) }
        let holder = try await StoreLockHolder.hold(folder.file("bursar.db"), folder)
        try await with(folder) { gateway async throws in
            #expect(await gateway.log.contains("store: is locked by another process"))
            try await expectClaimed(gateway, "locked")
            await holder.letGo()
            #expect(try await gateway.tells("everything is kept again"))
            try await expectClaimed(gateway, "kept again")
        }
        try await with(folder) { gateway async throws in try await expectClaimed(gateway, "another start") }
    }

    @Test func `a gateway whose store another one serves with counts what that one claims and releases`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await with(folder) { first async throws in
            try await with(folder) { second async throws in
                #expect(try await second.get("/v1/guard?account=sunor&needs=500").json?["decision"]?.text == "yes")
                let made = try await claim(first)
                #expect(made.status == 201)
                func waits(for decision: String) async throws -> TestGateway.Answer {
                    var seen: TestGateway.Answer?
                    try await eventually(
                        {
                            seen = try await second.get("/v1/guard?account=sunor&needs=500")
                            return seen?.json?["decision"]?.text == decision
                        }, pause: .milliseconds(10), meanwhile: { second.clock.advance(by: .seconds(10)) })
                    return try #require(seen)
                }
                let claimed = try await waits(for: "no")
                #expect(claimed.json?["claimed"]?.text == "1000", "\(claimed.text)")
                _ = try await first.get("/v1/claims/\(made.json?["id"]?.text ?? "")", method: .DELETE)
                let released = try await waits(for: "yes")
                #expect(released.json?["claimed"]?.text == "0", "\(released.text)")
            }
        }
    }

    @Test(.enabled(if: LocalProgram.has("sqlite3"), "sqlite3 is not installed"))
    func `where kept claims cannot be read, a guard says unknown until they were, or until none of them can last`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = folder.file("bursar.db")
        try await with(folder) { gateway async throws in #expect(try await claim(gateway).status == 201) }
        for isReadLater in [true, false] {
            _ = try await LocalProgram.run("sqlite3", [file, "INSERT INTO grdb_migrations VALUES ('999')"])
            try await with(folder) { gateway async throws in
                #expect(await gateway.log.contains("store: was written by a newer version"))
                let answer = try await gateway.get("/v1/guard?account=sunor&needs=500&strict")
                #expect(answer.status == 503 && answer.json?["reason"]?.text == "claims_unknown", "\(answer.text)")
                #expect(answer.json?["claimed"] == .null && answer.json?["left_after"] == .null)
                #expect(answer.json?["have"]?.text == "1250.5")
                for path in ["/v1/claims", "/v1/claims/claim_1"] {
                    let listed = try await gateway.get(path)
                    #expect(listed.status == 503 && listed.json?["type"]?.text == "urn:bursar:problem:claims_unknown")
                }
                #expect(try await claim(gateway).json?["type"]?.text == "urn:bursar:problem:claims_not_kept")
                if isReadLater {
                    _ = try await LocalProgram.run("sqlite3", [file, "DELETE FROM grdb_migrations WHERE identifier = '999'"])
                    #expect(try await gateway.tells("everything is kept again"))
                    try await expectClaimed(gateway, "read by now")
                } else {
                    gateway.clock.advance(by: .seconds(86_401))
                    #expect(try await gateway.get("/v1/guard?account=sunor&needs=500").json?["decision"]?.text == "yes")
                }
            }
        }
    }

    @Test func `where no store was ever made, no claim is missing`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        // A file where the folder should be.
        _ = try folder.write("", to: "file")
        let settings = "store: sqlite:\(folder.file("file/bursar.db"))"
        try await TestGateway.with(["provider: sunor, key: mock-balance-1250.5"], settings: settings) { gateway async throws in
            #expect(await gateway.log.contains("serving on from memory"))
            let answer = try await gateway.get("/v1/guard?account=sunor&needs=500")
            #expect(answer.json?["decision"]?.text == "yes" && answer.json?["claims_kept"] == .bool(false))
        }
    }
}
