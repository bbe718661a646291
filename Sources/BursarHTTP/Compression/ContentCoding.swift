/// What a body is sent as; a *value*.
package enum ContentCoding: String, Sendable, Equatable, CaseIterable {
    case identity
    case gzip
}

extension ContentCoding {
    /// Chooses between a body as it is and its gzip form (RFC 9110 12.5.3).
    ///
    /// Gzip is taken when the client names it (or `*`) with a weight that is not below identity's. A member whose weight is
    /// malformed counts as not sent: a broken client gets plain bytes and never an error.
    /// - Parameters:
    ///   - lines: every `Accept-Encoding` field line of the request, in order; none at all means identity.
    ///   - gzipExists: whether there is a gzip form to send; small bodies have none.
    /// - Returns: nil when the client refuses every form there is (`identity;q=0`), which is a 406.
    package static func negotiated(_ lines: some Sequence<some StringProtocol>, gzipExists: Bool) -> ContentCoding? {
        var accepted = AcceptedCodings()
        for line in lines {
            accepted.read(line.utf8)
        }
        return accepted.choice(gzipExists: gzipExists)
    }
}

/// The weights that a request gives to the codings we have, in thousandths; a *value*.
private struct AcceptedCodings {
    private var gzip: Int?
    private var identity: Int?
    private var any: Int?

    func choice(gzipExists: Bool) -> ContentCoding? {
        // Identity needs no mention to be acceptable; only `identity;q=0`, or `*;q=0` without it, takes it away.
        let identityWeight = identity ?? any
        let gzipWeight = gzip ?? any ?? 0
        if gzipExists, gzipWeight > 0, gzipWeight >= identityWeight ?? 0 {
            return .gzip
        }
        return identityWeight == 0 ? nil : .identity
    }

    /// Reads one field line: members divided by commas, each a coding and perhaps a weight.
    mutating func read(_ line: some Collection<UInt8>) {
        for member in line.split(separator: UInt8(ascii: ",")) {
            let parts = member.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
            let name = trimmed(parts[0])
            guard !name.isEmpty else { continue }
            var weight = 1000
            if parts.count == 2 {
                guard let read = parsedWeight(trimmed(parts[1])) else { continue }
                weight = read
            }
            // A coding that is named twice keeps its largest weight: the order of members means nothing.
            if equal(name, "gzip") || equal(name, "x-gzip") {
                gzip = max(gzip ?? 0, weight)
            } else if equal(name, "identity") {
                identity = max(identity ?? 0, weight)
            } else if equal(name, "*") {
                any = max(any ?? 0, weight)
            }
        }
    }
}

/// `q=0.123` in thousandths; nil for anything that RFC 9110 12.4.2 does not allow.
private func parsedWeight(_ text: some Collection<UInt8>) -> Int? {
    var rest = text[...]
    guard let q = rest.popFirst(), q | 0x20 == UInt8(ascii: "q"), rest.popFirst() == UInt8(ascii: "="),
        let whole = rest.popFirst(), whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1")
    else { return nil }
    var weight = whole == UInt8(ascii: "1") ? 1000 : 0
    guard let point = rest.popFirst() else { return weight }
    guard point == UInt8(ascii: "."), rest.count <= 3 else { return nil }
    var place = 100
    for digit in rest {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        weight += Int(digit - UInt8(ascii: "0")) * place
        place /= 10
    }
    return weight <= 1000 ? weight : nil
}

private func trimmed<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var text = bytes.drop(while: isBlank)
    var end = text.startIndex
    var index = text.startIndex
    while index < text.endIndex {
        let next = text.index(after: index)
        if !isBlank(text[index]) { end = next }
        index = next
    }
    text = text[..<end]
    return text
}

/// Compares ASCII letters without regard to case; `name` is lowercase.
private func equal(_ bytes: some Collection<UInt8>, _ name: StaticString) -> Bool {
    guard bytes.count == name.utf8CodeUnitCount else { return false }
    return zip(bytes, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)).allSatisfy {
        ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0) == $1
    }
}
