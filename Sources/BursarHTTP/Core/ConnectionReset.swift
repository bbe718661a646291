import Glibc
import NIOCore
import NIOSSL

/// Ends connections so that the peer sees an error and not an end. *Event loop.*
enum ConnectionReset {
    /// A linger time of zero makes the kernel send RST instead of FIN. Below TLS, which would say first that all is well.
    static func reset(_ context: ChannelHandlerContext) {
        if let socket = context.channel as? any SocketOptionProvider {
            _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        below(context).close(promise: nil)
    }

    /// The context of the TLS handler in front of this one, where there is one.
    static func below(_ context: ChannelHandlerContext) -> ChannelHandlerContext {
        (try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)) ?? context
    }
}
