/// Strings of JSON, as everything here writes them. *Pure.*
package enum JSONString {
    /// Appends `text` with its quotes; it may be hostile.
    ///
    /// Beside what JSON demands, what ``LineText`` calls a command is escaped: DEL and U+0080…U+009F, which terminals take for the
    /// beginning of one, what ends a line elsewhere, and what turns the order of letters around.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var previous: UInt8 = 0
        var beforePrevious: UInt8 = 0
        for byte in text.utf8 {
            defer { (beforePrevious, previous) = (previous, byte) }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(UInt8(ascii: "\\"), byte, to: &bytes)
            case 0x0A: append(UInt8(ascii: "\\"), UInt8(ascii: "n"), to: &bytes)
            case 0x0D: append(UInt8(ascii: "\\"), UInt8(ascii: "r"), to: &bytes)
            case 0x09: append(UInt8(ascii: "\\"), UInt8(ascii: "t"), to: &bytes)
            case 0..<0x20, 0x7F: appendEscape(UInt32(byte), to: &bytes)
            case 0x80...0xBF:
                // Of two or three bytes: those of four have no such character.
                let scalar = beforePrevious == 0xE2 ? value(beforePrevious, previous, byte) : value(previous, byte)
                guard LineText.isCommand(scalar) else {
                    bytes.append(byte)
                    continue
                }
                bytes.removeLast(beforePrevious == 0xE2 ? 2 : 1)
                appendEscape(scalar, to: &bytes)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// U+0080 and up; 0x20, which is no command, where the first byte begins no character of two bytes.
    private static func value(_ first: UInt8, _ second: UInt8) -> UInt32 {
        first & 0xE0 == 0xC0 ? UInt32(first & 0x1F) << 6 | UInt32(second & 0x3F) : 0x20
    }

    /// Of three bytes, the first of which is 0xE2: U+2000…U+2FFF.
    private static func value(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        UInt32(first & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F)
    }

    private static func append(_ first: UInt8, _ second: UInt8, to bytes: inout [UInt8]) {
        bytes.append(first)
        bytes.append(second)
    }

    /// All of them are below U+FFFF.
    private static func appendEscape(_ scalar: UInt32, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "\\u".utf8)
        bytes.append(contentsOf: UInt8(scalar >> 8 & 0xFF).hexPair.utf8)
        bytes.append(contentsOf: UInt8(scalar & 0xFF).hexPair.utf8)
    }
}
