/// Where the gateway listens: `127.0.0.1:8787`, `[::1]:8787`, `unix:/run/bursar/bursar.sock`. *Value.*
package enum ListenAddress: Sendable, Hashable {
    /// `host` is an IP literal without brackets or a name; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// Where nothing else is said (contract, section 2).
    package static let standard = ListenAddress.tcp(host: "127.0.0.1", port: 8787)

    /// `sockaddr_un.sun_path` has 108 bytes on Linux, the last one for the terminating zero.
    package static let longestSocketPath = 107

    /// Whether only this machine can reach it. A name other than `localhost` counts as reachable from elsewhere: what it
    /// resolves to is not known before it is bound, and may change.
    package var isLocalOnly: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || IPAddress(host)?.scope == .loopback
        }
    }

    /// Where a program of the same machine asks it: every interface is no address to ask.
    package var reachableHere: ListenAddress {
        guard case .tcp(let host, let port) = self, let every = IPAddress(host), every.scope == .unspecified else { return self }
        return .tcp(host: every.isV4 ? "127.0.0.1" : "::1", port: port)
    }

    /// Whether it is every address of the machine, those of its family at least.
    package var isEveryAddress: Bool {
        guard case .tcp(let host, _) = self else { return false }
        return IPAddress(host)?.scope == .unspecified
    }

    /// Two listeners on one address cannot both be bound, however it is written; port 0 never collides. Every address of a family is
    /// each of them. It is none of the other family's: `[::]` leaves IPv4 alone where another listener has that port there.
    package func collides(with other: ListenAddress) -> Bool {
        guard case .tcp(let host, let port) = self, case .tcp(let otherHost, let otherPort) = other else { return self == other }
        guard port != 0, port == otherPort else { return false }
        let (own, others) = (Self.addresses(of: host), Self.addresses(of: otherHost))
        // Of another name it is not known what it resolves to.
        guard !own.isEmpty, !others.isEmpty else { return host == otherHost }
        return own.contains { one in
            others.contains { another in
                let isEvery = one.scope == .unspecified || another.scope == .unspecified
                return one == another || isEvery && one.isV4 == another.isV4
            }
        }
    }

    /// What is bound; `localhost` is both loopbacks. None for another name.
    private static func addresses(of host: String) -> [IPAddress] {
        (host == "localhost" ? ["127.0.0.1", "::1"] : [host]).compactMap { IPAddress($0) }
    }
}

extension ListenAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tcp(let host, let port): "\(HostName.bracketed(host)):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

// MARK: - Reading

extension ListenAddress {
    /// Why a text is no listen address. `meant` is what the writer may have wanted, where that is plain.
    package struct Refusal: Error, Equatable {
        package let reason: String
        package let meant: String?
    }

    package static let expectation = "host:port, [IPv6]:port or unix:/path"

    package init(parsing text: String) throws(Refusal) {
        let lowercased = text.lowercased()
        if lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://") {
            throw Refusal(reason: "a listen address has no scheme", meant: nil)
        }
        if text.hasPrefix("unix:") {
            self = .unix(path: try Self.socketPath(String(text.dropFirst("unix:".count))))
        } else if text.hasPrefix("/") || text.hasPrefix("./") {
            throw Refusal(reason: "a Unix socket is written with unix: before its path", meant: "unix:" + text)
        } else if text.hasPrefix("[") {
            self = try Self.bracketed(text)
        } else {
            self = try Self.hostAndPort(text)
        }
    }

    private static func socketPath(_ path: String) throws(Refusal) -> String {
        guard !path.isEmpty else { throw Refusal(reason: "unix: needs a path", meant: "unix:/run/bursar/bursar.sock") }
        guard !path.hasPrefix("//") else {
            throw Refusal(reason: "unix: is followed by the path alone", meant: "unix:/" + path.drop { $0 == "/" })
        }
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Refusal(reason: "a control character in the socket's path", meant: nil)
        }
        guard path.utf8.count <= longestSocketPath else {
            throw Refusal(reason: "a socket's path has at most \(longestSocketPath) bytes", meant: nil)
        }
        guard !path.hasSuffix("/") else { throw Refusal(reason: "the path names a folder, not a socket", meant: nil) }
        return path
    }

    private static func bracketed(_ text: String) throws(Refusal) -> ListenAddress {
        guard let close = text.firstIndex(of: "]") else { throw Refusal(reason: "the bracket is not closed", meant: nil) }
        let host = String(text[text.index(after: text.startIndex)..<close])
        guard let address = IPAddress(host), host.contains(":") else {
            throw Refusal(reason: "brackets are for an IPv6 address, without a zone", meant: nil)
        }
        let rest = text[text.index(after: close)...]
        guard rest.hasPrefix(":") else { throw Refusal(reason: "a port is missing", meant: "[\(host)]:8787") }
        // No socket of one family listens at it.
        if address.isV4 { throw Refusal(reason: "an IPv4 address is written as one", meant: "\(address)\(rest)") }
        return .tcp(host: host.lowercased(), port: try port(rest.dropFirst()))
    }

    private static func hostAndPort(_ text: String) throws(Refusal) -> ListenAddress {
        guard let colon = text.lastIndex(of: ":") else {
            if parseASCIIDigits(text) != nil { throw Refusal(reason: "a host is missing", meant: "127.0.0.1:\(text)") }
            throw Refusal(reason: "a port is missing", meant: isHost(text) ? "\(text):8787" : nil)
        }
        let host = String(text[..<colon])
        if host.contains(":") {
            let meant = IPAddress(text) != nil ? "[\(text)]:8787" : IPAddress(host) != nil ? "[\(host)]\(text[colon...])" : nil
            throw Refusal(reason: "an IPv6 address stands in brackets", meant: meant)
        }
        let port = try port(text[text.index(after: colon)...])
        guard !host.isEmpty else { throw Refusal(reason: "a host is missing", meant: "127.0.0.1:\(port)") }
        guard host != "*" else { throw Refusal(reason: "every interface is written 0.0.0.0 or [::]", meant: "0.0.0.0:\(port)") }
        guard isHost(host) else { throw Refusal(reason: "the host is neither an IP address nor a name", meant: nil) }
        return .tcp(host: host.lowercased(), port: port)
    }

    private static func port(_ text: some StringProtocol) throws(Refusal) -> Int {
        guard let port = parseASCIIDigits(text), port <= 65_535 else {
            throw Refusal(reason: "a port is a number from 0 to 65535", meant: nil)
        }
        return port
    }

    package static func isHost(_ text: String) -> Bool { IPAddress(text) != nil || HostName.isName(text) }
}
