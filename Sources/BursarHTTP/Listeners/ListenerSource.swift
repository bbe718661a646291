import BursarBasics

/// Where a listener's socket comes from. *Value.*
package enum ListenerSource: Sendable, Hashable, CustomStringConvertible {
    /// An address literal or a name, and a port; 0 lets the system choose one.
    case tcp(host: String, port: Int)
    /// A Unix socket's path and the mode of its file; nil: 0660, which lets the owner and the group connect.
    case unix(path: String, mode: UInt16? = nil)
    /// A descriptor that is already bound: from systemd, or from a test.
    case inherited(descriptor: Int32)

    package var description: String {
        switch self {
        case .tcp(let host, let port): ListenAddress.tcp(host: host, port: port).description
        case .unix(let path, _): ListenAddress.unix(path: path).description
        case .inherited(let descriptor): "fd:\(descriptor)"
        }
    }
}
