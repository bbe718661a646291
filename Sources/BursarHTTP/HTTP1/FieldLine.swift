/// The grammar of a field line, of a head and of a trailer alike (RFC 9112 5): a token, a colon right behind it, a value without
/// control bytes, CR LF. *Pure.*
enum FieldLine {
    /// The name is lowered where it stands.
    /// - Parameter index: of the line's first byte; behind its CR LF afterwards.
    static func read(
        at index: inout Int, _ bytes: UnsafeMutableBufferPointer<UInt8>
    ) throws(HeadFault) -> HeaderFields.Place {
        let nameStart = index
        if bytes[index] == 0x20 || bytes[index] == 0x09 { throw .foldedField }
        while index < bytes.count, ByteSet.token.contains(bytes[index]) {
            bytes[index] = bytes[index].loweredASCII
            index += 1
        }
        let nameEnd = index
        guard index < bytes.count else { throw .missingColon }
        guard bytes[index] == 0x3A, nameEnd > nameStart else {
            switch bytes[index] {
            case 0x20, 0x09: throw .spaceBeforeColon
            case 0x0D: throw .missingColon
            default: throw .fieldName
            }
        }
        index += 1
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        let valueStart = index
        index = ByteSet.endOfValue(UnsafeRawBufferPointer(bytes), from: index)
        var valueEnd = index
        guard index + 1 < bytes.count, bytes[index] == 0x0D else { throw .fieldValue }
        guard bytes[index + 1] == 0x0A else { throw .bareCarriageReturn }
        index += 2
        while valueEnd > valueStart, bytes[valueEnd - 1] == 0x20 || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
        return HeaderFields.Place(
            name: UInt32(truncatingIfNeeded: nameStart)..<UInt32(truncatingIfNeeded: nameEnd),
            value: UInt32(truncatingIfNeeded: valueStart)..<UInt32(truncatingIfNeeded: valueEnd))
    }
}

extension UInt8 {
    var isHexDigit: Bool { self &- 0x30 < 10 || (self | 0x20) &- 0x61 < 6 }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the `%` at `index` begins a whole escape (RFC 3986 2.1).
    func isPercentEncoding(at index: Int) -> Bool {
        index + 2 < count && self[index + 1].isHexDigit && self[index + 2].isHexDigit
    }
}
