import BursarBasics

/// The second net, for the free text of a log line only: what usually is a credential, whoever's it may be. *Stateless.*
///
/// It would rather blank out too much: 32 and more hex digits in a row (so log no trace id through it), what follows
/// `Bearer`, `Token`, `Basic` or `Key` when it looks like a token, three-part tokens that begin with `eyJ`, and the values of
/// names such as `api_key`, `x-api-key`, `access_token`, `authorization`, `password` in `name=value`, `name: value` and
/// `"name":"value"`.
package enum SuspiciousText {
    /// The longest first where one is the beginning of another.
    private static let names = [
        "authorization", "x-api-key", "xi-api-key", "access_token", "refresh_token", "auth_token", "client_secret", "api_token",
        "api_key", "api-key", "apikey", "password", "passwd", "secret", "token"
    ].map { Array($0.utf8) }
    private static let schemes = ["bearer", "basic", "token", "key"].map { Array($0.utf8) }
    /// Whether a name or a scheme begins with the byte, in either case: most words end here.
    private static let initials: [Bool] = (0..<256).map { byte in
        (names + schemes).contains { Int($0[0]) == byte || Int($0[0]) == byte + 0x20 }
    }
    private static let hexRun = 32
    private static let schemeToken = 8
    /// Without a digit, a word behind `Token` or `Key` may be prose; so long it is not.
    private static let wordlessToken = 20

    package static func scrub(_ text: String) -> String {
        var copy = text
        let places = copy.withUTF8 { Self.places(in: $0) }
        guard !places.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var clean: [UInt8] = []
        var copied = 0
        for place in places {
            clean += bytes[copied..<place.lowerBound]
            clean += Array(Scrubber.placeholder.utf8)
            copied = place.upperBound
        }
        clean += bytes[copied...]
        return String(decoding: clean, as: UTF8.self)
    }

    /// Sorted, not overlapping: words are taken one after the other.
    private static func places(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var index = 0
        while index < text.count {
            guard isTokenByte(text[index]) else {
                index += 1
                continue
            }
            if initials[Int(text[index])], let value = namedValue(text, at: index) ?? schemeValue(text, at: index) {
                places.append(value)
                index = value.upperBound
                continue
            }
            let end = tokenEnd(text, from: index)
            places += bareTokens(text, index..<end)
            // A name or a scheme may stand behind `.`, `/`, `=` or `+` within the run, so only letters and digits are one step.
            var next = index
            while next < end, isNameByte(text[next]) { next += 1 }
            if let last = places.last, last.upperBound > index { next = max(next, end) }
            index = max(next, index + 1)
        }
        return places
    }

    /// `api_key=x`, `api_key: x`, `"api_key": "x"`. The value of `authorization` goes to the end of the line or quote, others
    /// to the next delimiter.
    private static func namedValue(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        guard let name = names.first(where: { matches(text, $0, at: index) }) else { return nil }
        var start = index + name.count
        while start < text.count, text[start] == quote || text[start] == UInt8(ascii: "'") || text[start] == UInt8(ascii: "\\") {
            start += 1
        }
        while start < text.count, isSpace(text[start]) { start += 1 }
        guard start < text.count, text[start] == UInt8(ascii: "=") || text[start] == UInt8(ascii: ":") else { return nil }
        start += 1
        while start < text.count, isSpace(text[start]) { start += 1 }
        while start < text.count, text[start] == quote || text[start] == UInt8(ascii: "'") || text[start] == UInt8(ascii: "\\") {
            start += 1
        }
        let spaced = name.first == UInt8(ascii: "a") && name.count == 13  // authorization: a scheme, a space, a token
        var end = start
        while end < text.count, !isDelimiter(text[end]) || (spaced && isSpace(text[end])) { end += 1 }
        guard end > start, !startsWithPlaceholder(text, start) else { return nil }
        return start..<end
    }

    /// `Bearer x`: the x.
    private static func schemeValue(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Range<Int>? {
        guard let scheme = schemes.first(where: { matches(text, $0, at: index) }) else { return nil }
        var start = index + scheme.count
        guard start < text.count, isSpace(text[start]) else { return nil }
        while start < text.count, isSpace(text[start]) { start += 1 }
        let end = tokenEnd(text, from: start)
        return looksLikeToken(text, start..<end) ? start..<end : nil
    }

    private static func looksLikeToken(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        if range.count >= wordlessToken { return true }
        return range.count >= schemeToken && text[range].contains(where: \.isASCIIDigit)
    }

    /// Long hex runs and `eyJ….….…` within a run of token characters.
    private static func bareTokens(_ text: UnsafeBufferPointer<UInt8>, _ run: Range<Int>) -> [Range<Int>] {
        if run.count >= hexRun, text[run].starts(with: "eyJ".utf8), text[run].count(where: { $0 == UInt8(ascii: ".") }) >= 2 {
            return [run]
        }
        var found: [Range<Int>] = []
        var start = run.lowerBound
        while start < run.upperBound {
            var end = start
            while end < run.upperBound, isHexDigit(text[end]) { end += 1 }
            if end - start >= hexRun { found.append(start..<end) }
            start = end + 1
        }
        return found
    }

    /// Whether `name` (lower case) stands at `index` in any case, as a word of its own.
    private static func matches(_ text: UnsafeBufferPointer<UInt8>, _ name: [UInt8], at index: Int) -> Bool {
        guard index + name.count <= text.count else { return false }
        if index > 0, text[index - 1].isASCIILetter || text[index - 1].isASCIIDigit { return false }
        for (offset, byte) in name.enumerated() {
            let other = text[index + offset]
            guard (other.isASCIILetter ? other | 0x20 : other) == byte else { return false }
        }
        guard index + name.count < text.count else { return true }
        let behind = text[index + name.count]
        return !(behind.isASCIILetter || behind.isASCIIDigit)
    }

    private static func startsWithPlaceholder(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        text[start...].starts(with: Scrubber.placeholder.utf8)
    }
    private static func tokenEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count, isTokenByte(text[end]) { end += 1 }
        return end
    }

    private static let quote = UInt8(ascii: "\"")
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private static func isNameByte(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit }
    private static func isHexDigit(_ byte: UInt8) -> Bool { byte.isASCIIDigit || (0x61...0x66).contains(byte | 0x20) }
    /// RFC 9110's token68, plus `_`'s relatives that keys are made of.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || "-._~+/=".utf8.contains(byte)
    }
    private static func isDelimiter(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == quote || "'&,;}])\\".utf8.contains(byte)
    }
}
