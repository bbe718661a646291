/// Names of hosts, as DNS and URLs have them. *Pure.*
package enum HostName {
    /// A DNS name as hosts are named in practice: labels of letters, digits, `-` and `_`, at most 253 bytes. The last label has a
    /// letter and is no hexadecimal number: else it is an address, mistyped or in one of `inet_aton`'s strange forms.
    package static func isName(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, let last = labels.last, last.contains(where: { $0.isASCIILetter }) else { return false }
        if last.count >= 2, last.first == UInt8(ascii: "0"), last.dropFirst().first.map({ $0 | 0x20 }) == UInt8(ascii: "x") {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
                && label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D || $0 == 0x5F }
        }
    }
}
