/// What may stand in one line that people read: of a table, a log, a comment. *Pure.*
package enum LineText {
    /// Whether a character does something to the line rather than stand in it: a control character of either range, one that ends the
    /// line, or one that turns the order of letters around. With those, one account's line can look like another's.
    package static func isCommand(_ scalar: Unicode.Scalar) -> Bool { isCommand(scalar.value) }

    static func isCommand(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x7F...0x9F: true
        // Line and paragraph separator: YAML takes them, and NEL, for the ends of lines.
        case 0x2028...0x2029: true
        case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
