/// Looks how many keys a YAML document has at its top, before anything is made of them. *Pure.*
///
/// A reader makes a node of each: a few megabytes of short keys would take hundreds of megabytes of memory. A document in braces, such as one
/// of JSON, is left as it is: a key that begins a line may lie anywhere in it.
enum TopLevelKeys {
    /// The document as far as its first keys go, and how many more there are.
    static func head(of bytes: [UInt8], most: Int) -> (bytes: [UInt8], left: Int) {
        if isInBraces(bytes) { return (bytes, 0) }
        var (keys, end) = (0, bytes.count)
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                let next = (bytes[start...].firstIndex(where: isLineEnd) ?? bytes.count - 1) + 1
                if isKey(bytes[start..<next]) {
                    keys += 1
                    if keys == most + 1 { end = start }
                }
                start = next
            }
        }
        return end == bytes.count ? (bytes, 0) : (Array(bytes[..<end]), keys - most)
    }

    /// What stands before the first brace is blank, a comment, a directive or the mark of a document.
    private static func isInBraces(_ bytes: [UInt8]) -> Bool {
        var isComment = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): isComment = false
            case UInt8(ascii: "#"), UInt8(ascii: "%"): isComment = true
            case _ where isComment || " \t-\u{FEFF}".utf8.contains(byte): continue
            default: return byte == UInt8(ascii: "{")
            }
        }
        return false
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    /// Not indented, no comment, no element of a list, no end of a collection, and a colon somewhere.
    private static func isKey(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = line.first, !" \t\r\n#-{}[],%.|>".utf8.contains(first) else { return false }
        return line.contains(UInt8(ascii: ":"))
    }
}
