import CSQLite

/// A connection to a SQLite file, with the statements that were prepared on it. *One owner at a time,* who may block: an actor on a queue
/// of its own. Closed when its last reference goes.
package final class Database {
    private var connection: OpaquePointer?
    /// By their text: every statement is one of a fixed few. One that runs is not among them, so it may be run within itself.
    private var prepared: [String: Statement] = [:]

    /// - Parameters:
    ///   - isReadOnly: what is not there is made otherwise.
    ///   - busyTimeout: how long a statement waits for a lock that another connection holds, in milliseconds.
    package init(path: String, isReadOnly: Bool = false, busyTimeout: Int32 = 0) throws(SQLiteError) {
        let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        // One owner at a time needs no lock of SQLite's own.
        guard sqlite3_open_v2(path, &connection, access | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK else {
            // A connection that could not be opened tells why, and has to be closed.
            let code = connection.map(sqlite3_extended_errcode) ?? SQLITE_NOMEM
            sqlite3_close_v2(connection)
            connection = nil
            throw SQLiteError(code: code)
        }
        sqlite3_extended_result_codes(connection, 1)
        sqlite3_busy_timeout(connection, busyTimeout)
    }

    deinit { close() }

    /// Nothing works any more. The last connection to a file moves its log into it.
    package func close() {
        prepared = [:]
        sqlite3_close_v2(connection)
        connection = nil
    }

    /// Runs one statement.
    /// - Parameter row: called with the columns of each row, from left to right.
    package func run(
        _ sql: String, _ values: [any SQLiteBindable] = [], row: ([SQLiteValue]) throws -> Void = { _ in }
    ) throws {
        let statement = try prepared.removeValue(forKey: sql) ?? Statement(sql, on: open())
        defer { prepared[sql] = statement }
        try statement.run(values, row: row)
    }

    /// The first row of one statement.
    package func first(_ sql: String, _ values: [any SQLiteBindable] = []) throws -> [SQLiteValue]? {
        var first: [SQLiteValue]?
        try run(sql, values) { first = first ?? $0 }
        return first
    }

    /// Runs any number of statements, whose rows are nobody's.
    package func run(script: String) throws(SQLiteError) {
        let code = sqlite3_exec(try open(), script, nil, nil, nil)
        if code != SQLITE_OK { throw SQLiteError(code: code) }
    }

    /// Everything that `body` writes, or nothing of it where it throws. Nobody else writes meanwhile.
    package func write<Result>(_ body: () throws -> Result) throws -> Result { try transaction("BEGIN IMMEDIATE", body) }

    /// All that `body` reads is of one moment.
    package func read<Result>(_ body: () throws -> Result) throws -> Result { try transaction("BEGIN", body) }

    private func transaction<Result>(_ begin: String, _ body: () throws -> Result) throws -> Result {
        try run(begin)
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // Some errors have taken it back already, and then there is none.
            if sqlite3_get_autocommit(connection) == 0 { try? run("ROLLBACK") }
            throw error
        }
    }

    /// Rows that the last statement which writes has changed.
    package var changes: Int64 { connection.map { Int64(sqlite3_changes($0)) } ?? 0 }

    package func hasTable(_ name: String) throws -> Bool {
        try first("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE", [name]) != nil
    }

    private func open() throws(SQLiteError) -> OpaquePointer {
        guard let connection else { throw SQLiteError(code: SQLITE_MISUSE) }
        return connection
    }
}
