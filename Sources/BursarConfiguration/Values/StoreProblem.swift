/// Why a store's file could not be used. *Value.*
package struct StoreProblem: Sendable, Equatable {
    /// Follows the file's name.
    package let words: String
    /// Whether the file is a store that is broken: it would be moved aside.
    package let isCorrupt: Bool

    package init(words: String, isCorrupt: Bool) {
        self.words = words
        self.isCorrupt = isCorrupt
    }
}
