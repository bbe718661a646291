import BursarBasics
import BursarEngine
import BursarModel
import BursarSQLite
import Foundation
import Testing
import TestSupport

@testable import BursarStore

/// Bytes that somebody else wrote, or a disk: nothing traps, and what is broken is kept.
@Suite struct `Corrupt files` {
    private func filled(_ scratch: Scratch, name: String = "bursar.db") async throws {
        let store = scratch.store(name)
        _ = try await store.open(identity: nil)
        for number in 0..<40 {
            try await store.write(
                StoreBatch(
                    saved: [Samples.stored(number, number % 3 == 0 ? Samples.full : Samples.snapshot("\(number).50"))],
                    history: (0..<20).map {
                        Samples.change(
                            "\($0).25", at: Samples.now.advanced(by: .seconds($0 * 61)), of: Samples.account("a\(number)"))
                    }, accounts: nil, now: Samples.now))
        }
        await store.close()
    }

    @Test func `garbage behind the beginning of a database is moved aside and kept, and a new one begun`() async throws {
        let scratch = Scratch()
        let garbage = Data("SQLite format 3\0".utf8) + Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try garbage.write(to: URL(fileURLWithPath: scratch.file()))
        let mine = Secret([UInt8](repeating: 9, count: 32))
        let store = scratch.store()
        let contents = try await store.open(identity: mine)
        let name = try #require(contents.movedAside)
        #expect(name == scratch.file("bursar.db.corrupt-20270115T080000000Z"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: name)) == garbage)
        #expect(contents.credentials.isEmpty && contents.identity.constantTimeEquals(mine))
        try await store.write(StoreBatch(saved: [Samples.stored(1)], now: Samples.now))
        // Broken again within the same millisecond: the first one is not overwritten.
        await store.close()
        try garbage.write(to: URL(fileURLWithPath: scratch.file()))
        let again = try await store.open(identity: mine)
        #expect(again.movedAside == name + "-2")
    }

