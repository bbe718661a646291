package import BursarModel

/// The time as lines have it, kept from line to line: within a second only three digits are another. *Value.*
package struct LogTime: Sendable {
    /// `2026-11-20T22:56:00.123Z`
    package private(set) var bytes = Array("1970-01-01T00:00:00.000Z".utf8)
    private var milliseconds: Int64 = 0
    private var second: Int64 = 0

    package init() {}

    package mutating func become(_ time: WallTime) {
        guard time.milliseconds != milliseconds else { return }
        milliseconds = time.milliseconds
        let (quotient, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        guard quotient == second, rest >= 0 else {
            // Before 1970 a remainder is negative: made anew each time.
            second = rest >= 0 ? quotient : .min
            bytes = Array(time.rfc3339.utf8)
            return
        }
        bytes[20] = 0x30 + UInt8(truncatingIfNeeded: rest / 100)
        bytes[21] = 0x30 + UInt8(truncatingIfNeeded: rest / 10 % 10)
        bytes[22] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
    }
}
