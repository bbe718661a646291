/// Where a listener waits. *Value.*
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An address literal or a name, and a port; 0 lets the system choose one.
    case tcp(host: String, port: Int)
    /// A Unix socket's path and the mode of its file; nil: 0660, the owner and the group.
    case unix(path: String, mode: UInt16? = nil)
    /// A descriptor that is already bound: from systemd, or from a test.
    case inherited(descriptor: Int32)

    /// Reads `127.0.0.1:8787`, `[::1]:8787`, `localhost:0` and `unix:/path`; nil where it is none of them.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/"), path.utf8.count > 1 else { return nil }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        var host = text[..<colon]
        guard !digits.isEmpty, digits.utf8.count <= 5, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let port = Int(digits),
            port <= 65_535
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") || host.contains("[") || host.contains("]") {
            return nil  // an IPv6 address without brackets: where the port begins would be a guess
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }) else { return nil }
        self = .tcp(host: String(host), port: port)
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path, _): "unix:\(path)"
        case .inherited(let descriptor): "fd:\(descriptor)"
        }
    }
}
