package import BursarBasics
import NIOCore

/// Who is at the other end of a connection, as the kernel says. The listener decides which case it is, so that no missing address
/// can pass for a Unix socket. *Value.*
package enum Peer: Sendable, Hashable {
    case tcp(IPAddress)
    /// The user whose program connected; nil where the kernel does not say.
    case unix(userID: UInt32?)

    /// What kind of peer a listener has. *Value.*
    package enum Kind: Sendable, Hashable {
        case tcp, unix
    }

    /// Nil where a TCP peer has no address: it has reset the connection before it was accepted, and nobody is there to be answered.
    init?(_ kind: Kind, of channel: any Channel) {
        switch kind {
        case .tcp:
            guard let address = channel.remoteAddress.flatMap({ IPAddress($0) }) else { return nil }
            self = .tcp(address)
        case .unix: self = .unix(userID: PeerCredentials.userID(of: channel))
        }
    }

    package var address: IPAddress? {
        if case .tcp(let address) = self { address } else { nil }
    }
}

extension Peer: CustomStringConvertible {
    /// For logs: the address, or "unix".
    package var description: String {
        switch self {
        case .tcp(let address): address.description
        case .unix: "unix"
        }
    }
}

/// The client that a PROXY header names. *Value.* It is never local and never has a user, even where the header names a loopback address:
/// it comes through a proxy.
package enum ProxiedClient: Sendable, Hashable {
    case address(IPAddress)
    /// The proxy itself (LOCAL: its health check), or a client whose address it does not tell.
    case unnamed
}

extension IPAddress {
    /// Nil for the address of a Unix socket.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(text)
    }
}

extension AddressRange {
    package func contains(_ peer: Peer) -> Bool {
        switch peer {
        case .tcp(let address): contains(address)
        case .unix: isUnix
        }
    }
}
