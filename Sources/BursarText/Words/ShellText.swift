/// Text for a command that somebody copies into a shell. *Pure.*
package enum ShellText {
    /// As one word: as it is where no shell sees more in it than letters, else in quotes. The `[` of an IPv6 address is a pattern
    /// to some.
    package static func word(_ text: String) -> String {
        guard text.isEmpty || !text.utf8.allSatisfy(isPlain) else { return text }
        return "'" + text.replacing("'", with: #"'\''"#) + "'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._/:@%+,=".utf8.contains(byte)
    }
}
