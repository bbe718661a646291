package import NIOCore

/// Fired into every connection's pipeline as a user inbound event when the server begins to drain: an HTTP/1.1 handler closes
/// behind its last answer, an HTTP/2 handler says GOAWAY. A handler that has nothing in flight closes at once. *Value.*
package struct DrainEvent: Sendable {
    package init() {}
}

/// Makes the handler that speaks HTTP/2 on a connection, whose preface is still to come: ALPN chose it, or the client began with
/// the preface in the clear. The pipeline puts it in the HTTP/1.1 handler's place; it reads and
/// writes `ByteBuffer`s, hears `DrainEvent`, and owns the connection's timeouts from then on.
package protocol HTTP2Starter: Sendable {
    func makeHandler(_ context: ConnectionContext) -> any ChannelHandler
}

/// Puts TLS in front of a listener's connections. The handlers must fire NIOTLS's `TLSUserEvent.handshakeCompleted`, behind
/// which the listener chooses HTTP/1.1 or HTTP/2.
package protocol TransportSecurity: Sendable {
    /// Called on the connection's event loop for every new connection, so that a renewed certificate is used by the next one.
    func makeHandlers() throws -> [any ChannelHandler]
}
