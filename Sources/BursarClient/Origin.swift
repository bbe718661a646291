/// Where requests are sent; connections are kept for each. *Value.*
package struct Origin: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        /// A name or an address, without brackets, in lower case.
        case host(String, port: Int)
        case unix(path: String)
    }

    package let isEncrypted: Bool
    package let place: Place

    package init(isEncrypted: Bool, place: Place) {
        self.isEncrypted = isEncrypted
        self.place = place
    }

    /// What stands in `Host`: the port where it is not the scheme's own. A socket's path is no name that could stand there.
    var hostField: String {
        guard case .host(let host, let port) = place else { return "localhost" }
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
    }
}

/// A URL as a client needs it. *Value.*
package struct RequestURL: Sendable, Equatable {
    package let origin: Origin
    /// Path and query, as they are written.
    package let target: String

    /// Nil for anything else than `http://` or `https://`, a name or an address, perhaps a port, and printable ASCII behind it. User
    /// information is refused and a fragment too: neither is for a server.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let isEncrypted: Bool
        var rest: ArraySlice<UInt8>
        if bytes.starts(with: "https://".utf8, by: { $0 | 0x20 == $1 || $0 == $1 }) {
            (isEncrypted, rest) = (true, bytes[8...])
        } else if bytes.starts(with: "http://".utf8, by: { $0 | 0x20 == $1 || $0 == $1 }) {
            (isEncrypted, rest) = (false, bytes[7...])
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        rest = rest[authority.endIndex...]
        guard let place = Self.place(authority, standard: isEncrypted ? 443 : 80), !rest.contains(UInt8(ascii: "#")) else {
            return nil
        }
        origin = Origin(isEncrypted: isEncrypted, place: place)
        let path = String(decoding: rest, as: UTF8.self)
        target = path.hasPrefix("/") ? path : "/" + path
    }

    private static func place(_ authority: ArraySlice<UInt8>, standard: Int) -> Origin.Place? {
        var host: ArraySlice<UInt8>
        var rest: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            host = authority.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            rest = authority[host.endIndex...]
            guard rest.popFirst() != nil, host.contains(UInt8(ascii: ":")), host.allSatisfy(isAddressByte) else { return nil }
        } else {
            host = authority.prefix { $0 != UInt8(ascii: ":") }
            rest = authority[host.endIndex...]
            guard !host.isEmpty, host.allSatisfy(isNameByte) else { return nil }
        }
        guard host.count <= 254 else { return nil }
        var port = standard
        if let colon = rest.popFirst() {
            guard colon == UInt8(ascii: ":"), (1...5).contains(rest.count) else { return nil }
            port = 0
            for digit in rest {
                guard (0x30...0x39).contains(digit) else { return nil }
                port = port * 10 + Int(digit - 0x30)
            }
            guard (1...65_535).contains(port) else { return nil }
        }
        return .host(String(decoding: host, as: UTF8.self).lowercased(), port: port)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }
}
