package import BursarBasics

/// One element of `listen`: where, and what holds there. *Value.*
package struct ListenerSettings: Sendable, Equatable {
    package var address: ListenAddress
    /// The mode of a Unix socket's file; nil: the server's default, the owner and the group.
    package var mode: UInt16?
    package var usesTLS: Bool

    package init(_ address: ListenAddress, mode: UInt16? = nil, usesTLS: Bool = false) {
        self.address = address
        self.mode = mode
        self.usesTLS = usesTLS
    }
}

/// A listening socket that the process was started with: systemd's socket activation. *Value.*
package struct InheritedListener: Sendable, Equatable {
    package let descriptor: Int32
    /// What the unit calls it: `systemd:name`.
    package let name: String
    /// Where it is bound.
    package let address: ListenAddress

    package init(descriptor: Int32, name: String, address: ListenAddress) {
        self.descriptor = descriptor
        self.name = name
        self.address = address
    }
}

/// What stands in front of the gateway and may speak for others. *Value.*
package struct ProxyConfiguration: Sendable, Equatable {
    /// Whose `Forwarded` and `X-Forwarded-For` name the client of the access log.
    package var trusted: [AddressRange] = []
    /// Whose connections begin with a PROXY header.
    package var proxyProtocol: [AddressRange] = []

    package init() {}
}
