/// Replaces every known credential in a text by `[redacted]`. *Immutable value; any thread; cheap to copy.*
///
/// It looks for values, not for what keys usually look like: providers document no prefix, and a pattern finds what it was
/// written for. Each credential is found plain, in hex (lower or upper), in base64 (both alphabets, at any alignment, so also
/// inside the base64 of `user:key`), with any subset of the characters percent-encoded or backslash-escaped (JSON's and C's
/// escapes), and under two layers of such escaping in either order. A space may stand as `+`.
///
/// Not found: base64 broken into lines, hex with separators, other encodings, changed letter case, and fragments. So scrub a
/// text *whole*, before it is cut: there is no variant for streams, because everything Bursar writes is bounded and in memory
/// when it is scrubbed (a body of at most 1 MiB, a log line).
///
/// Length decides how: 8 bytes and more are found anywhere; 4 to 7 bytes plain as a whole word only (no letter, digit, `-` or
/// `_` beside it) and in encodings of 8 characters or more; under 4 bytes never, or the scrubber would blank out ordinary
/// text. Whoever configures such a credential should be warned.
package struct Scrubber: Sendable {
    package static let placeholder = "[redacted]"
    /// From here on a credential is found anywhere.
    package static let minimumLength = 8
    /// From here on a credential is found as a word.
    package static let minimumWordLength = 4
    /// How many layers of escaping are undone.
    static let escapeLayers = 2

    package static let empty = Scrubber(layers: [])

    /// Each layer is searched on its own, so that a few credentials that come and go need no new index of 10,000 others.
    private let layers: [Layer]

    package init(_ secrets: some Sequence<Secret>) {
        let secrets = Array(secrets)
        self.init(layers: secrets.isEmpty ? [] : [Layer(secrets)])
    }

    private init(layers: [Layer]) { self.layers = layers }

    /// Both together.
    package func joined(_ other: Scrubber) -> Scrubber { Scrubber(layers: layers + other.layers) }

    package var isEmpty: Bool { layers.isEmpty }
    var secrets: [Secret] { layers.flatMap(\.secrets) }

    /// Some credentials with their indexes. *Immutable.*
    private final class Layer: Sendable {
        let secrets: [Secret]
        let anywhere: WindowIndex
        /// Nil where no credential is that short, which is the rule: it would cost a second pass.
        let words: WindowIndex?

        init(_ secrets: [Secret]) {
            self.secrets = secrets
            let patterns = secrets.flatMap { secret in secret.withExposedBytes { SecretPattern.all(of: $0) } }
            anywhere = WindowIndex(patterns.filter { !$0.isWord }, width: 8)
            let short = patterns.filter(\.isWord)
            words = short.isEmpty ? nil : WindowIndex(short, width: 4)
        }

        func search(_ text: UnsafeRawBufferPointer, found: (Range<Int>) -> Void) {
            anywhere.search(text, found: found)
            words?.search(text, found: found)
        }
    }
}

// MARK: - Scrubbing

extension Scrubber {
    /// The text with each credential replaced; the very same text where there is none.
    package func scrub(_ text: String) -> String {
        var copy = text
        let places = copy.withUTF8 { self.places(in: UnsafeRawBufferPointer($0)) }
        guard !places.isEmpty else { return text }
        return String(decoding: Self.replacing(places, in: Array(text.utf8)), as: UTF8.self)
    }

    package func scrub(_ bytes: [UInt8]) -> [UInt8] {
        let places = bytes.withUnsafeBytes { self.places(in: $0) }
        return places.isEmpty ? bytes : Self.replacing(places, in: bytes)
    }

    /// Whether ``scrub(_:)`` would change the bytes.
    package func finds(in bytes: [UInt8]) -> Bool { !bytes.withUnsafeBytes { places(in: $0) }.isEmpty }

    /// Where credentials stand: sorted, and joined where they overlap or touch.
    func places(in text: UnsafeRawBufferPointer) -> [Range<Int>] {
        guard !layers.isEmpty else { return [] }
        var found: [Range<Int>] = []
        func note(_ place: Range<Int>) {
            // What goes on where the last one was needs no entry of its own: a text may be one place from end to end.
            if let last = found.last, last.lowerBound <= place.upperBound, place.lowerBound <= last.upperBound {
                found[found.count - 1] =
                    min(last.lowerBound, place.lowerBound)..<max(last.upperBound, place.upperBound)
            } else {
                found.append(place)
            }
        }
        search(text) { note($0) }
        searchEscaped(text, layers: Self.escapeLayers) { note($0) }
        guard found.count > 1 else { return found }
        found.sort { $0.lowerBound < $1.lowerBound }
        var joined = [found[0]]
        for place in found.dropFirst() {
            let last = joined[joined.count - 1]
            if place.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, place.upperBound)
            } else {
                joined.append(place)
            }
        }
        return joined
    }

    private func search(_ text: UnsafeRawBufferPointer, found: (Range<Int>) -> Void) {
        for layer in layers { layer.search(text, found: found) }
    }

    /// Undoes one kind of escape, searches, and goes on with what that uncovered. A text without `%` and `\` ends here.
    private func searchEscaped(_ text: UnsafeRawBufferPointer, layers: Int, found: (Range<Int>) -> Void) {
        guard layers > 0 else { return }
        for decode in [EscapeView.percentDecoded, EscapeView.backslashDecoded] {
            guard let view = decode(text) else { continue }
            view.bytes.withUnsafeBytes { bytes in
                search(bytes) { found(view.sourceRange($0)) }
                searchEscaped(bytes, layers: layers - 1) { found(view.sourceRange($0)) }
            }
        }
    }

    private static func replacing(_ places: [Range<Int>], in bytes: [UInt8]) -> [UInt8] {
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        var copied = 0
        for place in places {
            clean.append(contentsOf: bytes[copied..<place.lowerBound])
            clean.append(contentsOf: placeholder.utf8)
            copied = place.upperBound
        }
        clean.append(contentsOf: bytes[copied...])
        return clean
    }
}
