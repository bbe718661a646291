import BursarConfiguration
import BursarHTTP
import BursarModel

/// The check of `Host` against DNS rebinding: a web page may point a name of its own at 127.0.0.1 and let the visitor's browser
/// ask this gateway; but then `Host` says that name. *Value.* Pure.
struct HostGuard: Sendable {
    /// Names that the operator added (`hosts:`).
    let patterns: [HostPattern]

    /// No browser reaches a Unix socket, whatever the proxy there says of its clients: so the peer decides, and not a PROXY header.
    func allows(_ request: Request) -> Bool {
        if case .unix = request.connection.peer { return true }
        return allows(request.authority)
    }

    /// - Parameter authority: nil where a request names nobody, as an HTTP/1.0 client or a balancer's probe; browsers always do.
    func allows(_ authority: Authority?) -> Bool {
        switch authority?.host {
        // Addresses cannot be rebound: the browser went to that address itself.
        case nil, .address: true
        case .name(let name): name == "localhost" || name.hasSuffix(".localhost") || patterns.contains { $0.matches(name) }
        }
    }
}
