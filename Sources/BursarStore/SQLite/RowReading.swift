import BursarModel
import BursarSQLite

/// A row, or a part of one, that does not say what was written: somebody else wrote it, or the disk did. It is passed over and counted.
struct UnreadableRow: Error {}

/// Reads a row's columns from left to right, taking nothing for granted. *Value,* used once.
struct RowReading {
    private let columns: [SQLiteValue]
    private var index: Int

    /// - Parameter first: the column to begin with.
    init(_ columns: [SQLiteValue], from first: Int = 0) {
        self.columns = columns
        index = first
    }

    private mutating func next() -> SQLiteValue {
        defer { index += 1 }
        // One column too many would be an error of ours, and still no reason to end the process.
        return index < columns.count ? columns[index] : .null
    }

    mutating func optionalInteger() throws(UnreadableRow) -> Int64? {
        switch next() {
        case .null: nil
        case .integer(let value): value
        case .real, .text, .bytes: throw UnreadableRow()
        }
    }

    mutating func optionalText() throws(UnreadableRow) -> String? {
        switch next() {
        case .null: nil
        case .text(let value): value
        case .integer, .real, .bytes: throw UnreadableRow()
        }
    }

    mutating func optionalBytes() throws(UnreadableRow) -> [UInt8]? {
        switch next() {
        case .null: nil
        case .bytes(let value): value
        case .integer, .real, .text: throw UnreadableRow()
        }
    }

    mutating func text() throws(UnreadableRow) -> String { try some(optionalText()) }
    mutating func bytes() throws(UnreadableRow) -> [UInt8] { try some(optionalBytes()) }

    /// A count: never negative, and small enough that adding to it is no matter.
    mutating func count() throws(UnreadableRow) -> Int { Int(min(max(0, try some(optionalInteger())), 1_000)) }

    mutating func optionalFlag() throws(UnreadableRow) -> Bool? { try optionalInteger().map { $0 != 0 } }

    mutating func optionalDuration() throws(UnreadableRow) -> Duration? { try optionalInteger().map { .nanoseconds(max(0, $0)) } }

    /// Of the years 1970 to 9999: no other can be meant, and none of these can make arithmetic overflow.
    mutating func optionalTime() throws(UnreadableRow) -> WallTime? {
        guard let milliseconds = try optionalInteger() else { return nil }
        return try Self.time(milliseconds)
    }

    mutating func time() throws(UnreadableRow) -> WallTime { try some(optionalTime()) }

    /// An HTTP status.
    mutating func optionalStatus() throws(UnreadableRow) -> Int? {
        guard let value = try optionalInteger() else { return nil }
        guard (100...999).contains(value) else { throw UnreadableRow() }
        return Int(value)
    }

    static func time(_ milliseconds: Int64) throws(UnreadableRow) -> WallTime {
        guard (0..<253_402_300_800_000).contains(milliseconds) else { throw UnreadableRow() }
        return WallTime(milliseconds: milliseconds)
    }
}

/// A value that must be there.
func some<Value>(_ value: Value?) throws(UnreadableRow) -> Value {
    guard let value else { throw UnreadableRow() }
    return value
}
