import Crypto

/// A strong entity tag of a body (RFC 9110 8.8.3). Pure.
enum EntityTag {
    /// 96 bits of SHA-256: two bodies never share a tag by chance, and nobody learns a balance from one.
    static func of(_ body: some Sequence<UInt8>, form: StaticString = "") -> String {
        var hash = SHA256()
        hash.update(data: Array(body))
        let digits = hash.finalize().prefix(12).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return "\"\(digits.joined())\(form)\""
    }
}
