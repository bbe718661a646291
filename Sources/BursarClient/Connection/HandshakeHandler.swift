import NIOCore
import NIOSSL
import NIOTLS

/// Waits for TLS and compares the certificate's names with the one that was asked for. *Event loop.* Not one byte of a request is
/// written before.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let identity: ServerIdentity
    private let done: EventLoopPromise<Void>

    init(tls: NIOSSLClientHandler, identity: ServerIdentity, done: EventLoopPromise<Void>) {
        self.tls = tls
        self.identity = identity
        self.done = done
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            if tls.peerCertificate.map(identity.isNamed(by:)) == true {
                done.succeed()
            } else {
                done.fail(TransportFault.otherName)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The server spoke before it was asked.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { done.fail(TransportFault.badHTTP) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(TransportFault.tls)
        context.fireChannelInactive()
    }
}
