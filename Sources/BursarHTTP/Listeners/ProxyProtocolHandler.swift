import NIOCore

/// Reads the PROXY header in front of everything else and then lets the rest of the pipeline be built for the client it names.
/// *Event loop.*
final class ProxyProtocolHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var bytes = ByteBuffer()
    private var timer: Scheduled<Void>?
    private let time: TimeAmount
    private let counters: ServerCounters
    private let refused: () -> Void
    private let proceed: (any Channel, ProxiedClient) throws -> Void
    private var isDone = false

    /// - Parameters:
    ///   - refused: told of a connection without a header that can be read.
    ///   - proceed: adds the further handlers.
    init(
        time: TimeAmount, counters: ServerCounters, refused: @escaping () -> Void = {},
        proceed: @escaping (any Channel, ProxiedClient) throws -> Void
    ) {
        self.time = time
        self.counters = counters
        self.refused = refused
        self.proceed = proceed
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.refuse(bound.value) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }
    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// A connection that has sent nothing has nothing to finish.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is DrainEvent, !isDone, bytes.readableBytes == 0 { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        var part = unwrapInboundIn(data)
        bytes.writeBuffer(&part)
        switch bytes.withUnsafeReadableBytes(ProxyHeader.read) {
        case .incomplete: return
        case .malformed: refuse(context)
        case .header(let length, let client):
            isDone = true
            timer?.cancel()
            bytes.moveReaderIndex(forwardBy: length)
            do {
                try proceed(context.channel, client)
            } catch {
                return context.close(promise: nil)
            }
            if bytes.readableBytes > 0 {
                context.fireChannelRead(wrapInboundOut(bytes))
                context.fireChannelReadComplete()
            }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        isDone = true
        counters.count(.proxyHeaderRefused)
        refused()
        context.close(promise: nil)
    }
}
