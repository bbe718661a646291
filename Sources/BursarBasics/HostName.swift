/// Checks and writes names of hosts. *Pure.*
package enum HostName {
    /// Whether a text is a DNS name as hosts have them in practice: labels of letters, digits, `-` and `_`, at most 253 bytes. The last label
    /// needs a letter and may not begin with `0x`: other texts are addresses, mistyped or in a form that `inet_aton` takes.
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

    /// A host as it stands before a port: an IPv6 address in brackets, anything else as it is.
    package static func bracketed(_ host: String) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    }
}
