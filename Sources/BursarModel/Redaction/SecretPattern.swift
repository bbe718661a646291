import BursarBasics

/// One way in which a credential may stand in a text, as the exact bytes to look for. *Value*, and as secret as what it was
/// made from: it lives only while a ``WindowIndex`` is built.
struct SecretPattern {
    var bytes: [UInt8]
    /// A base64 character that holds bits of the credential and of its neighbour stands before or behind: it goes too.
    var hasLeadingEdge = false
    var hasTrailingEdge = false
    /// Found only where no letter, digit, `-` or `_` touches it: what short credentials need, or they would blank whole texts.
    var isWord = false
}

extension SecretPattern {
    /// Everything that ``Scrubber`` looks for: plain, hex in both cases, base64 in both alphabets and at all three alignments.
    /// Percent and backslash escapes are no patterns: ``EscapeView`` undoes them, so that any subset of characters may be
    /// escaped. Patterns under ``Scrubber/minimumLength`` are left out, but for a short credential as a word.
    static func all(of secret: UnsafeRawBufferPointer) -> [SecretPattern] {
        guard secret.count >= Scrubber.minimumWordLength else { return [] }
        let plain = Array(secret)
        var patterns = [SecretPattern(bytes: plain, isWord: plain.count < Scrubber.minimumLength)]
        if plain.contains(UInt8(ascii: " ")) {
            let form = plain.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }
            patterns.append(SecretPattern(bytes: form, isWord: form.count < Scrubber.minimumLength))
        }
        patterns.append(SecretPattern(bytes: hex(plain, digits: lowerHexDigits)))
        patterns.append(SecretPattern(bytes: hex(plain, digits: upperHexDigits)))
        for shift in 0..<3 {
            let standard = base64Core(plain, shift: shift, alphabet: Base64.alphabet)
            patterns.append(standard)
            let urlSafe = base64Core(plain, shift: shift, alphabet: Base64.urlSafeAlphabet)
            if urlSafe.bytes != standard.bytes { patterns.append(urlSafe) }
        }
        return patterns.filter { $0.isWord || $0.bytes.count >= Scrubber.minimumLength }
    }

    static func hex(_ bytes: [UInt8], digits: [UInt8]) -> [UInt8] {
        bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }
    }

    /// The base64 characters that `bytes` alone decide when `shift` bytes (modulo 3) stand before them: six bits a character,
    /// so the first and the last may be shared with a neighbour and are no part of the pattern.
    static func base64Core(_ bytes: [UInt8], shift: Int, alphabet: [UInt8]) -> SecretPattern {
        let firstBit = 8 * shift
        let endBit = 8 * (shift + bytes.count)
        let first = (firstBit + 5) / 6
        let end = endBit / 6
        var core: [UInt8] = []
        for character in first..<max(first, end) {
            var value = 0
            for bit in (6 * character)..<(6 * character + 6) {
                let place = bit - firstBit
                value = value << 1 | Int(bytes[place / 8] >> (7 - UInt8(place % 8)) & 1)
            }
            core.append(alphabet[value])
        }
        return SecretPattern(bytes: core, hasLeadingEdge: firstBit % 6 != 0, hasTrailingEdge: endBit % 6 != 0)
    }

    static let lowerHexDigits = Array("0123456789abcdef".utf8)
    static let upperHexDigits = Array("0123456789ABCDEF".utf8)
}
