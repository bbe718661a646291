import BursarBasics

/// Reads a PROXY protocol header, version 1 (text) or 2 (binary), as HAProxy's specification defines them. *Pure.*
enum ProxyHeader {
    enum Result: Equatable {
        case incomplete
        case malformed
        /// So many bytes, and whom the proxy speaks for.
        case header(length: Int, client: ProxiedClient)
    }

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let word: [UInt8] = Array("PROXY ".utf8)
    /// The longest version 1 line, its CR LF included, says the specification.
    private static let longestLine = 107
    /// The addresses of Unix sockets need 216 bytes; the rest is extensions (TLVs), for which this leaves room.
    private static let longestBlock = 2 * 1024

    static func read(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard let first = bytes.first else { return .incomplete }
        return first == signature[0] ? binary(bytes) : text(bytes)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard bytes.prefix(word.count).elementsEqual(word.prefix(bytes.count)) else { return .malformed }
        guard let feed = bytes.prefix(longestLine).firstIndex(of: 0x0A) else {
            return bytes.count < longestLine ? .incomplete : .malformed
        }
        guard bytes[feed - 1] == 0x0D else { return .malformed }
        guard bytes[..<(feed - 1)].allSatisfy(\.isPrintableASCII) else { return .malformed }
        let line = String(decoding: bytes[word.count..<(feed - 1)], as: UTF8.self)
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        if parts.first == "UNKNOWN" { return .header(length: feed + 1, client: .unnamed) }
        guard parts.count == 5, parts[0] == "TCP4" || parts[0] == "TCP6", isPort(parts[3]), isPort(parts[4]) else {
            return .malformed
        }
        let isV4 = parts[0] == "TCP4"
        guard parts[1...2].allSatisfy({ $0.contains(":") != isV4 }), let source = IPAddress(String(parts[1])),
            IPAddress(String(parts[2])) != nil
        else { return .malformed }
        return header(feed + 1, of: source)
    }

    /// Nobody connects from the address that stands for none.
    private static func header(_ length: Int, of source: IPAddress?) -> Result {
        guard let source, source.scope != .unspecified else { return .malformed }
        return .header(length: length, client: .address(source))
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int(text) else {
            return false
        }
        return number <= 65_535
    }

    private static func binary(_ bytes: UnsafeRawBufferPointer) -> Result {
        guard bytes.prefix(signature.count).elementsEqual(signature.prefix(bytes.count)) else { return .malformed }
        guard bytes.count >= 16 else { return .incomplete }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        guard bytes[12] >> 4 == 2, bytes[12] & 0x0F <= 1, length <= longestBlock else { return .malformed }
        guard bytes.count >= 16 + length else { return .incomplete }
        if bytes[12] & 0x0F == 0 { return .header(length: 16 + length, client: .unnamed) }
        let block = UnsafeRawBufferPointer(rebasing: bytes[16..<(16 + length)])
        switch bytes[13] >> 4 {
        case 1: return length >= 12 ? header(16 + length, of: IPAddress(bytes: block[0..<4])) : .malformed
        case 2: return length >= 36 ? header(16 + length, of: IPAddress(bytes: block[0..<16])) : .malformed
        case 0, 3: return .header(length: 16 + length, client: .unnamed)
        default: return .malformed
        }
    }
}
