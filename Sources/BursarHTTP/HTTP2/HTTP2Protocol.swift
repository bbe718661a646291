package import NIOCore

/// HTTP/2 as a listener offers it. *Value.*
package struct HTTP2Protocol: HTTP2Starter {
    package var limits: HTTP2Limits

    package init(limits: HTTP2Limits = HTTP2Limits()) { self.limits = limits }

    package func makeHandler(_ context: ConnectionContext) -> any ChannelHandler {
        HTTP2Handler(connection: context, limits: limits)
    }
}
