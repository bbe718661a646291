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
        guard parts.count <= 2, let first = parts.first, let bytes = IPAddress(String(first))?.bytes else { return nil }
        var bits = bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(parts[1]),
                length <= bits
            else { return nil }
            bits = length
        }
        block = .addresses(bytes, bits: bits)
    }

    /// Whether it stands for all that comes over a Unix socket.
    package var isUnix: Bool { block == .unix }

    package func contains(_ address: IPAddress) -> Bool {
        guard case .addresses(let range, let bits) = block else { return false }
        let bytes = address.bytes
        guard bytes.count == range.count else { return false }
        for index in range.indices {
            let left = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
            if (bytes[index] ^ range[index]) & mask != 0 { return false }
        }
        return true
    }
}
