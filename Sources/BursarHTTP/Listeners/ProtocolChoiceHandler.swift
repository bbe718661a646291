import NIOCore
import NIOSSL
import NIOTLS

/// Waits behind TLS for the handshake and then puts the protocol that ALPN chose in its place. *Event loop.*
final class ProtocolChoiceHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let connection: ConnectionContext
    private var timer: Scheduled<Void>?
    private var isDone = false

    init(_ connection: ConnectionContext) { self.connection = connection }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: connection.times.head) {
            self.connection.counters.count(.tlsHandshakeTimeout)
            bound.value.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if !isDone { connection.counters.count(.tlsHandshakeFailed) }
        isDone = true
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let choice)? = event as? TLSUserEvent, !isDone else {
            if event is DrainEvent, !isDone { leave(context) }
            return context.fireUserInboundEventTriggered(event)
        }
        isDone = true
        timer?.cancel()
        if let names = try? context.pipeline.syncOperations.nioSSL_peerCertificate()?.identityNames {
            connection.identified(by: names)
        }
        let handler: any ChannelHandler
        if choice == "h2", let http2 = connection.http2 {
            handler = http2.makeHandler(connection)
        } else {
            handler = HTTP1Handler(connection)
        }
        do {
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
            context.fireUserInboundEventTriggered(event)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    /// While it drains the server waits for nobody who has not even asked. Below TLS, which would want to say goodbye first, to a
    /// peer that may never have said hello.
    private func leave(_ context: ChannelHandlerContext) {
        isDone = true
        timer?.cancel()
        ConnectionReset.below(context).close(promise: nil)
    }
}
