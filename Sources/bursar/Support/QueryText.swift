import BursarBasics

/// Text as it may stand in a query or a path segment (RFC 3986 2.3). Pure.
enum QueryText {
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isUnreserved = byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte)
            return isUnreserved ? String(UnicodeScalar(byte)) : "%" + byte.hexPair.uppercased()
        }.joined()
    }
}
