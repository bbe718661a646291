import Glibc
import NIOCore

/// A produced body on its HTTP/1.1 connection. *Event loop.*
final class HTTP1Stream {
    /// How the client learns where the body ends. *Value.*
    enum Framing {
        case contentLength, chunked
        /// HTTP/1.0 without a length: only the close tells the end, so a body that breaks off must end in a reset.
        case untilClose
    }

    let body: StreamedBody
    let response: Response
    let framing: Framing
    let persistence: HTTP1Writer.Persistence
    var hasHead = false
    /// Body bytes that the client took.
    var sent = 0
    /// What the channel held when last looked at.
    var unwritten = 0
    /// The producer is being asked further up the call stack.
    var isAdvancing = false

    init(_ body: StreamedBody, _ response: Response, _ framing: Framing, _ persistence: HTTP1Writer.Persistence) {
        (self.body, self.response, self.framing, self.persistence) = (body, response, framing, persistence)
    }
}

/// Drives a produced body: a piece is asked for when the one before is with the kernel, so a slow reader costs one piece.
extension HTTP1Handler {
    /// Pieces that are written before other connections of the loop have their turn.
    static let piecesPerTurn = 16

    /// Begins the answer. Ends in `answering`, or, where all of it could be written at once, as `write` does.
    func stream(_ response: Response, from producer: any BodyProducer, for exchange: Exchange, now: NIODeadline) {
        guard let context else { return }
        let hasBody = !exchange.isHead && !HTTPStatus.isBodiless(response.status)
        let framing: HTTP1Stream.Framing =
            producer.length != nil ? .contentLength : exchange.version == .http1_0 ? .untilClose : .chunked
        let keeps =
            exchange.keepsAlive && !response.closesConnection && !connection.isDraining && !(hasBody && framing == .untilClose)
        let persistence = persistence(keeps: keeps, exchange)
        guard hasBody else {
            HTTP1Writer.write(
                head: response, contentLength: HTTPStatus.isBodiless(response.status) ? nil : producer.length,
                persistence: persistence, dates: connection.dates, now: now, to: &outbound)
            report(exchange, status: response.status, bytes: 0)
            return keeps ? () : close(lingering: false)
        }
        let body = StreamedBody(producer, stallTime: connection.times.writeStall, now: now)
        let stream = HTTP1Stream(body, response, framing, persistence)
        phase = .answering
        current = exchange
        self.stream = stream
        body.begin(waker(of: stream, context.eventLoop), isDraining: connection.isDraining)
        advance(stream)
    }

    /// The server shuts down.
    func drainStream(now: NIODeadline) {
        guard let stream else { return }
        if stream.body.drain(now: now) { goOn(with: stream) }
    }

    /// The stream's deadline has come.
    func streamIsDue(_ context: ChannelHandlerContext, now: NIODeadline) {
        guard let stream else { return }
        let unwritten = context.unwrittenBytes
        if unwritten < stream.unwritten { stream.body.moved(now: now) }
        stream.unwritten = unwritten
        switch stream.body.due(now: now) {
        case .nothing: arm(stream.body)
        case .heartbeat: goOn(with: stream)
        case .stalled:
            connection.counters.count(.writeStall)
            cut(stream)
        }
    }

    /// The last word about a stream, whole or not.
    func end(_ stream: HTTP1Stream, of exchange: Exchange, isComplete: Bool) {
        self.stream = nil
        report(exchange, status: stream.hasHead ? stream.response.status : 0, bytes: stream.sent)
        stream.body.end(isComplete: isComplete)
    }

    private func waker(of stream: HTTP1Stream, _ loop: any EventLoop) -> BodyWaker {
        let bound = NIOLoopBound((handler: self, stream: stream), eventLoop: loop)
        return BodyWaker(on: loop) {
            let (handler, stream) = bound.value
            guard let context = handler.context, stream.body.woken(now: context.eventLoop.now) else { return }
            handler.goOn(with: stream)
        }
    }

