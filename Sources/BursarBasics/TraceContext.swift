/// Where a request stands in somebody's trace: a `traceparent` field of W3C Trace Context. *Value.*
///
/// The digits are kept as text and not as numbers: logs and calls need them as text, and a hit should not pay for converting them.
package struct TraceContext: Sendable {
    /// The 32 digits of the trace's id, in memory order.
    private let trace: (UInt64, UInt64, UInt64, UInt64)
    /// The 16 digits of the caller's span.
    private let parent: (UInt64, UInt64)
    /// The two flags that are known: `sampled` (1), and that the trace's id is random (2).
    private let flags: UInt8

    package static let fieldName = "traceparent"
    /// `00-`, 32 digits, `-`, 16 digits, `-`, two digits.
    package static let length = 55
    package static let traceIDLength = 32

    /// Nil for an invalid field: a wrong length, a digit other than `0` to `9` and `a` to `f`, version `ff`, an id of zeros. Of a later
    /// version the part is read that version 00 has, as the specification asks.
    package init?(_ field: UnsafeRawBufferPointer) {
        guard field.count >= Self.length, field[2] == Self.dash, field[35] == Self.dash, field[52] == Self.dash,
            let version = Self.byte(field, at: 0), version != 0xFF, let flags = Self.byte(field, at: 53)
        else { return nil }
        if field.count > Self.length {
            guard version > 0, field[Self.length] == Self.dash else { return nil }
        }
        func word(_ offset: Int) -> UInt64 { field.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        trace = (word(3), word(11), word(19), word(27))
        parent = (word(36), word(44))
        self.flags = flags & 0x03
        guard Self.areDigits(trace.0), Self.areDigits(trace.1), Self.areDigits(trace.2), Self.areDigits(trace.3),
            Self.areDigits(parent.0), Self.areDigits(parent.1)
        else { return nil }
        guard trace != (Self.zeros, Self.zeros, Self.zeros, Self.zeros), parent != (Self.zeros, Self.zeros) else { return nil }
    }

    package init?(_ text: String) {
        var text = text
        let read = text.withUTF8 { TraceContext(UnsafeRawBufferPointer($0)) }
        guard let read else { return nil }
        self = read
    }

    package var traceID: String { Self.text([trace.0, trace.1, trace.2, trace.3]) }
    package var parentID: String { Self.text([parent.0, parent.1]) }

    /// The field for a call of our own in the same trace.
    /// - Parameter span: the call's own id; not 0.
    package func field(span: UInt64) -> String {
        "00-\(traceID)-\(span.hexText)-0\(flags)"
    }

    /// Writes the 32 digits of the trace's id over the bytes from `place` on.
    package func writeTraceID(over bytes: UnsafeMutableBufferPointer<UInt8>, at place: Int) {
        withUnsafeBytes(of: trace) { digits in
            for index in 0..<Self.traceIDLength { bytes[place + index] = digits[index] }
        }
    }

    // MARK: Eight digits at a time

    private static let dash = UInt8(ascii: "-")
    // Eight bytes of 1, eight with only the top bit, eight of the digit "0".
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080
    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// Whether all eight bytes are lower-case hexadecimal digits.
    ///
    /// All bytes are compared at once. Adding `0x80 - low` to a byte sets its top bit where the byte is at least `low`; adding
    /// `0x7F - high` sets it where the byte is above `high`. No byte carries into the next, because each is at most 0x7F.
    private static func areDigits(_ word: UInt64) -> Bool {
        guard word & tops == 0 else { return false }
        let isDecimal = (word &+ ones &* (0x80 - 0x30)) & ~(word &+ ones &* (0x7F - 0x39))
        let isLetter = (word &+ ones &* (0x80 - 0x61)) & ~(word &+ ones &* (0x7F - 0x66))
        return (isDecimal | isLetter) & tops == tops
    }

    private static func byte(_ field: UnsafeRawBufferPointer, at offset: Int) -> UInt8? {
        guard let high = nibble(field[offset]), let low = nibble(field[offset + 1]) else { return nil }
        return high << 4 | low
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    private static func text(_ words: [UInt64]) -> String {
        words.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension TraceContext: Equatable {
    package static func == (left: TraceContext, right: TraceContext) -> Bool {
        left.trace == right.trace && left.parent == right.parent && left.flags == right.flags
    }
}
