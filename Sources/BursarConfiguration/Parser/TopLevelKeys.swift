/// Looks how many keys a YAML document has at its top, before anything is made of them. *Pure.*
///
/// A reader makes a node of each: a few megabytes of short keys would take hundreds of megabytes of memory. A document in braces has none
/// of these: its keys do not begin a line.
enum TopLevelKeys {
    /// The document as far as its first keys go, and how many more there are.
    static func head(of bytes: [UInt8], most: Int) -> (bytes: [UInt8], left: Int) {
        var (keys, end) = (0, bytes.count)
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                let next = (bytes[start...].firstIndex(of: 0x0A) ?? bytes.count - 1) + 1
                if isKey(bytes[start..<next]) {
                    keys += 1
                    if keys == most + 1 { end = start }
                }
                start = next
            }
        }
        return end == bytes.count ? (bytes, 0) : (Array(bytes[..<end]), keys - most)
    }

    /// Not indented, no comment, no element of a list, no end of a collection, and a colon somewhere.
    private static func isKey(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = line.first, !" \t\r\n#-{}[],%.|>".utf8.contains(first) else { return false }
        return line.contains(UInt8(ascii: ":"))
    }
}
