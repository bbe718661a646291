import BursarBasics
package import BursarModel

/// A virtual key that Bursar gives to a caller: `bur_`, 43 random characters and 6 of a checksum, all of base 62. *Value.*
///
/// 43 characters of 62 are 256 bits. The checksum (CRC-32 of everything before it) protects nothing: it lets a scanner of leaked text
/// be sure without asking anyone, and tells a mistyped token from a wrong one. The form has no character that a shell, a URL or a
/// double click treats specially. Only the digest is ever kept; see ``TokenDigest``.
package struct ClientToken: Sendable {
    package static let prefix = "bur_"
    static let randomLength = 43
    static let checksumLength = 6
    /// Of every token, the prefix included.
    package static let length = prefix.utf8.count + randomLength + checksumLength

    /// Ends with this value: the one place where a token is whole is the caller's own.
    package let secret: Secret

    /// A new one, from the system's generator (getrandom).
    package static func random() -> ClientToken {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    static func random(using generator: inout some RandomNumberGenerator) -> ClientToken {
        var bytes = Array(prefix.utf8)
        for _ in 0..<randomLength { bytes.append(digits[Int.random(in: 0..<digits.count, using: &generator)]) }
        bytes += checksum(of: bytes)
        defer { for index in bytes.indices { bytes[index] = 0 } }
        return ClientToken(secret: Secret(bytes))
    }

    package var digest: TokenDigest { secret.withExposedBytes { TokenDigest(of: $0) } }

    /// For the one who asked for it, once.
    package var text: String { secret.withExposedBytes { String(decoding: $0, as: UTF8.self) } }
}

// MARK: - Recognising one

extension ClientToken {
    /// What a text that begins like a token is. *Value.*
    package enum Form: Equatable {
        case wellFormed
        /// `bur_` and something else: cut off, mistyped, with quotation marks.
        case malformed
        /// No client token: a provider's own key, perhaps.
        case foreign
    }

    package static func form(of bytes: UnsafeRawBufferPointer) -> Form {
        guard bytes.count >= prefix.utf8.count, bytes.starts(with: prefix.utf8) else { return .foreign }
        guard bytes.count == length, bytes.dropFirst(prefix.utf8.count).allSatisfy({ isDigit($0) }) else { return .malformed }
        let body = length - checksumLength
        let expected = checksum(of: UnsafeRawBufferPointer(rebasing: bytes[..<body]))
        return bytes[body...].elementsEqual(expected) ? .wellFormed : .malformed
    }

    /// Whether a credential is a client token, or has one or most of one in it, in whatever writing: such a one must never go to a
    /// provider. It would rather find too much: a provider's key with `bur_` and sixteen letters or digits behind it is no key that
    /// anyone has.
    package static func isWithin(_ credential: Secret) -> Bool {
        credential.withExposedBytes { bytes in
            let mark = Array(prefix.utf8)
            let lowered = bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
            if lowered.starts(with: mark) { return true }
            var start = 0
            while start + mark.count <= lowered.count {
                if lowered[start] == mark[0], lowered[start..<(start + mark.count)].elementsEqual(mark),
                    lowered[(start + mark.count)...].prefix(16).count(where: isDigit) == 16
                {
                    return true
                }
                start += 1
            }
            return false
        }
    }

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { byte.isASCIIDigit || byte.isASCIILetter }

    /// CRC-32 (as zlib has it) in base 62, the most significant digit first.
    static func checksum(of bytes: some Sequence<UInt8>) -> [UInt8] {
        var rest = crc32(bytes)
        var text: [UInt8] = []
        for _ in 0..<checksumLength {
            text.append(digits[Int(rest % 62)])
            rest /= 62
        }
        return text.reversed()
    }

    private static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}

extension ClientToken: CustomStringConvertible, CustomReflectable {
    package var description: String { Secret.placeholder }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
