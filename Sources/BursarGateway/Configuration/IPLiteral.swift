#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What an IP address literal says of its reach. *Value.* Names are not looked up here: configuration is read without a network.
enum IPLiteral: Sendable, Equatable {
    case loopback
    /// 0.0.0.0 or ::, every interface.
    case unspecified
    case other

    /// Strictly one IPv4 or IPv6 literal without brackets or zone; nil for anything else.
    init?(_ text: String) {
        if let bytes = Self.bytes(text, family: AF_INET, count: 4) {
            self.init(ipv4: bytes[...])
        } else if let bytes = Self.bytes(text, family: AF_INET6, count: 16) {
            // ::ffff:127.0.0.1 reaches the IPv4 loopback, so it is judged by its last four bytes.
            if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
                self.init(ipv4: bytes[12...])
            } else if bytes[..<15].allSatisfy({ $0 == 0 }), bytes[15] <= 1 {
                self = bytes[15] == 1 ? .loopback : .unspecified
            } else {
                self = .other
            }
        } else {
            return nil
        }
    }

    private init(ipv4 bytes: ArraySlice<UInt8>) {
        if bytes.first == 127 {
            self = .loopback
        } else {
            self = bytes.allSatisfy { $0 == 0 } ? .unspecified : .other
        }
    }

    /// `inet_pton` refuses what `inet_aton` takes: octal, short and hexadecimal forms, in which a loopback could hide.
    private static func bytes(_ text: String, family: Int32, count: Int) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return bytes.withUnsafeMutableBytes { inet_pton(family, text, $0.baseAddress) } == 1 ? bytes : nil
    }
}
