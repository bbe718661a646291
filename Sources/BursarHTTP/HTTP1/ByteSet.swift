/// A set of ASCII bytes as two words: membership is a shift, which keeps the parser's loops free of tables and of branches per
/// range. The words are literals so that they need no initialization; a test rebuilds them from the grammar. *Value.*
struct ByteSet: Sendable {
    /// Bit n: byte n.
    let low: UInt64
    /// Bit n: byte 64 + n.
    let high: UInt64

    func contains(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? low : (byte < 128 ? high : 0)
        return (word &>> UInt64(byte & 63)) & 1 == 1
    }

    /// `tchar` (RFC 9110 5.6.2): methods and field names.
    static let token = ByteSet(low: 0x3ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe)
    /// What a path and its query may have (RFC 3986 pchar, "/", "?" and "%"): no blanks, controls, "#", nor anything above ASCII.
    static let target = ByteSet(low: 0xafff_fff2_0000_0000, high: 0x47ff_fffe_87ff_ffff)
    /// What a registered name may have (RFC 3986 3.2.2: unreserved, sub-delims and "%"), without the comma that would join two.
    static let registeredName = ByteSet(low: 0x2bff_6ff2_0000_0000, high: 0x47ff_fffe_87ff_fffe)
    /// Visible ASCII, blank and tab; obs-text (above 0x7F) is let through beside it.
    static let value = ByteSet(low: 0xffff_ffff_0000_0200, high: 0x7fff_ffff_ffff_ffff)

    /// Whether the eight bytes from `index` on are all of a value, in one step: values are most of a head. A tab is left to the
    /// slower look, so false only means: look again.
    /// - Parameter index: eight less than the count, or smaller.
    static func allMayStandInValue(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let (ones, tops) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        // A borrow reaches a byte's top bit where the byte is smaller than what is taken away; bytes above 0x7F have it already.
        let controls = (word &- ones &* 0x20) & ~word & tops
        let unlikeDelete = word ^ ones &* 0x7F
        let deletes = (unlikeDelete &- ones) & ~unlikeDelete & tops
        return controls | deletes == 0
    }

    /// Where what may stand in a value ends.
    static func endOfValue(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var end = start
        while end + 8 <= bytes.count, allMayStandInValue(bytes, at: end) { end += 8 }
        while end < bytes.count, value.contains(bytes[end]) || bytes[end] >= 0x80 { end += 1 }
        return end
    }
}
