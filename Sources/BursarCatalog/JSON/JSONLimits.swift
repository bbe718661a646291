/// How much a reader takes. *Value.*
package struct JSONLimits: Sendable, Hashable {
    /// A balance is a few hundred bytes; more than a mebibyte is no balance.
    package let bytes: Int
    /// Arrays and objects within each other. The reader recurses, so this also bounds its stack.
    package let depth: Int

    package init(bytes: Int = 1 << 20, depth: Int = 64) {
        self.bytes = bytes
        self.depth = depth
    }
}
