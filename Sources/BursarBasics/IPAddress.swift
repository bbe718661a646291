import Glibc

/// An IP address as its bytes: the one place that reads, writes and classifies one. *Value.*
///
/// An IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`) is that IPv4 address: the system delivers to it.
package struct IPAddress: Sendable, Hashable {
    /// In network order, the first byte the most significant; an IPv4 address is the last 32 bits of `low`. Words and no array: each
    /// request names one, and whoever reads it must not allocate.
    private let high: UInt64
    private let low: UInt64
    package let isV4: Bool

    package init(v4 number: UInt32) { (high, low, isV4) = (0, UInt64(number), true) }

    private init(high: UInt64, low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xFFFF
        (self.high, self.low, isV4) = (high, isMapped ? low & 0xFFFF_FFFF : low, isMapped)
    }

    /// Strictly one IPv4 or IPv6 literal without brackets or zone; nil for anything else. `inet_pton` refuses what `inet_aton` takes:
    /// octal, short and hexadecimal forms, in which a loopback could hide.
    package init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        if let bytes = Self.read(text, family: AF_INET, count: 4) ?? Self.read(text, family: AF_INET6, count: 16) {
            self.init(bytes: bytes)
        } else {
            return nil
        }
    }

    /// - Parameter bytes: four or sixteen, in network order; nil for another number.
    package init?(bytes: some Collection<UInt8>) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: self.init(v4: UInt32(truncatingIfNeeded: number(bytes)))
        case 16: self.init(high: number(bytes.prefix(8)), low: number(bytes.dropFirst(8)))
        default: return nil
        }
    }

    private static func read(_ text: String, family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return bytes.withUnsafeMutableBytes { inet_pton(family, text, $0.baseAddress) } == 1 ? bytes : nil
    }

    /// Four or sixteen bytes in network order.
    package var bytes: [UInt8] {
        let both = [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
        return isV4 ? Array(both[12...]) : both
    }

    /// The upper half of an IPv6 address, which is what one subscriber is given; an IPv4 address whole.
    package var network: IPAddress { isV4 ? self : IPAddress(high: high, low: 0) }
}

// MARK: - Reach

extension IPAddress {
    /// How far an address reaches. *Value.*
    package enum Scope: Sendable, Equatable {
        /// Anywhere on the internet.
        case global
        case loopback
        /// 0.0.0.0 or ::, every interface.
        case unspecified
        /// Everything else that the IANA's registries of special addresses do not call globally reachable: private networks, link-local
        /// ones (where clouds keep the credentials of their machines), shared, documentation, multicast, reserved.
        case special
    }

    package var scope: Scope {
        let bytes = bytes
        return isV4 ? Self.scope(ofIPv4: bytes[...]) : Self.scope(ofIPv6: bytes)
    }

    private static func scope(ofIPv4 bytes: ArraySlice<UInt8>) -> Scope {
        let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        if value == 0 { return .unspecified }
        if value >> 24 == 127 { return .loopback }
        return specialIPv4.contains { value >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) } ? .special : .global
    }

    /// An address that carries an IPv4 one inside is as good as that one: what translates it would deliver it there.
    private static func scope(ofIPv6 bytes: [UInt8]) -> Scope {
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return scope(ofIPv4: bytes[12...]) }
        if bytes.starts(with: [0x20, 0x02]) { return scope(ofIPv4: bytes[2..<6]) }
        if bytes[..<15].allSatisfy({ $0 == 0 }), bytes[15] <= 1 { return bytes[15] == 1 ? .loopback : .unspecified }
        // 2000::/3 is all that is given out; within it 2001::/23 is for protocols, 2001:db8::/32 and 3fff::/20 for documents.
        let isUnicast = bytes[0] >> 5 == 0b001
        let isProtocol = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] <= 0x01
        let isDocumentation =
            bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8]) || (bytes.starts(with: [0x3F, 0xFF]) && bytes[2] >> 4 == 0)
        return isUnicast && !isProtocol && !isDocumentation ? .global : .special
    }

    private static let specialIPv4: [(prefix: UInt32, bits: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC000_0000, 24),
        (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24),
        (0xE000_0000, 4), (0xF000_0000, 4)
    ]
}

extension IPAddress: CustomStringConvertible {
    /// As people read it; IPv6 in the short form of RFC 5952, without brackets.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = isV4 ? AF_INET : AF_INET6
        guard bytes.withUnsafeBytes({ inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) }) != nil else {
            return "?"
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
