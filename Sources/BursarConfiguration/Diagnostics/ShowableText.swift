import BursarBasics
import BursarCatalog
import BursarModel

/// Decides whether a piece of a configuration may stand in a message. *Pure.*
///
/// People paste keys where names belong: as a provider's name, behind `${env:`, as a key of a mapping. A message that quotes
/// what it does not like would then print the key. So nothing is quoted that could be one: what is quoted is short, plain, and
/// made of words. What is withheld costs little, because the message has the place.
package enum ShowableText {
    /// The longest text that is quoted.
    static let longest = 64
    /// Names are made of words; credentials are long runs of letters and digits. Dashes and underscores end a run.
    static let longestWord = 20
    static let longestWordWithDigits = 9

    private static let longestPath = 1_024
    private static let longestParts = 16

    package static func allows(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= longest, bytes.allSatisfy({ $0.isPrintableASCII && $0 != 0x22 && $0 != 0x60 }),
            !QuotableName.beginsLikeKey(text)
        else { return false }
        return bytes.split(whereSeparator: { !$0.isASCIILetter && !$0.isASCIIDigit }).allSatisfy { word in
            word.count <= (word.contains(where: \.isASCIIDigit) ? longestWordWithDigits : longestWord)
        }
    }

    /// Paths are looser, because a path in a message saves a search, but each of their parts must pass.
    package static func allowsPath(_ path: some StringProtocol) -> Bool {
        guard path.hasPrefix("/") || path.hasPrefix("./") || path.hasPrefix("../") || path.hasPrefix("~/") else { return false }
        return path.utf8.count <= longestPath && path.split(separator: "/").allSatisfy { allows($0) }
    }

    /// A path as far as it may be shown: from the first part on that could be a key, `…` stands for the rest.
    /// - Parameter folder: the beginning that is no text of the configuration, but its own place, and is shown as it is.
    package static func path(_ path: some StringProtocol, in folder: String = "") -> String {
        let known = !folder.isEmpty && path.hasPrefix(folder) ? folder.count : 0
        let parts = path.dropFirst(known).split(separator: "/", omittingEmptySubsequences: false)
        // Of a path that begins or ends with a slash, or has two in a row, a part is empty.
        let shown = parts.prefix { $0.isEmpty || allows($0) }
        guard shown.count < parts.count || path.utf8.count > longestPath else { return String(path) }
        return path.prefix(known) + shown.prefix(longestParts).map { $0 + "/" }.joined() + "…"
    }

    /// A file that is not there, as far as it may be shown: what has neither a folder nor the ending of a document may be anything.
    package static func fileName(_ path: String) -> String {
        let isFile = path.contains("/") || [".yaml", ".yml", ".json"].contains { path.lowercased().hasSuffix($0) }
        return isFile ? self.path(path) : QuotableName.cannotBeKey(path) ? path : QuotableName.withheld
    }

    /// `"text"`, or the fallback where the text may not be shown.
    package static func quoted(_ text: some StringProtocol, else fallback: String = "this") -> String {
        allows(text) ? "\"\(text)\"" : fallback
    }
}
