import BursarBasics
@testable import BursarModel

extension FuzzTarget {
    /// Text that leaves the process, with a credential in it. Six bytes choose the credential, in which writing it stands and where,
    /// and how the text is cut; then comes the text around it. Where the first byte is one of the last, the credential is of the
    /// input, too: it costs an index of its own, and so twenty times as much.
    static let scrubber = FuzzTarget(
        "scrubber", home: "BursarModelTests", longest: 256,
        words: [
            "%", "%25", "%5C", "\\u00", "\\x", "\\\\", "\\/", "[redacted]", "redacted", "aaaaaaaa", "+", " ", "==",
            "\\ud83d\\ude00"
        ],
        seeds: {
            [UInt8](0..<16).map { writing in
                [writing | (writing % 4 == 0 ? 0xFC : 0), writing, 5, 3, 7, writing << 4]
                    + Array("sk-live-4f9a2c7d before %41 \\u0041 and behind".utf8)
            }
        }, checkScrubber)
}

/// A credential with the scrubbers that know it. *Value.*
private struct Known: Sendable {
    let key: [UInt8]
    let alone: Scrubber
    let besideAnother: Scrubber
    let inTwoLayers: Scrubber

    init(_ key: [UInt8]) {
        let other = Secret("Zq0-never-written-9")
        self.key = key
        alone = Scrubber([Secret(key)])
        besideAnother = Scrubber([other, Secret(key)])
        inTwoLayers = Scrubber([other]).joined(alone)
    }

    /// Of the forms that providers give, and with everything in them that is an escape somewhere.
    static let all = [
        "sk-live-4f9a2c7d", "12345678", "aaaaaaaaaaaaaaaa", "abababab", "user:pass word+%41", "\\u0041\\\"/key", "%2525%41%41",
        "a+b c+d e",
        "eyJhbGciOi.JIUzI1N.iIsInR5", "c2VjcmV0LWtleQ==", "0123456789abcdef0123456789ABCDEF", "~can/+\"ary-", "=====key=====",
        "Qz7wKx93LmTr52VbQz7wKx93LmTr52VbQz7wKx93LmTr52Vb"
    ].map { Known(Array($0.utf8)) }
}

private func checkScrubber(_ bytes: [UInt8]) throws(BrokenRule) {
    guard bytes.count > 6 else { return }
    var around = Array(bytes.dropFirst(6))
    var known = Known.all[Int(bytes[0]) % Known.all.count]
    if bytes[0] >= 0xFC {
        // A credential is printable ASCII: the configuration refuses every other one.
        let length = min(around.count, Scrubber.minimumLength + Int(bytes[2] % 40))
        guard length >= Scrubber.minimumLength else { return }
        known = Known(around.prefix(length).map { 0x20 + $0 % 0x5F })
        around.removeFirst(length)
    }
    let (key, scrubber) = (known.key, known.alone)
    let place = Int(bytes[2]) % (around.count + 1)
    let writings = SecretWriting.allCases
    let written = writings[Int(bytes[1]) % writings.count].example(key)
    let text = Array(around[..<place]) + written + Array(around[place...])

    // What stands in the placeholder itself cannot be taken out by putting the placeholder there.
    guard !scrubber.finds(in: Array(Scrubber.placeholder.utf8)), !key.contains(0x5B), !key.contains(0x5D) else { return }
    let clean = scrubber.scrub(text)
    try demand(clean != text, "a written credential is not found")
    try demand(!Naive.holds(clean, key), "what was scrubbed holds the credential")
    try demand(scrubber.scrub(clean) == clean, "scrubbing again changes it again")

    // Without the credential, nothing is changed; and what is changed holds it.
    let untouched = scrubber.scrub(around)
    try demand(untouched == around || Naive.holds(around, key, edges: true), "a text without the credential was changed")
    try demand(known.besideAnother.scrub(text) == clean, "another credential beside it changes what is found")
    try demand(known.inTwoLayers.scrub(text) == clean, "in two layers, something else is found")
    if bytes[5] >= 0xF0 {
        try checkPieces(around, key, writings[Int(bytes[1]) % writings.count], piece: 1 + Int(bytes[3]), window: Int(bytes[4]))
    }
}

/// A search over pieces finds what a search over the whole finds, at the same places.
private func checkPieces(
    _ around: [UInt8], _ key: [UInt8], _ writing: SecretWriting, piece: Int, window: Int
) throws(BrokenRule) {
    // A short credential, so that a text of some hundred bytes is longer than several windows.
    let key = Array(key.prefix(Scrubber.minimumLength))
    let part = around.prefix(40) + writing.example(key) + around.dropFirst(40).prefix(40)
    let text = (0..<6).flatMap { part + Array(repeating: 0x2E, count: 100 + $0) }
    let secrets = [("own", Secret(key))]
    var whole = LeakSearch(secrets)
    let expected = whole.feed(text) + whole.finish()
    try demand(expected.count >= 6, "a search finds \(expected.count) of six")
    var cut = LeakSearch(secrets, window: window)
    var found: [SecretSighting] = []
    for start in stride(from: 0, to: text.count, by: piece) {
        found += cut.feed(text[start..<min(text.count, start + piece)])
    }
    found += cut.finish()
    try demand(found == expected, "in pieces, \(found) instead of \(expected)")
}

/// The same looked for in the plainest way, to compare: slow, and without an index. *Stateless.*
private enum Naive {
    /// - Parameter edges: counts what agrees with the credential in a base64 form but for its ends, which the scrubber takes, too.
    static func holds(_ text: [UInt8], _ key: [UInt8], edges: Bool = false) -> Bool {
        let once = undone(text)
        let patterns = edges ? key.withUnsafeBytes { SecretPattern.all(of: $0) }.map(\.bytes) : []
        return ([text] + once + once.flatMap(undone)).contains { view in
            contains(view, key) || contains(view, key.map { $0 == 0x20 ? 0x2B : $0 }) || base64Holds(view, key)
                || contains(view, SecretPattern.hex(key, digits: SecretPattern.lowerHexDigits))
                || contains(view, SecretPattern.hex(key, digits: SecretPattern.upperHexDigits))
                || patterns.contains { contains(view, $0) }
        }
    }

    private static func undone(_ text: [UInt8]) -> [[UInt8]] {
        text.withUnsafeBytes { text in
            [EscapeView.percentDecoded(text), EscapeView.backslashDecoded(text)].compactMap { $0?.bytes }
        }
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0] == part[0] && text[$0...].starts(with: part) }
    }

    /// Each run of base64 characters, read from each of its first four.
    private static func base64Holds(_ text: [UInt8], _ key: [UInt8]) -> Bool {
        let values = text.map { base64Values[Int($0)] }
        return values.split(separator: -1).contains { run in
            (0..<4).contains { start in
                let digits = Array(run.dropFirst(start))
                guard digits.count * 6 >= key.count * 8 else { return false }
                var bytes: [UInt8] = []
                for group in stride(from: 0, to: digits.count - 1, by: 4) {
                    var word = 0
                    for index in group..<(group + 4) { word = word << 6 | (index < digits.count ? digits[index] : 0) }
                    bytes += [UInt8(word >> 16), UInt8(word >> 8 & 255), UInt8(word & 255)]
                }
                return contains(bytes, key)
            }
        }
    }

    /// By the byte: what it stands for in either alphabet, or -1.
    private static let base64Values: [Int] = (0..<256).map { byte in
        let byte = byte == 0x2D ? 0x2B : byte == 0x5F ? 0x2F : byte
        return Base64.alphabet.firstIndex(of: UInt8(byte)) ?? -1
    }
}