    /// As `advance`, from outside of a read: goes on with what waits behind the stream.
    private func goOn(with stream: HTTP1Stream) {
        guard self.stream === stream, !stream.isAdvancing, let context else { return }
        connection.dates.refresh(now: context.eventLoop.now)
        advance(stream)
        if self.stream == nil, phase == .open { goOn(now: context.eventLoop.now) }
    }

    /// Asks the producer as long as the client takes what it makes.
    private func advance(_ stream: HTTP1Stream) {
        guard self.stream === stream, !stream.isAdvancing, let context else { return }
        stream.isAdvancing = true
        defer { stream.isAdvancing = false }
        var pieces = 0
        while self.stream === stream, stream.body.state.phase == .ready, pieces < Self.piecesPerTurn {
            pieces += 1
            switch stream.body.ask() {
            case .none: continue
            case .write(let piece): write(piece, of: stream, context)
            case .finish: return finish(stream, context)
            case .fail: return cut(stream)
            }
        }
        guard self.stream === stream else { return }
        if stream.body.state.phase == .ready {
            let bound = NIOLoopBound((handler: self, stream: stream), eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.handler.goOn(with: bound.value.stream) }
        }
        if !stream.hasHead {
            writeHead(of: stream, context)
            flush()
        }
        arm(stream.body)
    }

    private func writeHead(of stream: HTTP1Stream, _ context: ChannelHandlerContext) {
        stream.hasHead = true
        HTTP1Writer.write(
            head: stream.response, contentLength: stream.body.length, isChunked: stream.framing == .chunked,
            persistence: stream.persistence, dates: connection.dates, now: context.eventLoop.now, to: &outbound)
    }

    private func write(_ piece: ByteBuffer, of stream: HTTP1Stream, _ context: ChannelHandlerContext) {
        if !stream.hasHead { writeHead(of: stream, context) }
        if stream.framing == .chunked { outbound.writeString(String(piece.readableBytes, radix: 16) + "\r\n") }
        if piece.readableBytes > PreparedResponse.largestCopiedBody {
            hand(over: piece)
        } else {
            outbound.writeImmutableBuffer(piece)
        }
        if stream.framing == .chunked { outbound.writeStaticString("\r\n") }
        let taken = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((handler: self, stream: stream), eventLoop: context.eventLoop)
        let count = piece.readableBytes
        // A write that fails closes the channel, which ends the stream.
        taken.futureResult.whenSuccess {
            let (handler, stream) = bound.value
            guard handler.stream === stream, let context = handler.context else { return }
            stream.sent += count
            stream.body.taken(now: context.eventLoop.now)
            handler.goOn(with: stream)
        }
        context.writeAndFlush(wrapOutboundOut(outbound), promise: taken)
        needsFlush = false
        emptyOutbound()
        stream.unwritten = context.unwrittenBytes
    }

    private func finish(_ stream: HTTP1Stream, _ context: ChannelHandlerContext) {
        guard let exchange = current else { return }
        if !stream.hasHead { writeHead(of: stream, context) }
        if stream.framing == .chunked { outbound.writeStaticString("0\r\n\r\n") }
        end(stream, of: exchange, isComplete: true)
        current = nil
        deadlines.kind = .none
        phase = .open
        // The head may have promised to go on; a drain that began since ends that promise (RFC 9112 9.6).
        if stream.persistence == .close || connection.isDraining { close(lingering: false) }
    }

    /// Ends the connection in the middle of the body, so that nobody takes what was sent for all of it.
    private func cut(_ stream: HTTP1Stream) {
        guard let exchange = current, let context else { return }
        flush()
        end(stream, of: exchange, isComplete: false)
        current = nil
        if stream.framing != .untilClose, stream.hasHead { return context.close(promise: nil) }
        ConnectionReset.reset(context)
    }
}
