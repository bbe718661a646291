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

/// `provider/account` as a path; a provider alone means its account `default`. Pure.
enum AccountPath {
    static func of(_ account: String) -> String {
        let parts = account.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map {
            QueryText.escaped(String($0))
        }
        return parts.count == 2 ? "\(parts[0])/\(parts[1])" : "\(parts[0])/default"
    }
}
