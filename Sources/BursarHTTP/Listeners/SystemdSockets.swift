#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Sockets that systemd opened for us (sd_listen_fds(3)): the service then needs no right to the port, and connections wait in
/// the kernel while it restarts. *Pure but for the close-on-exec flag.*
package enum SystemdSockets {
    /// The first descriptor that systemd passes.
    static let first: Int32 = 3

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
