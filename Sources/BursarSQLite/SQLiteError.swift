import CSQLite

/// What SQLite answered instead of a result (https://www.sqlite.org/rescode.html). *Value.* Without its message, which may repeat a
/// statement, a value or a path.
package struct SQLiteError: Error, Equatable {
    /// The extended result code.
    package let code: Int32

    package init(code: Int32) { self.code = code }

    /// The result code that the extended one belongs to.
    package var primary: Int32 { code & 0xFF }
}