    /// Every file opens, moved aside or not, takes a write and gives it back; no byte makes the process end.
    @Test func `seeded damage anywhere in the file traps nowhere and costs no more than what it hit`() async throws {
        let seed = RandomTest.seed("corrupt files")
        var random = SplitMix64(seed: seed)
        let scratch = Scratch()
        try await filled(scratch)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file())))
        #expect(whole.count > 50_000)
        let rounds = RandomTest.rounds(150)
        var (moved, unreadable, foreign, intact, damagedLater) = (0, 0, 0, 0, 0)
        for round in 0..<rounds {
            var bytes = whole
            switch round % 5 {
            case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            case 1:
                // A page that was never written.
                let page = Int.random(in: 0..<bytes.count / 4_096, using: &random) * 4_096
                bytes.replaceSubrange(page..<page + 4_096, with: [UInt8](repeating: 0, count: 4_096))
            case 2:
                for _ in 0..<Int.random(in: 1...200, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
                }
            case 3:
                // The header and the schema, where a byte means most.
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<4_096, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
                }
            default:
                let start = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, start + Int.random(in: 1...9_000, using: &random))
                for index in start..<end { bytes[index] = UInt8.random(in: .min ... .max, using: &random) }
            }
            let name = "round-\(round).db"
            try Data(bytes).write(to: URL(fileURLWithPath: scratch.file(name)))
            let store = scratch.store(name)
            do throws(StoreFault) {
                let contents = try await store.open(identity: nil)
                if contents.movedAside != nil {
                    moved += 1
                } else if contents.credentials.count < 40 {
                    unreadable += 1
                } else {
                    intact += 1
                }
                let saved = Samples.stored(1_000, Samples.full)
                do throws(StoreFault) {
                    try await store.write(StoreBatch(saved: [saved], history: [Samples.change("1")], now: Samples.now))
                } catch {
                    // Damage that the check at the start does not see; the next opening moves it aside.
                    damagedLater += 1
                    #expect(error.reason == .corrupt, "seed \(seed), round \(round)")
                    let anew = try await store.open(identity: contents.identity)
                    #expect(anew.movedAside != nil)
                    try await store.write(StoreBatch(saved: [saved], now: Samples.now))
                }
                let after = try await store.open(identity: nil)
                #expect(after.credentials.contains(saved), "seed \(seed), round \(round)")
                _ = try await store.history(of: Samples.account("a1"))
            } catch {
                // Only what no longer looks like a file of ours may be refused: it is told, and nothing in it is touched.
                #expect(error.reason == .foreign || error.reason == .newer, "seed \(seed), round \(round): \(error)")
                foreign += 1
            }
            await store.close()
        }
        print(
            "corrupt files: \(rounds), moved aside \(moved), rows passed over in \(unreadable), nothing to see in \(intact), "
                + "found by a write in \(damagedLater), refused \(foreign)")
        #expect(moved > rounds / 4)
    }

    @Test func `rows that somebody wrote by hand are passed over and counted, whatever is in them`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        try await store.write(
            StoreBatch(saved: (0..<60).map { Samples.stored($0, Samples.full) }, history: [Samples.change("1")], now: Samples.now)
        )
        await store.close()
        let hostile = [
            "digest = x'00'", "digest = 'text'", "provider = 'Not A Name'", "provider = 7", "account = ''", "taken_at = 'soon'",
            "taken_at = -1", "taken_at = 9223372036854775807", "fetched_at = 1e300", "fetched_at = -9223372036854775808",
            "amounts = NULL", "amounts = '[{\"kind\":\"available\"}]'",
            "amounts = '[{\"kind\":\"available\",\"value\":\"1e999\",\"unit\":\"USD\"}]'",
            "amounts = x'ff'", "amounts = '[{\"kind\":\"all\",\"value\":\"1\",\"unit\":\"USD\"}]'", "reply_status = 0",
            "reply_status = 99999999999",
            "body = 'text'", "body = NULL",
            "problem = 'gremlins'",
            "hold = 'forever'", "hold_until = NULL", "hold_left_ns = 'x'", "hint = 'x'", "hint_wait_ns = NULL",
            "hinted_refusals = 1.5", "breaker = 'half_open'", "breaker_count = 'x'", "calls = 'x'", "calls = '[1,x]'",
            "calls = '[-5]'",
            "calls = '[99999999999999999999]'", "as_of = 'x'", "provider_low = 'x'", "problem_status = -1"
        ]
        // These say nothing that cannot be, or nothing that matters.
        let harmless = [
            "hinted_refusals = 9223372036854775807", "unhinted_refusals = 9223372036854775807",
            "backoff_steps = -9223372036854775808", "breaker_count = 9223372036854775807", "hold_left_ns = 9223372036854775807",
            "hold_left_ns = -5", "hint_wait_ns = 0", "provider_low = 17", "problem_reason = x'ff'",
            "content_type = 'text/html' || char(13) || char(10) || 'x: y'"
        ]
        let db = try Database(path: scratch.file())
        let statements = hostile + harmless
        try db.write {
            var rows: [SQLiteValue] = []
            try db.run("SELECT rowid FROM credential ORDER BY rowid") { rows += $0 }
            for (row, change) in zip(rows, statements) {
                guard case .integer(let id) = row else { continue }
                try db.run("UPDATE credential SET \(change) WHERE rowid = ?", [id])
            }
            try db.run(
                script: """
                    INSERT INTO history (account, at, as_of, provider_low, amounts)
                    VALUES (1, 5, NULL, NULL, 'x'), (1, 'x', NULL, NULL, '[]'), (99, 1, 2, 3, '[]');
                    INSERT INTO history (account, at, as_of, provider_low, amounts) VALUES (1, 9223372036854775807, NULL, NULL, '[]')
                    """)
        }
        db.close()
        let contents = try await store.open(identity: nil)
        // A reason that is no text is a row that cannot be read, too.
        #expect(contents.unreadable == hostile.count + 1)
        let nobodys = hostile.count { ["digest", "provider =", "account", "taken_at"].contains(where: $0.hasPrefix) }
        #expect(nobodys == 8 && contents.credentials.count == 60 - nobodys, "what says whose it is, is kept as far as it goes")
        let types = contents.credentials.compactMap { $0.snapshot.reading?.reply.contentType }
        #expect(types.allSatisfy { $0.hasPrefix("application/json") }, "what was kept is called JSON, whatever the file says")
        // What came through goes into the machine, which must not trap over it either.
        let policy = RefreshPolicy(ttl: .seconds(30), staleFor: .seconds(86_400), timeout: .seconds(5))
        let now = Moment(monotonic: MonotonicTime(nanoseconds: 5), wall: Samples.now)
        var machine = RefreshMachine(seed: 1)
        for stored in contents.credentials {
            _ = machine.restored(stored.key, stored.snapshot, policy: policy, now: now)
            _ = machine.requested(
                stored.key, policy: policy, demand: .newest, waiter: nil, now: now.advanced(by: .seconds(7_200)))
            _ = machine.snapshot(stored.key, now: now)
        }
        #expect(try await store.history(of: Samples.account()) == [Samples.change("1")])
        for number in 0..<60 {
            let at = Samples.now.advanced(by: .seconds(number))
            try await store.write(StoreBatch(history: [Samples.change("2", at: at)], accounts: [Samples.account()], now: at))
        }
    }

    @Test func `a header that asks for a newer SQLite from writers is damage: moved aside, and a new file begun`() async throws {
        let scratch = Scratch()
        try await filled(scratch)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.file()))
        bytes[18] = 244
        try bytes.write(to: URL(fileURLWithPath: scratch.file()))
        let store = scratch.store()
        let contents = try await store.open(identity: nil)
        #expect(contents.movedAside != nil && contents.readOnly == nil)
        try await store.write(StoreBatch(saved: [Samples.stored(1)], now: Samples.now))
    }

    @Test func `a migration whose name is no text is damage: moved aside, and a new file begun`() async throws {
        let scratch = Scratch()
        try await filled(scratch)
        let db = try Database(path: scratch.file())
        try db.run(
            script: """
                CREATE TABLE other (identifier); INSERT INTO other SELECT identifier FROM grdb_migrations;
                DROP TABLE grdb_migrations; ALTER TABLE other RENAME TO grdb_migrations;
                UPDATE grdb_migrations SET identifier = NULL WHERE rowid = 1
                """)
        db.close()
        let store = scratch.store()
        let contents = try await store.open(identity: nil)
        #expect(contents.movedAside != nil && contents.credentials.isEmpty)
        try await store.write(StoreBatch(saved: [Samples.stored(1)], now: Samples.now))
    }

    @Test(arguments: ["amounts = 'x'", "body = NULL", "problem = 'gremlins'", "calls = '[1,x]'", "hint = 'x'"])
    func `a part that cannot be read takes no cooldown and no breaker with it`(damage: String) async throws {
        let scratch = Scratch()
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        try await store.write(StoreBatch(saved: [Samples.stored(1, Samples.full)], now: Samples.now))
        await store.close()
        let db = try Database(path: scratch.file())
        try db.run(script: "UPDATE credential SET \(damage)")
        db.close()
        let contents = try await store.open(identity: nil)
        let kept = try #require(contents.credentials.first?.snapshot)
        #expect(contents.unreadable == 1)
        #expect(kept.hold?.until == Samples.full.hold?.until && kept.hold?.left == Samples.full.hold?.left)
        #expect(kept.breaker == Samples.full.breaker && kept.cooldown == Samples.full.cooldown)
        #expect((kept.reading == nil) == (damage.hasPrefix("amounts") || damage.hasPrefix("body")))
        #expect(kept.calls.isEmpty == damage.hasPrefix("calls"))
    }

    @Test func `an identity that is gone or damaged costs the credentials, which nobody could match, and nothing else`()
        async throws
    {
        let scratch = Scratch()
        for damage in ["DELETE FROM bursar", "UPDATE bursar SET value = x'00'", "UPDATE bursar SET value = 'text'"] {
            let store = scratch.store()
            _ = try await store.open(identity: nil)
            try await store.write(StoreBatch(saved: [Samples.stored(1)], history: [Samples.change("1")], now: Samples.now))
            await store.close()
            let db = try Database(path: scratch.file())
            try db.run(script: damage)
            db.close()
            let contents = try await store.open(identity: nil)
            #expect(contents.credentials.isEmpty && contents.identity.count == 32)
            #expect(try await store.history(of: Samples.account()).count == 1)
            await store.close()
        }
    }

    @Test func `a file that is named after one that was removed does not get its log`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        try await store.write(StoreBatch(saved: [Samples.stored(1)], now: Samples.now))
        try FileManager.default.removeItem(atPath: scratch.file())
        #expect(scratch.names.contains("bursar.db-wal"))
        await store.close()
        let contents = try await scratch.store().open(identity: nil)
        #expect(contents.credentials.isEmpty && contents.movedAside == nil)
    }
}
