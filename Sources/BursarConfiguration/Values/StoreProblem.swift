/// Why a store's file could not be used. *Value.*
package struct StoreProblem: Sendable, Equatable {
    /// Follows the file's name.
    package let words: String

    package init(words: String) { self.words = words }
}
