/// Reads the common name out of a certificate in DER (X.690; RFC 5280 4.1): the TLS library has it and does not show it. *Pure.*
///
/// The bytes come from a certificate that the library has parsed and verified; still nothing is trusted: each length is checked against
/// what is left, and nothing recurses.
enum SubjectReader {
    /// The last one, as the most specific; nil where there is none, or it is in no one-byte encoding.
    static func commonName(inCertificate der: [UInt8]) -> [UInt8]? {
        var file = der[...]
        guard var certificate = element(&file, tag: sequence), var body = element(&certificate, tag: sequence) else { return nil }
        if body.first == version { _ = element(&body, tag: version) }
        // Serial number, signature algorithm, issuer, validity; then the subject.
        for tag in [integer, sequence, sequence, sequence] where element(&body, tag: tag) == nil { return nil }
        guard var subject = element(&body, tag: sequence) else { return nil }
        var name: [UInt8]?
        while var set = element(&subject, tag: set) {
            while var attribute = element(&set, tag: sequence) {
                guard let type = element(&attribute, tag: objectIdentifier) else { return nil }
                guard type.elementsEqual(commonNameType), let tag = attribute.first, textTags.contains(tag) else { continue }
                name = element(&attribute, tag: tag).map(Array.init)
            }
        }
        return name
    }

    private static let sequence: UInt8 = 0x30
    private static let set: UInt8 = 0x31
    private static let integer: UInt8 = 0x02
    private static let objectIdentifier: UInt8 = 0x06
    /// `[0] EXPLICIT Version`
    private static let version: UInt8 = 0xA0
    /// 2.5.4.3
    private static let commonNameType: [UInt8] = [0x55, 0x04, 0x03]
    /// UTF8String, PrintableString, IA5String
    private static let textTags: Set<UInt8> = [0x0C, 0x13, 0x16]

    /// Takes one element with that tag off the front; nil where there is none, or it does not fit.
    private static func element(_ rest: inout ArraySlice<UInt8>, tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.first == tag else { return nil }
        var bytes = rest.dropFirst()
        guard let first = bytes.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            // Certificates are shorter than 16 MB.
            guard (1...3).contains(count), bytes.count >= count else { return nil }
            length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(count)
        }
        guard length <= bytes.count else { return nil }
        rest = bytes.dropFirst(length)
        return bytes.prefix(length)
    }
}
