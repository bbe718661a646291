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
    package static func negotiated(_ lines: [String], gzipExists: Bool) -> ContentCoding? {
        var accepted = AcceptedCodings()
        for var line in lines { line.withUTF8 { accepted.read($0) } }
        return accepted.choice(gzipExists: gzipExists)
    }
}

/// The weights that a request gives to the codings we have, in thousandths; a *value*. Reads bytes where they stand: nearly every
/// request of a browser or a library has this field, and text made of it cost a quarter of a hit.
struct AcceptedCodings {
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
    mutating func read(_ line: UnsafeBufferPointer<UInt8>) {
        line.eachToken { member in
            let mark = member.firstIndex(of: UInt8(ascii: ";")) ?? member.count
            let name = member.trimmed(0..<mark)
            var weight = 1_000
            if mark < member.count {
                guard let read = Self.weight(member.trimmed(mark + 1..<member.count)) else { return }
                weight = read
            }
            // A coding that is named twice keeps its largest weight: the order of members means nothing.
            switch name.count {
            case 1 where name[0] == UInt8(ascii: "*"): any = max(any ?? 0, weight)
            case 4 where name.equalsLowered("gzip"): gzip = max(gzip ?? 0, weight)
            case 6 where name.equalsLowered("x-gzip"): gzip = max(gzip ?? 0, weight)
            case 8 where name.equalsLowered("identity"): identity = max(identity ?? 0, weight)
            default: break
            }
        }
    }

    /// `q=0.123` in thousandths; nil for anything that RFC 9110 12.4.2 does not allow.
    private static func weight(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.count >= 3, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "="),
            text[2] == UInt8(ascii: "0") || text[2] == UInt8(ascii: "1")
        else { return nil }
        var weight = text[2] == UInt8(ascii: "1") ? 1_000 : 0
        guard text.count > 3 else { return weight }
        guard text[3] == UInt8(ascii: "."), text.count <= 7 else { return nil }
        var place = 100
        for index in 4..<text.count {
            guard text[index] &- 0x30 < 10 else { return nil }
            weight += Int(text[index] &- 0x30) * place
            place /= 10
        }
        return weight <= 1_000 ? weight : nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// A part without the blanks around it.
    fileprivate func trimmed(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        while end > start, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return UnsafeBufferPointer(rebasing: self[start..<end])
    }
}
