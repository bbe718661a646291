import BursarModel

extension CooldownHint {
    /// The RateLimit fields of the httpapi drafts. Of several quotas, those that are used up count, and of them the one that
    /// comes back last; a quota with something left is not why the answer is a 429.
    static func rateLimit(_ field: (String) -> [String], now: WallTime) -> CooldownHint? {
        let lines = field("ratelimit")
        if !lines.isEmpty, let quotas = Quota.read(lines.joined(separator: ", ")) {
            let wait = quotas.filter { ($0.remaining ?? 0) == 0 }.compactMap(\.reset).max()
            if let hint = wait.flatMap({ CooldownHint(wait: .seconds($0), source: .rateLimit) }) { return hint }
        }
        guard field("ratelimit-remaining").allSatisfy({ (parseSeconds($0) ?? 0) == 0 }) else { return nil }
        let time = serverTime(field, now: now)
        let reset = field("ratelimit-reset").compactMap { DelayText.read($0, now: time) }.max()
        return reset.flatMap { CooldownHint(wait: $0, source: .rateLimitReset) }
    }
}

/// One quota of a `RateLimit` field. *Value.*
struct Quota: Equatable {
    var remaining: Int64?
    var reset: Int64?

    /// Reads `"p";r=0;t=30, "q";r=5;t=60` (a structured list, RFC 9651 3.1) or `limit=100, remaining=0, reset=30` (the
    /// dictionary of earlier drafts). Nil where the field is malformed: then all of it is ignored, as RFC 9651 4.2 demands.
    static func read(_ text: String) -> [Quota]? {
        var reader = FieldReader(text)
        var quotas: [Quota] = []
        var dictionary = Quota()
        repeat {
            reader.skipBlanks()
            guard let name = reader.item() else { return nil }
            var quota = Quota()
            if reader.take("=") {
                // `limit=100;w=60`: parameters of a dictionary's members say nothing that is needed.
                guard let value = reader.item() else { return nil }
                if name == "remaining" { dictionary.remaining = parseSeconds(value) }
                if name == "reset" { dictionary.reset = parseSeconds(value) }
            }
            while reader.take(";") {
                reader.skipBlanks()
                guard let parameter = reader.item() else { return nil }
                guard reader.take("=") else { continue }
                guard let value = reader.item() else { return nil }
                if parameter == "r" { quota.remaining = parseSeconds(value) }
                if parameter == "t" { quota.reset = parseSeconds(value) }
            }
            quotas.append(quota)
            reader.skipBlanks()
        } while reader.take(",")
        guard reader.isAtEnd else { return nil }
        return quotas + [dictionary]
    }
}

/// Reads a structured field's items as text, without a tree: only numbers are wanted of it. *Value.*
private struct FieldReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// A string with its quotes, a byte sequence with its colons, or whatever stands before the next `=`, `;`, `,` or blank.
    mutating func item() -> String? {
        let start = rest
        switch rest.first {
        case UInt8(ascii: "\""):
            rest = rest.dropFirst()
            while let byte = rest.first, byte != UInt8(ascii: "\"") { rest = rest.dropFirst(byte == 0x5C ? 2 : 1) }
            guard take("\"") else { return nil }
        case UInt8(ascii: ":"):
            rest = rest.dropFirst().drop { $0 != UInt8(ascii: ":") }
            guard take(":") else { return nil }
        default:
            rest = rest.drop { ![0x3D, 0x3B, 0x2C, 0x20, 0x09, 0x22].contains($0) }
            guard rest.count < start.count else { return nil }
        }
        return String(decoding: start.prefix(start.count - rest.count), as: UTF8.self)
    }
}
