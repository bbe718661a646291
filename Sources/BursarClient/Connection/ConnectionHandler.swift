import NIOCore
import NIOSSL

/// Speaks HTTP on one connection. *Event loop.*
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Nothing is asked. A byte that comes now ends it. Exits: asking, closed.
        case idle
        /// Exits: answered, closed.
        case asking(Call, ResponseReader)
        /// The answer is whole; the call ends with the read that brought its end, once the connection is given back, so that the next
        /// call can have it. What comes behind the answer in that read costs the connection. Exits: idle, asking, closed.
        case answered(Call, ResponseReader, reusable: Bool)
        /// Final.
        case closed
    }

    private var phase = Phase.idle
    private let tap: WireTap
    private let isEncrypted: Bool
    private var hasServed = false
    /// The end of TLS was missing, so that the end of the connection says nothing about the end of an answer.
    private var wasCutOff = false
    /// Bytes came that nobody had asked for.
    private var spokeFirst = false
    private var context: ChannelHandlerContext?
    private var idleTimer: Scheduled<Void>?
    private weak var client: HTTPClient?
    private var id = 0

    init(tap: WireTap, isEncrypted: Bool) {
        self.tap = tap
        self.isEncrypted = isEncrypted
    }

    func belongs(to client: HTTPClient?, as id: Int) { (self.client, self.id) = (client, id) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        tap.onIdleByte = { [weak self] in self?.close() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: From the client

    func begin(_ call: Call) {
        guard case .idle = phase, let context, context.channel.isActive, hasSpoken == nil else {
            let wasKept = hasServed
            let fault = hasSpoken ?? .reset
            end()
            // A new connection that speaks first is the server's fault; a kept one that ended is nobody's.
            if wasKept { client?.unusable(id, call) } else { call.end(.failed(ClientError(fault))) }
            return
        }
        let loop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        // The call holds this until it has ended.
        let abort: @Sendable (TransportFault) -> Void = { [weak call] fault in
            guard let call else { return }
            loop.execute { bound.value.abort(call, fault) }
        }
        guard call.run(abort: abort) else {
            // Given up before anything was written.
            released(reusable: hasServed)
            return
        }
        idleTimer?.cancel()
        idleTimer = nil
        tap.isIdle = false
        hasServed = true
        phase = .asking(call, call.reader)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: call.head)), promise: nil)
    }

    /// Why nothing may be asked here: bytes that lie in the socket before a request is written are no answer to it. Right after a TLS
    /// handshake they may be TLS's own.
    private var hasSpoken: TransportFault? {
        if spokeFirst { return .badHTTP }
        switch tap.unread {
        case .nothing: return nil
        case .bytes: return hasServed || !isEncrypted ? .badHTTP : nil
        case .end: return .reset
        }
    }

    /// At once, without a goodbye. A call that is under way ends with it.
    func close() {
        end(ClientError(.cancelled))
    }

    private func abort(_ call: Call, _ fault: TransportFault) {
        guard case .asking(let current, let reader) = phase, current === call else { return }
        end()
        current.end(Self.result(reader, ClientError(fault)))
    }

    // MARK: From the server

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .asking(let call, var reader):
            // Put away, so that the reader's arrays are not copied when they grow.
            phase = .idle
            let progress = unwrapInboundIn(data).withUnsafeReadableBytes { reader.read($0) }
            if let onBody = call.onBody, let piece = reader.takeBody() { onBody(piece) }
            progressed(call, reader, progress)
        case .idle:
            spokeFirst = true
            close()
        case .answered(let call, let reader, _):
            phase = .answered(call, reader, reusable: false)
        case .closed:
            break
        }
    }

    private func progressed(_ call: Call, _ reader: ResponseReader, _ progress: ResponseReader.Progress) {
        switch progress {
        case .more:
            phase = .asking(call, reader)
        case .done(let reusable):
            phase = .answered(call, reader, reusable: reusable)
        case .failed(let fault):
            end()
            call.end(Self.result(reader, ClientError(fault)))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .answered(let call, let reader, let reusable) = phase {
            released(reusable: reusable && tap.isBetweenRecords)
            call.end(Self.result(reader, ClientError(.other)))
        }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error {
            wasCutOff = true  // the connection's end follows
            return
        }
        end(ClientError(from: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .asking(let call, var reader) = phase {
            if case .failed(let fault) = reader.ended(cleanly: !wasCutOff) {
                end(ClientError(fault))
            } else {
                phase = .answered(call, reader, reusable: false)
            }
        }
        end(ClientError(.reset))
        context.fireChannelInactive()
    }

    private static func result(_ reader: ResponseReader, _ error: ClientError) -> ClientResult {
        reader.response(endedBy: error.fault).map { .response($0) } ?? .failed(error)
    }

    // MARK: Its end

    private func released(reusable: Bool) {
        guard let client, let context else { return end() }
        phase = .idle
        switch client.released(id, reusable: reusable) {
        case .keep(let time):
            tap.isIdle = true
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            idleTimer = context.eventLoop.scheduleTask(in: TimeAmount(time)) { bound.value.idleTimePassed() }
        case .serve(let call): begin(call)
        case .close: end()
        }
    }

    private func idleTimePassed() {
        if case .idle = phase, client?.idleEnded(id) != false { end() }
    }

    /// Ends the call that is under way, too: with its answer where that is whole.
    private func end(_ error: ClientError) {
        let ended = phase
        end()
        switch ended {
        case .asking(let call, let reader), .answered(let call, let reader, _): call.end(Self.result(reader, error))
        case .idle, .closed: break
        }
    }

    private func end() {
        guard !isClosed else { return }
        phase = .closed
        idleTimer?.cancel()
        idleTimer = nil
        client?.closed(id)
        tap.close()
    }

    private var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }
}
