/// Follows TLS records on the wire, as far as their lengths (RFC 8446 5.1). *Value.*
///
/// A server that sent half a record before a connection was set aside could send the rest when the next request comes: an answer that was
/// begun before it was asked for.
struct RecordBoundary: Sendable {
    /// Of type, version and length.
    private static let headerLength = 5

    private var header: [UInt8] = []
    private var left = 0

    /// Whether all records so far are whole.
    var isBetweenRecords: Bool { header.isEmpty && left == 0 }

    mutating func read(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if left > 0 {
                let part = rest.prefix(left)
                left -= part.count
                rest = rest[part.endIndex...]
            } else {
                let part = rest.prefix(Self.headerLength - header.count)
                header.append(contentsOf: part)
                rest = rest[part.endIndex...]
                if header.count == Self.headerLength {
                    left = Int(header[3]) << 8 | Int(header[4])
                    header = []
                }
            }
        }
    }
}
