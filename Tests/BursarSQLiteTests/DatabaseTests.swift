import CSQLite
import Testing
import TestSupport

@testable import BursarSQLite

@Suite struct DatabaseTests {
    private func code(_ body: () throws -> Void) -> Int32? {
        do {
            try body()
            return nil
        } catch { return (error as? SQLiteError)?.code }
    }

    @Test func `what is bound comes back as it was, without bytes, with a zero in the text, and at the ends of the integers`()
        throws
    {
        let db = try Database(path: ":memory:")
        let values: [any SQLiteBindable] = [
            Int64.max, Int64.min, "", "a\0b ü", [UInt8](), [0, 255] as [UInt8], Int64?.none, true
        ]
        let places = values.map { _ in "?" }.joined(separator: ", ")
        let row = try #require(try db.first("SELECT \(places)", values))
        #expect(row == values.map(\.sqliteValue))
        #expect(try db.first("SELECT 1.5, CAST(x'ff41' AS TEXT)") == [.real(1.5), .text("\u{FFFD}A")])
    }

    @Test func `a transaction that throws leaves nothing, and the next one begins`() throws {
        struct Stop: Error {}
        let db = try Database(path: ":memory:")
        try db.run("CREATE TABLE t (x)")
        #expect(try db.hasTable("T") && !db.hasTable("u"), "names have no case")
        #expect(throws: Stop.self) {
            try db.write {
                try db.run("INSERT INTO t VALUES (1)")
                throw Stop()
            }
        }
        try db.write { try db.run("INSERT INTO t VALUES (2)") }
        #expect(try db.first("SELECT group_concat(x) FROM t") == [.text("2")] && db.changes == 1)
    }

    @Test func `a statement that is running may be run within itself, and is left as new where its rows are not wanted any more`()
        throws
    {
        struct Enough: Error {}
        let db = try Database(path: ":memory:")
        try db.run(script: "CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)")
        var pairs: [SQLiteValue] = []
        try db.run("SELECT x FROM t") { outer in try db.run("SELECT x FROM t") { pairs += outer + $0 } }
        #expect(pairs.count == 18)
        #expect(throws: Enough.self) { try db.run("SELECT x FROM t") { _ in throw Enough() } }
        #expect(try db.first("SELECT count(*) FROM t") == [.integer(3)])
        try db.run("DROP TABLE t")
    }

    @Test func `too few values, too many, two statements for one and none are errors of the statement`() throws {
        let db = try Database(path: ":memory:")
        #expect(code { try db.run("SELECT ?, ?", [1]) } == SQLITE_RANGE)
        #expect(code { try db.run("SELECT ?", [1, 2]) } == SQLITE_RANGE)
        #expect(code { try db.run("SELECT 1; SELECT 2") } == SQLITE_MISUSE)
        #expect(code { try db.run("") } == SQLITE_MISUSE)
        #expect(code { try db.run("SELECT * FROM nowhere") } == SQLITE_ERROR)
    }

    @Test func `what does not work is told by its code: a path that cannot be, a lock, and a connection that is closed`() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        #expect(code { _ = try Database(path: folder.path) } == SQLITE_CANTOPEN)
        let path = folder.file("file.db")
        #expect(code { _ = try Database(path: path, isReadOnly: true) } == SQLITE_CANTOPEN)
        let db = try Database(path: path)
        let other = try Database(path: path, busyTimeout: 1)
        try db.write { #expect(code { try other.write {} } == SQLITE_BUSY) }
        db.close()
        #expect(code { try db.run("SELECT 1") } == SQLITE_MISUSE && db.changes == 0)
        db.close()
    }
}
