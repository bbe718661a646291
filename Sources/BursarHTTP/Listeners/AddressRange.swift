#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A range of peers: an address, a CIDR block, or everything that comes over a Unix socket. *Value.*
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private enum Block: Sendable, Hashable {
        case unix
        /// Four or sixteen bytes, of which the first `bits` bits count.
        case addresses([UInt8], bits: Int)
    }

    private let block: Block
    package let description: String

    /// Reads `10.0.0.0/8`, `::1`, `fd00::/8` and `unix`; nil where it is none of them.
    package init?(_ text: String) {
        description = text
        if text == "unix" {
            block = .unix
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let bytes = Self.bytes(String(first)) else { return nil }
        var bits = bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(parts[1]),
                length <= bits
            else { return nil }
            bits = length
        }
        block = .addresses(bytes, bits: bits)
    }

    /// - Parameter peer: as `ConnectionInfo.peer` has it.
    package func contains(_ peer: String) -> Bool {
        switch block {
        case .unix: return peer == "unix"
        case .addresses(let range, let bits):
            guard let bytes = Self.bytes(peer), bytes.count == range.count else { return false }
            for index in range.indices {
                let left = min(8, max(0, bits - index * 8))
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
                if (bytes[index] ^ range[index]) & mask != 0 { return false }
            }
            return true
        }
    }

    /// The address in network order; an IPv4 address written inside IPv6 (`::ffff:10.0.0.1`) is the IPv4 address.
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        let isMapped = bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}
