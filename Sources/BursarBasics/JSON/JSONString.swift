/// Strings of JSON, as everything here writes them. *Pure.*
package enum JSONString {
    /// Appends `text` with its quotes; it may be hostile.
    ///
    /// Beside what JSON demands, DEL and U+0080…U+009F are escaped: terminals take some of them for the beginning of a command.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var previous: UInt8 = 0
        for byte in text.utf8 {
            defer { previous = byte }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(UInt8(ascii: "\\"), byte, to: &bytes)
            case 0x0A: append(UInt8(ascii: "\\"), UInt8(ascii: "n"), to: &bytes)
            case 0x0D: append(UInt8(ascii: "\\"), UInt8(ascii: "r"), to: &bytes)
            case 0x09: append(UInt8(ascii: "\\"), UInt8(ascii: "t"), to: &bytes)
            case 0..<0x20, 0x7F: appendEscape(byte, to: &bytes)
            case 0x80...0x9F where previous == 0xC2:
                bytes.removeLast()
                appendEscape(byte, to: &bytes)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func append(_ first: UInt8, _ second: UInt8, to bytes: inout [UInt8]) {
        bytes.append(first)
        bytes.append(second)
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(contentsOf: byte.hexPair.utf8)
    }
}
