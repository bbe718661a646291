import BursarBasics
import NIOCore

/// Answers a connection for which there is no room with 503 and closes it, without reading a request. *Event loop.*
final class RefusingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Refused connections that may stay until they have been read. Each keeps its descriptor so long: those beyond are closed right behind
    /// the answer, or a flood of callers would take the descriptors that are kept back for everything else.
    static func mostAtOnce(of connections: Int) -> Int { min(DescriptorBudget.mostRefusals, max(1, connections / 4)) }

    private let connection: ConnectionContext
    private let lingers: Bool
    private var isDone = false

    init(_ connection: ConnectionContext, lingers: Bool) { (self.connection, self.lingers) = (connection, lingers) }

    func channelActive(context: ChannelHandlerContext) { refuse(context) }
    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { refuse(context) }
    }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func refuse(_ context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        let now = context.eventLoop.now
        connection.dates.refresh(now: now)
        // Behind TLS nothing readable could be said without a handshake, which is the work that there is no room for.
        guard connection.info.scheme == "http" else { return context.close(promise: nil) }
        let response = connection.responder.refusal(
            status: 503, detail: "There are too many connections.", requestID: connection.nextRequestID())
        var out = ByteBuffer()
        HTTP1Writer.write(
            head: response, contentLength: response.body.readableBytes, persistence: .close, dates: connection.dates, now: now,
            to: &out)
        out.writeImmutableBuffer(response.body)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let linger = lingers ? connection.times.linger : nil
        context.writeAndFlush(wrapOutboundOut(out)).whenComplete { _ in
            guard let linger else { return bound.value.close(promise: nil) }
            // The request is on its way here; closing at once would turn the answer into a reset.
            bound.value.close(mode: .output, promise: nil)
            bound.value.eventLoop.assumeIsolated().scheduleTask(in: linger) { bound.value.close(promise: nil) }
        }
    }

    /// The same answer for those who cannot even have a connection.
    static func bytes(_ responder: any Responder, _ identities: ConnectionIdentities) -> [UInt8] {
        let response = responder.refusal(
            status: 503, detail: "There are too many connections.", requestID: RequestID(value: identities.next()))
        let (dates, now) = (DateCache(), NIODeadline.now())
        dates.refresh(now: now)
        var out = ByteBuffer()
        HTTP1Writer.write(
            head: response, contentLength: response.body.readableBytes, persistence: .close, dates: dates, now: now, to: &out)
        out.writeImmutableBuffer(response.body)
        return Array(out.readableBytesView)
    }
}
