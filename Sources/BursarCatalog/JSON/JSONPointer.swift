import BursarBasics

/// JSON Pointers (RFC 6901). *Pure.*
enum JSONPointer {
    /// The names of `/data/balance.usd`, where `~1` is a slash and `~0` is a tilde. Nil where it begins with no slash, or a tilde
    /// is neither.
    static func names(_ pointer: String) -> [String]? {
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        var names: [String] = []
        for part in pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let name = unescaped(part) else { return nil }
            names.append(name)
        }
        return names
    }

    /// The names of a reference within its own document, `#/paths/~1teams~1%7Bid%7D/get`: a URL's fragment, so `%7B` is a brace
    /// (section 6).
    static func names(ofReference reference: String) -> [String]? {
        guard reference.utf8.first == UInt8(ascii: "#"), let bytes = percentDecodedBytes(reference.utf8.dropFirst()),
            let pointer = String(validating: bytes, as: UTF8.self)
        else { return nil }
        return names(pointer)
    }

    private static func unescaped(_ part: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = part.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "~") else {
                bytes.append(byte)
                continue
            }
            guard let digit = rest.next(), digit == UInt8(ascii: "0") || digit == UInt8(ascii: "1") else { return nil }
            bytes.append(digit == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
