import BursarBasics

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
        let name = HostName.bracketed(host)
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
        guard text.utf8.allSatisfy(\.isVisibleASCII), let url = try? HTTPURL(text), !url.rest.contains("#") else {
            return nil
        }
        origin = Origin(isEncrypted: url.isEncrypted, place: .host(url.host, port: url.portNumber))
        target = url.rest.hasPrefix("/") ? String(url.rest) : "/" + url.rest
    }
}
