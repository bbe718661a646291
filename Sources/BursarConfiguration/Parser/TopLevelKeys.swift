/// Looks how many keys a YAML document has at its top, before anything is made of them. *Pure.*
///
/// A reader makes a node of each: a few megabytes of short keys would take hundreds of megabytes of memory. A document in braces, such as one
/// of JSON, is one whatever its lines begin with: its commas are counted that lie in no other braces, brackets or double quotes.
enum TopLevelKeys {
    /// The document as far as its first keys go, and how many more there are.
    static func head(of bytes: [UInt8], most: Int) -> (bytes: [UInt8], left: Int) {
        if let start = brace(in: bytes) { return headInBraces(bytes, from: start, most: most) }
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

    /// Where a document in braces begins: before it there is nothing but blanks, comments, directives and the mark of a document.
    private static func brace(in bytes: [UInt8]) -> Int? {
        var start = bytes.starts(with: "\u{FEFF}".utf8) ? 3 : 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(where: isLineEnd) ?? bytes.count
            if bytes[start..<end].starts(with: "---".utf8) { start += 3 }
            let first = bytes[start..<end].firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            if let first, bytes[first] != UInt8(ascii: "#"), bytes[first] != UInt8(ascii: "%") {
                return bytes[first] == UInt8(ascii: "{") ? first : nil
            }
            start = end + 1
        }
        return nil
    }

    /// Ended behind its first keys, by a brace. What is quoted in another way may make it count fewer, and never more.
    private static func headInBraces(_ bytes: [UInt8], from start: Int, most: Int) -> (bytes: [UInt8], left: Int) {
        var (depth, commas, end, isQuoted, isEscaped) = (0, 0, bytes.count, false, false)
        for index in start..<bytes.count {
            let byte = bytes[index]
            if isQuoted {
                isQuoted = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isQuoted = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 1:
                commas += 1
                if commas == most { end = index }
            default: break
            }
        }
        return commas < most ? (bytes, 0) : (bytes[..<end] + Array("}".utf8), commas - most)
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    /// Not indented, no comment, no element of a list, no end of a collection, and a colon somewhere.
    private static func isKey(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let first = line.first, !" \t\r\n#-{}[],%.|>".utf8.contains(first) else { return false }
        return line.contains(UInt8(ascii: ":"))
    }
}
