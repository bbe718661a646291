/// Decides whether a name that somebody wrote may be quoted in a message. *Pure.*
///
/// People paste keys where names belong: as a key of a mapping, as a provider, as a file. So a name is quoted only where it is near a
/// known one or cannot be a key. What is withheld costs little, because a message has the place.
package enum QuotableName {
    /// Said in place of what is not quoted.
    package static let withheld = "(not shown)"

    /// `"name"`, or ``withheld``.
    /// - Parameter near: the known name that was probably meant.
    package static func quoted(_ name: some StringProtocol, near: String? = nil) -> String {
        isPlain(name) && (near != nil || cannotBeKey(name)) ? "\"\(name)\"" : withheld
    }

    /// Words of a language: a few letters, or up to four words of letters, the first of which is no mark of a key such as `sk`.
    package static func cannotBeKey(_ name: some StringProtocol) -> Bool {
        guard isPlain(name), name.utf8.count <= longest else { return false }
        // No key is so short: the configuration refuses it.
        if name.utf8.count < fewest { return true }
        let words = words(of: name)
        guard (1...mostWords).contains(words.count), words.count == 1 || words[0].count >= fewest || !isMark(words[0]) else {
            return false
        }
        return words.allSatisfy { (2...longestWord).contains($0.count) && $0.allSatisfy(isLetter) }
    }

    /// Whether a text that is no single word begins as keys do: `sk-live-…`, `api_key-…`.
    package static func beginsLikeKey(_ name: some StringProtocol) -> Bool {
        let parts = name.utf8.split { !isLetter($0) && !isDigit($0) }
        guard parts.count > 1, let first = parts.first, isMark(first.map { $0 | 0x20 }) else { return false }
        return parts.dropFirst().contains { $0.count >= fewest }
    }

    private static let longest = 32
    private static let fewest = 4
    private static let mostWords = 4
    private static let longestWord = 14
    private static let marks: Set<String> = [
        "sk", "pk", "rk", "ak", "gsk", "xai", "pat", "tok", "key", "api", "ghp", "gho", "ghs", "glpat", "hf", "token", "secret",
        "bearer"
    ]

    private static func isMark(_ word: [UInt8]) -> Bool { marks.contains(String(decoding: word, as: UTF8.self)) }

    private static func isPlain(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.count <= 64 && name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x60 }
    }

    /// In lower case, apart at each sign and in front of each capital.
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
