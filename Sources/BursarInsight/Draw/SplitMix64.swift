/// A small generator of random numbers whose sequence is the same on every machine: Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators" (2014). *Value.* Not for secrets.
package struct SplitMix64: Sendable, RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound` from the upper 32 bits of `word`. Even enough: a bound here is a few dozen.
    static func below(_ bound: Int, _ word: UInt64) -> Int { Int(((word >> 32) &* UInt64(bound)) >> 32) }

    /// A seed from what names a question: FNV-1a over its bytes.
    static func seed(_ text: String, _ number: Int64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        for shift in stride(from: 0, to: 64, by: 8) {
            hash = (hash ^ UInt64(truncatingIfNeeded: number >> Int64(shift)) & 0xFF) &* 0x0000_0100_0000_01B3
        }
        return hash
    }
}
