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
    /// What an origin-form target may have (RFC 3986 pchar, "/", "?" and "%"): no blanks, controls, "#", nor anything above ASCII.
    static let target = ByteSet(low: 0xafff_fff2_0000_0000, high: 0x47ff_fffe_87ff_ffff)
    /// What a Host value may have: the bytes of a name, an address literal and a port, without the comma that would join two.
    static let host = ByteSet(low: 0x2fff_6ff2_0000_0000, high: 0x47ff_fffe_afff_fffe)
    /// Visible ASCII, blank and tab; obs-text (above 0x7F) is let through beside it.
    static let value = ByteSet(low: 0xffff_ffff_0000_0200, high: 0x7fff_ffff_ffff_ffff)
}
