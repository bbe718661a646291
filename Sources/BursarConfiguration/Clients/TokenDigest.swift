import BursarBasics
import BursarHash

/// SHA-256 of a client token: what a configuration holds in its place. *Value.*
///
/// Not a password hash: the token has 256 random bits, so nobody finds it by trying, and each request costs one hash.
///
/// **Time.** Equality looks at all 32 bytes whatever they are. A table of digests takes its bucket from ``hash(into:)``, which the
/// runtime keys anew in each process; which digests are tried therefore depends on a secret of the process and on the hash of what
/// was sent, and not on how far what was sent agrees with a token: two wrong tokens that differ from the right one in the first or in
/// the last byte have unrelated digests.
package struct TokenDigest: Sendable, Hashable, CustomStringConvertible {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(of token: UnsafeRawBufferPointer) {
        words = SHA256.hash(token).withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    /// 64 hexadecimal digits in either case, as `sha256sum` prints them.
    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in hex.utf8 {
            guard let value = character.hexDigitValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        words = bytes.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    package static func == (left: TokenDigest, right: TokenDigest) -> Bool {
        let difference =
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3)
        return difference == 0
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    /// For the configuration. Not a secret: no token can be found from it.
    package var hex: String {
        withUnsafeBytes(of: words) { bytes in
            bytes.map(\.hexPair).joined()
        }
    }

    package var description: String { "sha256:\(hex.prefix(8))…" }
}
