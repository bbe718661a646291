import BursarBasics
import BursarModel

extension CooldownHint {
    private static let throttlePhrase = Array("Expected available in ".utf8)
    private static let throttleUnit = Array(" second".utf8)
    /// A throttle message is a sentence; a page is not searched to its end.
    private static let searched = 4_096

    /// `Request was throttled. Expected available in 17 seconds.` (Django REST Framework; "1 second." in the singular), found in
    /// the raw bytes, whatever the body's shape: the words hold no character that JSON would escape.
    static func throttleText(_ body: some Collection<UInt8>) -> CooldownHint? {
        var rest = Array(body.prefix(searched))[...]
        while let start = rest.firstIndex(of: throttlePhrase[0]) {
            rest = rest[start...]
            if rest.starts(with: throttlePhrase) { return wait(rest.dropFirst(throttlePhrase.count)) }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func wait(_ text: ArraySlice<UInt8>) -> CooldownHint? {
        let digits = text.prefix { $0.isASCIIDigit }
        guard text.dropFirst(digits.count).starts(with: throttleUnit) else { return nil }
        // ASCII digits, so the decoding cannot fail; `parseSeconds` refuses none at all.
        return parseSeconds(String(decoding: digits, as: UTF8.self))
            .flatMap { CooldownHint(wait: .seconds($0), source: .throttleText) }
    }
}
