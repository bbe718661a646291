package import BursarBasics

/// A host and perhaps a port, as `Host`, `:authority` and a target in absolute form write them (RFC 3986 3.2.2, 3.2.3). It is read
/// once and whole: whatever judges a host reads this, and never the text again. *Value.*
package struct Authority: Sendable, Hashable {
    /// *Value.*
    package enum Host: Sendable, Hashable {
        case address(IPAddress)
        /// Lower case, without a closing point, no label empty.
        case name(String)
    }

    package let host: Host
    /// Nil where none is written, also behind a colon.
    package let port: UInt16?

    /// Without the point that may close it.
    private static let longestName = 253

    /// - Returns: nil where these bytes are no host and port, or more than that (user information, a zone).
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let plain = Self.plainIPv4(bytes) {
            (host, port) = (.address(plain.address), plain.port)
            return
        }
        let end: Int
        if bytes.first == 0x5B {
            guard let close = bytes.firstIndex(of: 0x5D),
                bytes[1..<close].contains(0x3A),
                let address = IPAddress(String(decoding: UnsafeBufferPointer(rebasing: bytes[1..<close]), as: UTF8.self))
            else { return nil }
            host = .address(address)
            end = close + 1
        } else {
            end = bytes.firstIndex(of: 0x3A) ?? bytes.count
            guard let name = Self.name(UnsafeBufferPointer(rebasing: bytes[..<end])) else { return nil }
            host = IPAddress(name).map { .address($0) } ?? .name(name)
        }
        guard end < bytes.count else {
            port = nil
            return
        }
        guard bytes[end] == 0x3A, let read = Self.port(bytes[(end + 1)...]) else { return nil }
        port = read.isEmpty ? nil : read.number
    }

    /// For texts of our own and tests.
    package init?(_ text: String) {
        var text = text
        guard let authority = text.withUTF8({ Authority($0) }) else { return nil }
        self = authority
    }

    /// Letters, digits and what else a registered name may have, percent-encodings whole. What remains of it in practice is a DNS
    /// name, so labels are not empty; one point may close it.
    private static func name(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard !bytes.isEmpty, bytes.count <= longestName + 1 else { return nil }
        var isLabelEmpty = true
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x2E {
                guard !isLabelEmpty else { return nil }
                isLabelEmpty = true
            } else {
                guard ByteSet.registeredName.contains(byte) else { return nil }
                if byte == 0x25, !bytes.isPercentEncoding(at: index) { return nil }
                isLabelEmpty = false
            }
            index += 1
        }
        let closed = isLabelEmpty ? bytes.count - 1 : bytes.count
        guard closed <= longestName else { return nil }
        return String(decoding: bytes[..<closed].map(\.loweredASCII), as: UTF8.self)
    }

    private static func port(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> (number: UInt16, isEmpty: Bool)? {
        var number = 0
        for byte in digits {
            guard byte &- 0x30 < 10 else { return nil }
            number = number * 10 + Int(byte &- 0x30)
            guard number <= UInt16.max else { return nil }
        }
        return (UInt16(truncatingIfNeeded: number), digits.isEmpty)
    }

    /// An IPv4 literal with or without a port, which is what most callers of a loopback listener say: read without making text of
    /// it. Nil: not this form; the general way decides.
    private static func plainIPv4(_ bytes: UnsafeBufferPointer<UInt8>) -> (address: IPAddress, port: UInt16?)? {
        var address: UInt32 = 0
        var (octets, digits, value) = (1, 0, 0)
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x30...0x39:
                // A leading zero is octal to some readers: no literal, as for `inet_pton`.
                guard digits == 0 || value > 0 else { return nil }
                value = value * 10 + Int(byte - 0x30)
                digits += 1
                guard value <= 255 else { return nil }
            case 0x2E:
                guard digits > 0, octets < 4 else { return nil }
                address = address << 8 | UInt32(value)
                (octets, digits, value) = (octets + 1, 0, 0)
            case 0x3A:
                guard digits > 0, octets == 4, let port = port(bytes[(index + 1)...]) else { return nil }
                return (IPAddress(v4: address << 8 | UInt32(value)), port.isEmpty ? nil : port.number)
            default: return nil
            }
        }
        guard digits > 0, octets == 4 else { return nil }
        return (IPAddress(v4: address << 8 | UInt32(value)), nil)
    }
}
