import CSQLite

/// A prepared statement (https://www.sqlite.org/c3ref/stmt.html), whose memory goes with it. *One owner at a time:* ``Database`` alone.
final class Statement {
    private let handle: OpaquePointer

    /// - Throws: what SQLite says to the text; SQLITE_MISUSE where there is more in it than one statement.
    init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
        var prepared: OpaquePointer?
        var isOne = true
        let code = sql.withCString { text in
            var rest: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &rest)
            if let rest, rest.pointee != 0 { isOne = false }
            return code
        }
        // Nothing is prepared of an empty text, and that is no error to SQLite.
        guard code == SQLITE_OK, let prepared else { throw SQLiteError(code: code == SQLITE_OK ? SQLITE_MISUSE : code) }
        handle = prepared
        guard isOne else { throw SQLiteError(code: SQLITE_MISUSE) }
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs it once.
    /// - Parameter row: called with the columns of each row, from left to right.
    func run(_ values: [any SQLiteBindable], row: ([SQLiteValue]) throws -> Void) throws {
        defer {
            // What step failed with, once more; and the next run must not find this one's values.
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        guard Int(sqlite3_bind_parameter_count(handle)) == values.count else { throw SQLiteError(code: SQLITE_RANGE) }
        for (index, value) in zip(Int32(1)..., values) { try check(bind(value.sqliteValue, at: index)) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw SQLiteError(code: code) }
            try row((0..<sqlite3_column_count(handle)).map(column))
        }
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        if code != SQLITE_OK { throw SQLiteError(code: code) }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let value): sqlite3_bind_int64(handle, index, value)
        case .real(let value): sqlite3_bind_double(handle, index, value)
        case .text(let value): value.withCString { bursar_bind_text(handle, index, $0, UInt64(value.utf8.count)) }
        // No bytes have no address, and no address is NULL.
        case .bytes(let value) where value.isEmpty: sqlite3_bind_zeroblob(handle, index, 0)
        case .bytes(let value): value.withUnsafeBytes { bursar_bind_bytes(handle, index, $0.baseAddress, UInt64($0.count)) }
        }
    }

    /// A copy: what SQLite points to is gone with the next step.
    private func column(_ index: Int32) -> SQLiteValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, index))
        case SQLITE_TEXT: .text(String(decoding: bytes(sqlite3_column_text(handle, index), index), as: UTF8.self))
        case SQLITE_BLOB: .bytes(Array(bytes(sqlite3_column_blob(handle, index), index)))
        default: .null
        }
    }

    /// The address first, then the count: SQLite may convert the text for the one, which changes the other.
    private func bytes(_ address: UnsafeRawPointer?, _ index: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : Int(sqlite3_column_bytes(handle, index)))
    }
}
