import BursarCatalog
import BursarEngine
import BursarMocks
import BursarModel
import BursarStore
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import BursarGateway

/// Readings, cooldowns and history over a restart: the whole program with a store on disk.
@Suite(.timeLimit(.minutes(3))) struct `After a restart` {
    private func store(_ folder: ScratchFolder) -> String { "store: sqlite:\(folder.file("bursar.db"))" }
    private let accounts = ["provider: tensorpix, key: mock-ok", "provider: sunor, name: b, key: mock-ok"]

    /// A process from start to stop. Its clock begins anew, the wall clock `later` than the first one's.
    private func process(
        _ accounts: [String], _ folder: ScratchFolder, _ mocks: MockProviders, later: Duration = .zero,
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        clock.advance(by: later)
        try await TestGateway.start(accounts, settings: store(folder), clock: clock, mocks: mocks).whileRunning(body)
    }

    private func withMocks(_ body: (MockProviders, ScratchFolder) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let mocks = try await MockProviders.start()
        do {
            try await body(mocks, folder)
        } catch {
            await mocks.stop()
            throw error
        }
        await mocks.stop()
    }

    private let held = ("cache-control", "only-if-cached")

    @Test func `a reading is stale until asked again, with the body that provider routes need`() async throws {
        try await withMocks { mocks, folder async throws in
            var value: String?
            var body: [UInt8] = []
            try await process(accounts, folder, mocks) { gateway async throws in
                value = try await gateway.get("/v1/balances").row(0)?["available"]?.text
                body = try await gateway.get(TestGateway.routes["tensorpix"] ?? "").bytes
            }
            let before = try mocks.calls(for: "tensorpix")
            try await process(accounts, folder, mocks, later: .seconds(5)) { gateway async throws in
                let answer = try await gateway.get("/v1/balances", held)
                #expect(answer.row(0)?["status"]?.text == "stale" && answer.row(1)?["status"]?.text == "stale")
                #expect(answer.row(0)?["available"]?.text == value && value != nil)
                let route = try await gateway.get(TestGateway.routes["tensorpix"] ?? "", held)
                #expect(route.status == 200 && route.bytes == body && !body.isEmpty)
                #expect(try await gateway.get("/readyz").text == #"{"status":"ready","store":{"status":"ok"}}"#)
                #expect(try await gateway.get("/metrics").text.contains("bursar_store_up 1\n"))
            }
            #expect(try mocks.calls(for: "tensorpix") == before)
        }
    }

    @Test func `Age counts from the reading, also where the machine booted since`() async throws {
        try await withMocks { mocks, folder async throws in
            let old = ["provider: tensorpix, key: mock-ok, stale_for: 8760h"]
            let path = TestGateway.routes["tensorpix"] ?? ""
            try await process(old, folder, mocks) { gateway async throws in _ = try await gateway.get(path) }
            // Longer than any machine of these tests has been running.
            try await process(old, folder, mocks, later: .seconds(300 * 86_400)) { gateway async throws in
                let answer = try await gateway.get(path, held)
                let age = answer.headers.first(name: "age").flatMap { Int($0) }
                #expect(try #require(age) >= 300 * 86_400 - 1, "a store keeps whole milliseconds")
            }
        }
    }

    @Test(arguments: [Duration.seconds(5), .seconds(-86_400)])
    func `a cooldown still holds, also when the clock was set back`(later: Duration) async throws {
        try await withMocks { mocks, folder async throws in
            let cold = ["provider: tensorpix, key: mock-429-retry-after-20"]
            try await process(cold, folder, mocks) { gateway async throws in _ = try await gateway.get("/v1/balances") }
            #expect(try mocks.calls(for: "tensorpix") == 1)
            try await process(cold, folder, mocks, later: later) { gateway async throws in
                let answer = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                #expect(answer.row(0)?["problem"]?["code"]?.text == "rate_limited")
                #expect(try mocks.calls(for: "tensorpix") == 1)
                gateway.clock.advance(by: .seconds(21))
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                #expect(try mocks.calls(for: "tensorpix") == 2, "and not a second longer")
            }
        }
    }

    @Test func `a changed key drops the old one's reading, and a removed account is forgotten`() async throws {
        try await withMocks { mocks, folder async throws in
            try await process(accounts, folder, mocks) { gateway async throws in _ = try await gateway.get("/v1/balances") }
            try await process(["provider: tensorpix, key: mock-ok~other"], folder, mocks) { gateway async throws in
                #expect(try await gateway.get("/v1/balances", held).row(0)?["available"]?.isNull == true)
            }
            try await process(accounts, folder, mocks) { gateway async throws in
                let answer = try await gateway.get("/v1/balances", held)
                #expect(answer.row(0)?["available"]?.isNull == true && answer.row(1)?["available"]?.isNull == true)
            }
        }
    }

    @Test func `to take an account out and put it back frees no penalty`() async throws {
        try await withMocks { mocks, folder async throws in
            let cold = ["provider: tensorpix, key: mock-429-retry-after-20"]
            try await process(cold, folder, mocks) { gateway async throws in _ = try await gateway.get("/v1/balances") }
            try await process(["provider: legnext, key: mock-ok"], folder, mocks, later: .seconds(2)) { _ in }
            try await process(cold, folder, mocks, later: .seconds(4)) { gateway async throws in
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
            }
            #expect(try mocks.calls(for: "tensorpix") == 1)
        }
    }

    @Test func `a penalty that a restart found without its account is in force again when a reload names it`() async throws {
        try await withMocks { mocks, folder async throws in
            let cold = ["provider: tensorpix, key: mock-429-retry-after-20"]
            try await process(cold, folder, mocks) { gateway async throws in _ = try await gateway.get("/v1/balances") }
            try await process(["provider: legnext, key: mock-ok"], folder, mocks, later: .seconds(2)) { gateway async throws in
                await gateway.reload(cold, settings: store(folder))
                let answer = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                #expect(answer.row(0)?["problem"]?["code"]?.text == "rate_limited")
                #expect(try mocks.calls(for: "tensorpix") == 1)
                gateway.clock.advance(by: .seconds(19))
                _ = try await gateway.get("/v1/balances", ("cache-control", "no-cache"))
                #expect(try mocks.calls(for: "tensorpix") == 2, "and not longer")
            }
        }
    }

    @Test func `a caller's own credential is never stored, and no credential in any form`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let caller = "mock-echo-key~CALLER-77c1d2e3f4-do-not-show"
        let gateway = try await TestGateway.start(
            ["provider: sunor, key: mock-echo-key", "provider: legnext, key: mock-ok"], settings: store(folder))
        _ = try await gateway.get("/v1/balances")
        _ = try await gateway.get(TestGateway.routes["sunor"] ?? "", ("x-api-key", caller))
        try await gateway.stored()
        // Not stopped yet: the log and its index are there, too.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["bursar.db", "bursar.db-shm", "bursar.db-wal", "bursar.db.lock"])
        var seen = Data()
        for name in names {
            seen += try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
        try await gateway.stop()
        seen += try Data(contentsOf: URL(fileURLWithPath: folder.file("bursar.db")))
        #expect(seen.range(of: Data("sunor".utf8)) != nil, "the rows are there")
        Canary.search(Array(seen), "the store's files", and: [caller])
        let rows = try await LocalProgram.run("sqlite3", [folder.file("bursar.db"), "SELECT count(*) FROM credential"])
        #expect(rows.text == "2\n", "the caller's is not among them")
    }

    @Test func `a reload adds, removes and keeps`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let gateway = try await TestGateway.start(accounts, settings: store(folder))
        _ = try await gateway.get("/v1/balances")
        try await gateway.stored()
        await gateway.reload([accounts[0], "provider: legnext, key: mock-ok"], settings: store(folder))
        _ = try await gateway.get("/v1/balances")
        try await gateway.stored()
        let rows = try await LocalProgram.run(
            "sqlite3", [folder.file("bursar.db"), "SELECT DISTINCT provider FROM credential ORDER BY 1"])
        #expect(rows.text == "legnext\ntensorpix\n")
        try await gateway.stop()
    }

    @Test func `a store that cannot be used is told, and the gateway serves on`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        // A folder where the file should be.
        try FileManager.default.createDirectory(atPath: folder.file("bursar.db"), withIntermediateDirectories: false)
        try await TestGateway.with(accounts, settings: store(folder)) { gateway async throws in
            #expect(try await gateway.get("/v1/balances").status == 200)
            let ready = try await gateway.get("/readyz")
            #expect(ready.status == 200)
            #expect(ready.text == #"{"status":"ready","store":{"status":"degraded","reason":"foreign"}}"#)
            #expect(try await gateway.get("/metrics").text.contains("bursar_store_up 0\n"))
            #expect(gateway.log.text.components(separatedBy: "serving on from memory").count == 2, "one line")
            // It comes back by itself once it can.
            try FileManager.default.removeItem(atPath: folder.file("bursar.db"))
            #expect(try await gateway.tells("everything is kept again"))
            #expect(try await gateway.get("/readyz").text.contains(#"{"status":"ok"}"#))
            try await gateway.stored()
            let rows = try await LocalProgram.run("sqlite3", [folder.file("bursar.db"), "SELECT count(*) FROM credential"])
            #expect(rows.text == "2\n", "with all that was learned meanwhile")
        }
    }

    @Test func `what is told of a store names its file, and one that gave nothing is not said to be restored`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("bursar.db")
        try Data("the notes of somebody".utf8).write(to: URL(fileURLWithPath: path))
        try await TestGateway.with(accounts, settings: store(folder)) { gateway async throws in
            let lines = gateway.log.text.split(separator: "\n").filter { $0.contains("serving on from memory") }
            #expect(lines.count == 1 && lines.allSatisfy { $0.contains(#""path":"\#(path)""#) }, "\(lines)")
            #expect(!gateway.log.text.contains("store: restored"))
            let ready = try await gateway.get("/readyz").text
            #expect(!ready.contains(path), "but nobody who asks is told")
            try FileManager.default.removeItem(atPath: path)
            #expect(try await gateway.tells("everything is kept again"))
        }
        try await TestGateway.with(accounts, settings: store(folder)) { gateway async throws in
            #expect(await gateway.log.contains("store: restored"))
        }
    }

    @Test func `a second process on the same store says so, shows what is kept, and takes over`() async throws {
        try await withMocks { mocks, folder async throws in
            let first = try await TestGateway.start(accounts, settings: store(folder), mocks: mocks)
            _ = try await first.get("/v1/balances")
            try await first.stored()
            try await process(accounts, folder, mocks, later: .seconds(5)) { second async throws in
                #expect(
                    try await second.get("/readyz").text == #"{"status":"ready","store":{"status":"degraded","reason":"in_use"}}"#
                )
                #expect(await second.log.contains("store: restored"), "what can be read is")
                #expect(try await second.get("/v1/balances", held).row(0)?["status"]?.text == "stale")
                _ = try await second.get("/v1/balances", ("cache-control", "no-cache"))
                #expect(try await first.get("/readyz").text.contains(#"{"status":"ok"}"#), "and the first notices nothing")
                try await first.stop()
                #expect(try await second.tells("everything is kept again"))
            }
            try await process(accounts, folder, mocks, later: .seconds(300)) { third async throws in
                let row = try await third.get("/v1/balances", held).row(0)
                #expect(
                    row?["status"]?.text == "stale" && row?["fetched_at"]?.text?.hasSuffix(":05.000Z") == true, "the second's")
            }
        }
    }

    @Test func `a store that is deleted is made again, with all that is in memory`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(accounts, settings: store(folder)) { gateway async throws in
            _ = try await gateway.get("/v1/balances")
            try await gateway.stored()
            try folder.takeAway()
            // Without any request: it is looked at now and then. Time stands still here, so this is the first try, at once.
            #expect(await gateway.log.contains("everything is kept again"))
            try await gateway.stored()
            let rows = try await LocalProgram.run("sqlite3", [folder.file("bursar.db"), "SELECT count(*) FROM credential"])
            #expect(rows.text == "2\n")
        }
    }

    @Test(.enabled(if: LocalProgram.has("sqlite3"), "sqlite3 is not installed"))
    func `what the documents say about looking into it works`() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await TestGateway.with(accounts + ["provider: legnext, key: mock-401"], settings: store(folder)) {
            gateway async throws in
            _ = try await gateway.get("/v1/balances")
            try await gateway.stored()
            let file = URL(filePath: #filePath).appending(path: "../../../../docs/operations.md").standardizedFileURL
            let commands = try String(contentsOf: file, encoding: .utf8)
                .matches(of: /\$ sqlite3 -readonly bursar\.db "([^"]+)"/).map { String($0.1) }
            #expect(commands.count == 2)
            var outputs: [String] = []
            for command in commands {
                let output = try await LocalProgram.run("sqlite3", ["-readonly", folder.file("bursar.db"), command])
                #expect(output.status == 0, "\(output.complaint)")
                outputs.append(output.text)
            }
            #expect(outputs[0].contains("tensorpix|default|available|12.3400|USD|2026-11-20T22:56:00.000Z|\n"))
            #expect(outputs[0].contains("legnext|default|||||unauthorized\n"))
            #expect(outputs[1] == "2026-11-20T22:56:00.000Z|12.3400|USD\n")
        }
    }
}
