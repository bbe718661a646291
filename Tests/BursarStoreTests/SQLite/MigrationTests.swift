import BursarEngine
import BursarModel
import GRDB
import Testing

@testable import BursarStore

@Suite struct `A file of an older version` {
    /// As the first version wrote it: its schema, and rows in its own words.
    private func oldFile(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try DatabaseSchema.migrator.migrate(queue, upTo: "1")
        try queue.write { db in
            try db.execute(sql: "INSERT INTO account (id, provider, name) VALUES (4, 'tensorpix', 'default')")
            for second in 0..<100 {
                try db.execute(
                    sql: "INSERT INTO history (account, at, as_of, provider_low, amounts) VALUES (4, ?, NULL, NULL, ?)",
                    arguments: [
                        Samples.now.milliseconds + Int64(second) * 1_000,
                        #"[{"kind":"available","value":"\#(200 - second).50","unit":"USD"}]"#
                    ])
            }
        }
        try queue.close()
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

    /// Between any two of its commits; the first of them is GRDB's own table, which made the file another program's for ever.
    @Test func `is gone on with where its first start was killed`() async throws {
        for last in [nil] + DatabaseSchema.migrator.migrations.map(Optional.some) {
            let scratch = Scratch()
            let queue = try DatabaseQueue(path: scratch.file())
            try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
            if let last {
                try DatabaseSchema.migrator.migrate(queue, upTo: last)
            } else {
                try await queue.write {
                    try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
                }
            }
            try queue.close()
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
        let queue = try DatabaseQueue(path: scratch.file())
        try await queue.write { db in
            try db.execute(
                sql: """
                    ALTER TABLE account DROP COLUMN landed; DELETE FROM grdb_migrations WHERE identifier = '4';
                    DROP TABLE alert_state; DROP TABLE alert_told; DROP TABLE alert_event; DROP TABLE alert_message;
                    DROP TABLE alert_delivery; DROP TABLE alert_mute; DROP TABLE alert_target;
                    DELETE FROM grdb_migrations WHERE identifier = '3';
                    DROP VIEW spending; DROP TABLE counter; DROP TABLE claim; ALTER TABLE history DROP COLUMN until;
                    DELETE FROM grdb_migrations WHERE identifier = '2';
                    """)
        }
        var first = DatabaseMigrator()
        first.registerMigration("1") { _ in }
        let old = first
        #expect(try await queue.read { try !old.hasBeenSuperseded($0) })
        let columns = try await queue.read { try $0.columns(in: "history").map(\.name) }
        #expect(columns == ["account", "at", "as_of", "provider_low", "amounts"])
        try queue.close()
        // And forward again.
        let again = scratch.store()
        _ = try await again.open(identity: nil)
        #expect(try await again.history(of: Samples.account()).count == 100)
        await again.close()
    }
}
