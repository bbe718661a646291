package import NIOCore

/// How far an IP address reaches. *Value.*
package enum AddressScope: Sendable, Equatable {
    /// Anywhere on the internet.
    case global
    case loopback
    /// Everything else that the IANA's registries of special addresses do not call globally reachable: private networks,
    /// link-local ones (where clouds keep the credentials of their machines), shared, documentation, multicast, reserved.
    case special

    package init(_ address: SocketAddress) {
        // Family and port are four bytes in both; version 6 has its flow label in four more (Linux's and POSIX's layout).
        switch address {
        case .v4(let address): self.init(ipv4: withUnsafeBytes(of: address.address) { Array($0[4..<8]) }[...])
        case .v6(let address): self.init(ipv6: withUnsafeBytes(of: address.address) { Array($0[8..<24]) })
        case .unixDomainSocket: self = .special
        }
    }

    init(ipv4 bytes: ArraySlice<UInt8>) {
        let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        if value >> 24 == 127 {
            self = .loopback
        } else {
            self = Self.specialIPv4.contains { value >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) } ? .special : .global
        }
    }

    /// An address that carries an IPv4 one inside is as good as that one: what translates it would deliver it there.
    init(ipv6 bytes: [UInt8]) {
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        if isMapped || bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) {
            self.init(ipv4: bytes[12...])
        } else if bytes.starts(with: [0x20, 0x02]) {
            self.init(ipv4: bytes[2..<6])
        } else if bytes[..<15].allSatisfy({ $0 == 0 }) && bytes[15] == 1 {
            self = .loopback
        } else {
            // 2000::/3 is all that is given out; within it 2001::/23 is for protocols, 2001:db8::/32 and 3fff::/20 for documents.
            let isUnicast = bytes[0] >> 5 == 0b001
            let isProtocol = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] <= 0x01
            let isDocumentation =
                bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8]) || (bytes.starts(with: [0x3F, 0xFF]) && bytes[2] >> 4 == 0)
            self = isUnicast && !isProtocol && !isDocumentation ? .global : .special
        }
    }

    private static let specialIPv4: [(prefix: UInt32, bits: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC000_0000, 24),
        (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24),
        (0xE000_0000, 4), (0xF000_0000, 4)
    ]
}
