import BursarBasics
import NIOCore

extension IPAddress {
    /// Nil for a Unix socket.
    init?(_ address: SocketAddress) {
        // Family and port are four bytes in both; version 6 has its flow label in four more (Linux's and POSIX's layout).
        switch address {
        case .v4(let address): self.init(bytes: withUnsafeBytes(of: address.address) { Array($0[4..<8]) })
        case .v6(let address): self.init(bytes: withUnsafeBytes(of: address.address) { Array($0[8..<24]) })
        case .unixDomainSocket: return nil
        }
    }
}
