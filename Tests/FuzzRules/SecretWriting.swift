import BursarBasics
@testable import BursarModel

/// A credential that a scrubber would let through, and written how. *Value*; tells no byte of it.
package struct ScrubberGap: Sendable, Equatable {
    /// Where the credential stands in the order in which the scrubber was given them.
    package let index: Int
    package let writing: SecretWriting
}

/// The ways of writing a credential that a scrubber answers for. *Value.*
package enum SecretWriting: String, Sendable, CaseIterable {
    case plain, percentUpper, percentLower, percentTwice, unicodeEscapes, escapesInPercent, hexLower, hexUpper
    case base64, base64Second, base64Third, base64URL, base64URLSecond, base64URLThird

    /// The credential in this writing, with something else around it as it would have in a log line or a body.
    package func example(_ secret: [UInt8]) -> [UInt8] {
        let percent = Self.percent(secret, digits: SecretPattern.upperHexDigits)
        let text: [UInt8]
        switch self {
        case .plain: text = secret
        case .percentUpper: text = percent
        case .percentLower: text = Self.percent(secret, digits: SecretPattern.lowerHexDigits)
        case .percentTwice: text = Self.percent(percent, digits: SecretPattern.upperHexDigits)
        case .unicodeEscapes: text = Self.unicode(secret)
        case .escapesInPercent: text = Self.percent(Self.unicode(secret), digits: SecretPattern.lowerHexDigits)
        case .hexLower: text = SecretPattern.hex(secret, digits: SecretPattern.lowerHexDigits)
        case .hexUpper: text = SecretPattern.hex(secret, digits: SecretPattern.upperHexDigits)
        case .base64: text = Self.base64(secret, lead: 0, Base64.alphabet)
        case .base64Second: text = Self.base64(secret, lead: 1, Base64.alphabet)
        case .base64Third: text = Self.base64(secret, lead: 2, Base64.alphabet)
        case .base64URL: text = Self.base64(secret, lead: 0, Base64.urlSafeAlphabet)
        case .base64URLSecond: text = Self.base64(secret, lead: 1, Base64.urlSafeAlphabet)
        case .base64URLThird: text = Self.base64(secret, lead: 2, Base64.urlSafeAlphabet)
        }
        return Array("a=\"".utf8) + text + Array("\";".utf8)
    }

    private static func percent(_ bytes: [UInt8], digits: [UInt8]) -> [UInt8] {
        bytes.flatMap { [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }
    }

    /// `\u00XX` for ASCII; other bytes stay, as a JSON writer leaves UTF-8.
    private static func unicode(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            byte < 0x80 ? Array("\\u00".utf8) + SecretPattern.hex([byte], digits: SecretPattern.lowerHexDigits) : [byte]
        }
    }

    private static func base64(_ bytes: [UInt8], lead: Int, _ alphabet: [UInt8]) -> [UInt8] {
        // Filled up to whole groups of three, so that no padding is needed and the core pattern of shift 0 writes it all.
        let whole = Array("u:".utf8.prefix(lead)) + bytes
        return SecretPattern.base64Core(
            whole + [UInt8](repeating: 0x2E, count: (3 - whole.count % 3) % 3), shift: 0, alphabet: alphabet
        )
        .bytes
    }
}

extension Scrubber {
    /// Tries each credential in each writing; empty when the scrubber finds what it promises. A credential that cannot be scrubbed
    /// (shorter than ``minimumLength``) shows up here.
    package func selfCheck() -> [ScrubberGap] {
        secrets.enumerated().flatMap { index, secret in
            let bytes = secret.withExposedBytes { Array($0) }
            let own = Scrubber([secret])
            return SecretWriting.allCases.filter { writing in
                let text = writing.example(bytes)
                let clean = scrub(text)
                return clean == text || own.finds(in: clean)
            }
            .map { ScrubberGap(index: index, writing: $0) }
        }
    }
}
