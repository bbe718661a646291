import Glibc
import NIOCore

/// Sockets that systemd opened for us (sd_listen_fds(3)): the service then needs no right to the port, and connections wait in
/// the kernel while it restarts. *Pure but for the close-on-exec flag.*
package enum SystemdSockets {
    /// The first descriptor that systemd passes.
    static let first: Int32 = 3

    /// A socket that was passed, and where it is bound. *Value.*
    package struct Passed: Sendable, Equatable {
        package let descriptor: Int32
        /// `systemd:` and the name that the unit gives it, else its number.
        package let name: String
        /// Of a Unix socket; nil for TCP.
        package let path: String?
        /// An IP literal; empty for a Unix socket, or where the descriptor is no socket at all.
        package let host: String
        package let port: Int
    }

    /// The passed sockets with their addresses, so that whoever reads them can tell who reaches them.
    package static func passed(environment: [String: String], processID: Int32 = getpid()) -> [Passed] {
        listeners(environment: environment, processID: processID).compactMap { listener in
            guard case .inherited(let descriptor) = listener.address else { return nil }
            return passed(descriptor, name: listener.name)
        }
    }

    /// What connects to a bound socket; nil where it is neither TCP nor a Unix socket.
    static func peerKind(of descriptor: Int32) -> Peer.Kind? {
        let passed = passed(descriptor, name: "")
        return passed.path != nil ? .unix : passed.host.isEmpty ? nil : .tcp
    }

    static func passed(_ descriptor: Int32, name: String) -> Passed {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        let family = Int32(storage.ss_family)
        let address: SocketAddress? = withUnsafeBytes(of: storage) { bytes in
            guard result == 0 else { return nil }
            switch family {
            case AF_INET: return SocketAddress(bytes.load(as: sockaddr_in.self))
            case AF_INET6: return SocketAddress(bytes.load(as: sockaddr_in6.self))
            case AF_UNIX: return SocketAddress(bytes.load(as: sockaddr_un.self))
            default: return nil
            }
        }
        return Passed(
            descriptor: descriptor, name: name, path: address?.pathname, host: address?.ipAddress ?? "",
            port: address?.port ?? 0)
    }

    /// The listeners that the environment names; none where it names none, or another process (`LISTEN_PID`).
    package static func listeners(environment: [String: String], processID: Int32 = getpid()) -> [ListenerConfiguration] {
        guard environment["LISTEN_PID"] == String(processID), let text = environment["LISTEN_FDS"], text.utf8.count <= 3,
            text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let count = Int32(text)
        else { return [] }
        let names = environment["LISTEN_FDNAMES"]?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        return (0..<count).map { index in
            let descriptor = first + index
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let name = Int(index) < names.count && !names[Int(index)].isEmpty ? String(names[Int(index)]) : "\(index)"
            return ListenerConfiguration(.inherited(descriptor: descriptor), name: "systemd:\(name)")
        }
    }
}
