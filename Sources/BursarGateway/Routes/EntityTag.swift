import BursarBasics
import BursarHash

/// Entity tags of bodies (RFC 9110 8.8.3). Pure.
///
/// 96 bits of SHA-256: two bodies never share a tag by chance. A tag is as secret as its body: where a body tells little but an
/// amount, whoever has its tag can try all amounts. So neither the log nor the metrics show one.
enum EntityTag {
    /// A strong one: of the very bytes.
    static func of(_ body: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(body)
        return "\"\(digits(hash.finish()))\""
    }

    /// A weak one: of what matters in a body, part by part.
    static func weak(_ parts: [[UInt8]]) -> String {
        var hash = SHA256()
        for part in parts {
            // Where a part ends belongs to it.
            withUnsafeBytes(of: part.count) { hash.update($0) }
            hash.update(part)
        }
        return "W/\"\(digits(hash.finish()))\""
    }

    private static func digits(_ digest: [UInt8]) -> String {
        digest.prefix(12).map(\.hexPair).joined()
    }
}
