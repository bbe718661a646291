import BursarBasics

extension SplitMix64 {
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
