import NIOCore
import NIOSSL

/// The server that was asked for, as its certificate must name it (RFC 9525). *Value.*
///
/// A name is found only among the certificate's DNS names and an address only among its addresses: what a name resolves to is whatever
/// DNS said, which is what the certificate is there to check. The subject's common name counts for nothing.
enum ServerIdentity: Equatable, Sendable {
    /// In lower case, without a trailing dot.
    case name([UInt8])
    /// 4 or 16 bytes.
    case address([UInt8])

    init(host: String) {
        if let bytes = Self.addressBytes(host) {
            self = .address(bytes)
        } else {
            var name = Array(host.utf8.map(Self.lowercase))
            if name.last == UInt8(ascii: ".") { name.removeLast() }
            self = .name(name)
        }
    }

    /// What the TLS handshake tells the server; an address has no place there (RFC 6066 3).
    var serverName: String? {
        switch self {
        case .name(let name): String(decoding: name, as: UTF8.self)
        case .address: nil
        }
    }

    func isNamed(dnsNames: [[UInt8]], addresses: [[UInt8]]) -> Bool {
        switch self {
        case .name(let name): dnsNames.contains { Self.matches(name, pattern: $0.map(Self.lowercase)) }
        case .address(let address): addresses.contains(address)
        }
    }

    func isNamed(by certificate: NIOSSLCertificate) -> Bool {
        var names: [[UInt8]] = []
        var addresses: [[UInt8]] = []
        for name in certificate._subjectAlternativeNames() {
            let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
            if name.nameType == .dnsName { names.append(bytes) }
            if name.nameType == .ipAddress { addresses.append(bytes) }
        }
        return isNamed(dnsNames: names, addresses: addresses)
    }

    /// A wildcard is the whole left-most label and stands for exactly one (RFC 9525 6.3). Two labels must follow: `*` and `*.com`
    /// would stand for everybody.
    private static func matches(_ name: [UInt8], pattern: [UInt8]) -> Bool {
        guard !name.isEmpty, !pattern.isEmpty else { return false }
        guard pattern.contains(UInt8(ascii: "*")) else { return name == pattern }
        let labels = pattern.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 3, labels[0] == [UInt8(ascii: "*")],
            labels.dropFirst().allSatisfy({ !$0.isEmpty && !$0.contains(UInt8(ascii: "*")) })
        else { return false }
        let given = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return given.count == labels.count && !given[0].isEmpty && zip(given, labels).dropFirst().allSatisfy { $0 == $1 }
    }

    private static func addressBytes(_ host: String) -> [UInt8]? {
        // Family and port are four bytes in both; version 6 has its flow label in four more (Linux's and POSIX's layout).
        switch try? SocketAddress(ipAddress: host, port: 0) {
        case .v4(let address): withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address): withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
        case .unixDomainSocket, nil: nil
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
