/// The CSV of a history, as far as both ends of it must agree. Pure.
package enum HistoryCSV {
    package static let header = "at,until,kind,value,unit,part\r\n"

    /// Whether an answer begins as one: whatever answered may not be a gateway.
    package static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: header.utf8) }
}
