import BursarEngine
import BursarModel
import BursarSQLite
import Testing

@testable import BursarStore

@Suite struct `A file of an older version` {
    /// As the first version wrote it: its schema, and rows in its own words.
    private func oldFile(_ path: String) throws {
        let db = try Database(path: path)
        try DatabaseSchema.migrate(db, upTo: "1")
        try db.write {
            try db.run("INSERT INTO account (id, provider, name) VALUES (4, 'tensorpix', 'default')")
            for second in 0..<100 {
                try db.run(
                    "INSERT INTO history (account, at, as_of, provider_low, amounts) VALUES (4, ?, NULL, NULL, ?)",
                    [
                        Samples.now.milliseconds + Int64(second) * 1_000,
                        #"[{"kind":"available","value":"\#(200 - second).50","unit":"USD"}]"#
                    ])
            }
        }
        db.close()
    }

    @Test func `keeps every entry, each seen once, and is counted from there`() async throws {
        let scratch = Scratch()
        try oldFile(scratch.file())
        let store = scratch.store()
        #expect(try await store.open(identity: nil).readOnly == nil)
        let entries = try await store.history(of: Samples.account())
        #expect(entries.count == 100 && entries.allSatisfy { $0.at == $0.until })
        #expect(entries.map { $0.amounts[0].value.description } == (0..<100).map { "\(200 - $0).50" })
        try await store.write(
            StoreBatch(history: [Samples.change("100.25", at: Samples.now.advanced(by: .seconds(200)))], now: Samples.now))
        #expect(try await store.counters().first?.counters.spent.description == "1.25")
        await store.close()
    }

    /// An earlier version did not put down which change landed last.
    @Test func `counts from the newest change that is no later than the next one`() async throws {
        let scratch = Scratch()
        try oldFile(scratch.file())
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        let now = Samples.now.advanced(by: .milliseconds(50_500))
        try await store.write(StoreBatch(history: [Samples.change("149.25", at: now)], now: now))
        #expect(try await store.counters().first?.counters.spent.description == "1.25")
        await store.close()
    }

    /// Between any two commits of an earlier version's; the first of them was a table of GRDB's, which made the file another program's
    /// for ever.
    @Test func `is gone on with where its first start was killed`() async throws {
        for last in [nil] + DatabaseSchema.migrations.map(\.0) {
            let scratch = Scratch()
            let db = try Database(path: scratch.file())
            try db.run("PRAGMA journal_mode = WAL")
            if let last {
                try DatabaseSchema.migrate(db, upTo: last)
            } else {
                try db.run("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
            }
            db.close()
            let store = scratch.store()
            #expect(try await store.open(identity: nil).readOnly == nil)
            try await store.write(StoreBatch(history: [Samples.change("1.25", at: Samples.now)], now: Samples.now))
            #expect(try await store.history(of: Samples.account()).count == 1)
            await store.close()
        }
    }

    /// The statements of docs/operations.md.
    @Test func `comes back when the later migrations are taken back by hand`() async throws {
        let scratch = Scratch()
        try oldFile(scratch.file())
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        try await store.write(
            StoreBatch(confirmed: [Samples.account(): Samples.now.advanced(by: .seconds(500))], now: Samples.now))
        await store.close()
        let db = try Database(path: scratch.file())
        try db.run(
            script: """
                ALTER TABLE account DROP COLUMN landed; DELETE FROM grdb_migrations WHERE identifier = '4';
                DROP TABLE alert_state; DROP TABLE alert_told; DROP TABLE alert_event; DROP TABLE alert_message;
                DROP TABLE alert_delivery; DROP TABLE alert_mute; DROP TABLE alert_target;
                DELETE FROM grdb_migrations WHERE identifier = '3';
                DROP VIEW spending; DROP TABLE counter; DROP TABLE claim; ALTER TABLE history DROP COLUMN until;
                DELETE FROM grdb_migrations WHERE identifier = '2';
                """)
        #expect(try db.first("SELECT group_concat(identifier) FROM grdb_migrations") == [.text("1")])
        #expect(
            try db.first("SELECT group_concat(name) FROM pragma_table_info('history')")
                == [.text("account,at,as_of,provider_low,amounts")])
        db.close()
        // And forward again.
        let again = scratch.store()
        _ = try await again.open(identity: nil)
        #expect(try await again.history(of: Samples.account()).count == 100)
        await again.close()
    }
}
