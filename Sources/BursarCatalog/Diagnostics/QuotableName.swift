/// Decides whether a name that somebody wrote may be quoted in a message. *Pure.*
///
/// People paste API keys where names belong: as a key of a mapping, as a provider, as a file. So a name is quoted only where it is near a
/// known name or cannot be an API key. Leaving it out costs little, because the message gives its place.
package enum QuotableName {
    /// Stands in place of a name that is not quoted.
    package static let withheld = "(not shown)"

    /// `"name"`, or ``withheld``.
    /// - Parameter near: the known name that was probably meant.
    package static func quoted(_ name: some StringProtocol, near: String? = nil) -> String {
        isPlain(name) && (near != nil || cannotBeKey(name)) ? "\"\(name)\"" : withheld
    }

    /// Whether no API key looks like this: it is shorter than any key, or consists of one to four words of letters and does not begin with
    /// a short mark such as `sk`. Longer marks begin real names, too: `token_limit`.
    package static func cannotBeKey(_ name: some StringProtocol) -> Bool {
        guard isPlain(name), name.utf8.count <= maximumLength else { return false }
        // The configuration refuses so short a key.
        if name.utf8.count < minimumKeyLength { return true }
        let words = words(of: name)
        guard (1...maximumWords).contains(words.count) else { return false }
        guard words.count == 1 || words[0].count >= minimumKeyLength || !isMark(words[0]) else { return false }
        return words.allSatisfy { (2...maximumWordLength).contains($0.count) && $0.allSatisfy(isLetter) }
    }

    /// Whether a text of several words begins as API keys do: `sk-live-…`, `api_key-…`.
    package static func beginsLikeKey(_ name: some StringProtocol) -> Bool {
        let parts = name.utf8.split { !isLetter($0) && !isDigit($0) }
        guard parts.count > 1, let first = parts.first, isMark(first.map { $0 | 0x20 }) else { return false }
        return parts.dropFirst().contains { $0.count >= minimumKeyLength }
    }

    private static let maximumLength = 32
    private static let minimumKeyLength = 4
    private static let maximumWords = 4
    private static let maximumWordLength = 14
    /// What API keys begin with.
    private static let marks: Set<String> = [
        "sk", "pk", "rk", "ak", "gsk", "pat", "tok", "key", "api", "ghp", "gho", "ghs", "glpat", "hf", "token", "secret",
        "bearer"
    ]

    private static func isMark(_ word: [UInt8]) -> Bool { marks.contains(String(decoding: word, as: UTF8.self)) }

    private static func isPlain(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.count <= 64 && name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x60 }
    }

    /// The words in lower case. A new one begins behind `_`, `-`, `.` or a space, and at a capital letter.
    private static func words(of name: some StringProtocol) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var isInWord = false
        var lastIsCapital = false
        for byte in name.utf8 {
            let isCapital = (0x41...0x5A).contains(byte)
            if "_-. ".utf8.contains(byte) {
                isInWord = false
            } else {
                if !isInWord || isCapital && !lastIsCapital { words.append([]) }
                words[words.count - 1].append(isCapital ? byte | 0x20 : byte)
                isInWord = true
            }
            lastIsCapital = isCapital
        }
        return words
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
