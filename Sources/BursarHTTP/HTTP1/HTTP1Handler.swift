import BursarBasics
import NIOCore

/// Speaks HTTP/1.1 on one connection: bytes in, answers out, in order, one flush a read. *Event loop.*
///
/// One request is answered at a time. While an answer is being made, further bytes are kept up to a bound and then no longer
/// read; they are not even parsed. So pipelining keeps its order without a queue, and what a client can make the server hold is
/// one answer and `ServerLimits.pipelinedBytes`.
final class HTTP1Handler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the connection does. *Value.*
    enum Phase: Equatable {
        /// Reads and answers. Leaves to `answering` at a reply that takes time, to `closing` behind a last answer.
        case open
        /// An answer is being made or written piece by piece. Back to `open`, or to `closing` where it was the last.
        case answering
        /// The last answer is on its way; whatever arrives is thrown away. Leaves to `closed` when the peer has closed or the
        /// linger time is over.
        case closing
        /// The channel is gone, or HTTP/2 took over.
        case closed
    }

    /// A request between its head and the last byte of its answer. *Value.*
    struct Exchange {
        let id: RequestID
        let method: String
        let path: String
        let isHead: Bool
        let version: HTTPVersion
        let keepsAlive: Bool
        let started: NIODeadline
        /// Who a trusted proxy says it forwards for.
        var forwardedFor: IPAddress?
        /// Nil also where nobody wants to know.
        var trace: TraceContext?
    }

    let connection: ConnectionContext
    var context: ChannelHandlerContext?
    var phase = Phase.open
    var reader: RequestReader
    /// Bytes that came and could not be used yet.
    var inbound = ByteBuffer()
    /// What is being answered is not the last that has come.
    var isInputLeft = false
    /// Bytes to be written at the end of this read.
    var outbound = ByteBuffer()
    /// `outbound` is an answer that other connections write as well: it is let go of, and not cleared for reuse.
    var outboundIsShared = false
    /// The exchange that `answering` is about.
    var current: Exchange? {
        didSet {
            let active = connection.counters.activeRequests
            if let oldValue { active.ended(RequestMethod(oldValue.method), isSecure: connection.info.isSecure) }
            if let current { active.began(RequestMethod(current.method), isSecure: connection.info.isSecure) }
        }
    }
    var unfinished: UnfinishedAnswer?
    /// The produced body that `answering` is about.
    var stream: HTTP1Stream?
    var replay: RequestReplay
    var answered = 0
    /// Nothing at all came so far: only then may the HTTP/2 preface come.
    var isUntouched = true
    var isWritable = true
    var isReadingPaused = false
    /// Something was written to the channel and not flushed.
    var needsFlush = false
    var deadlines = ConnectionDeadline()
    var timer: Scheduled<Void>?

    init(_ connection: ConnectionContext) {
        self.connection = connection
        replay = RequestReplay(mostBytes: connection.limits.headBytes)
        reader = RequestReader(limits: connection.limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { arm(.head, after: connection.times.head, now: context.eventLoop.now) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { ended() }

    func channelActive(context: ChannelHandlerContext) {
        arm(.head, after: connection.times.head, now: context.eventLoop.now)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    /// A reset or another error of the transport: the connection is of no more use.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch phase {
        case .closing, .closed: return
        case .answering:
            inbound.writeBuffer(&bytes)
            if inbound.readableBytes > connection.limits.pipelinedBytes { pauseReading() }
            return
        case .open: break
        }
        let now = context.eventLoop.now
        connection.dates.refresh(now: now)
        if inbound.readableBytes == 0 {
            if answerWholeRead(bytes, now: now) { return }
            connection.spare.lend(to: &outbound)
            consume(&bytes, now: now)
            if bytes.readableBytes > 0, phase != .closed, phase != .closing { inbound.writeBuffer(&bytes) }
        } else {
            connection.spare.lend(to: &outbound)
            inbound.writeBuffer(&bytes)
            consumeInbound(now: now)
        }
        rest(now: now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        let now = context.eventLoop.now
        if isWritable {
            // While an answer is being made nothing is owed in time; in `closing` the last bytes still are.
            if phase == .answering, deadlines.kind == .write { disarm() }
            goOn(now: now)
        } else if phase != .closed, stream == nil {  // which waits for its own piece to be taken
            arm(.write, after: connection.times.writeStall, now: now)
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is DrainEvent {
            connection.isDraining = true
            replay.forget()
            // Behind what the client has not taken yet of the answers before. Where there is such, it may have asked for more meanwhile.
            if phase == .open, isAtRest { close(lingering: context.unwrittenBytes > 0) }
            drainStream(now: context.eventLoop.now)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Nothing of a request has come and nothing is being answered. Of earlier answers the client may not have taken all.
    var isAtRest: Bool { reader.phase == .head && inbound.readableBytes == 0 }
}

extension HTTP1Handler {
    /// Answers what whole requests there are in `bytes`.
    func consume(_ bytes: inout ByteBuffer, now: NIODeadline) {
        if isUntouched, !decideProtocol(&bytes) { return }
        while phase == .open, isWritable, bytes.readableBytes > 0 {
            if outbound.readableBytes > Self.batchBytes {
                handOver()
                continue  // perhaps that was all that the channel takes
            }
            if answerAgain(&bytes, now: now) { continue }
            let start = bytes.readerIndex
            let wasInBody = reader.phase != .head
            switch reader.next(&bytes) {
            case .more:
                if !wasInBody, reader.phase != .head { arm(.body, after: connection.times.body, now: now) }
                return
            case .expectsContinue:
                outbound.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
                arm(.body, after: connection.times.body, now: now)
                return
            case .fault(let fault): refuse(fault, now: now)
            case .request(let head, let body):
                let length = wasInBody || head.body != .none ? 0 : bytes.readerIndex - start
                isInputLeft = bytes.readableBytes > 0
                respond(to: head, body: body, now: now, rest: &bytes, headStart: start, headLength: length)
            }
        }
    }

    /// The same for what was kept.
    func consumeInbound(now: NIODeadline) {
        var bytes = inbound
        inbound = ByteBuffer()
        consume(&bytes, now: now)
        guard phase != .closed, phase != .closing else { return }
        if bytes.readableBytes > 0 {
            bytes.discardReadBytes()
            inbound = bytes
        }
    }

    /// The hit of a hit, in the form that nearly all have: the read is one head that was answered before, nothing is owed to this
    /// client, and the answer as it is written in this second is shared by all connections of the loop. Nothing is parsed, made
    /// or copied.
    /// - Returns: false where anything is otherwise; nothing was done then.
    private func answerWholeRead(_ bytes: ByteBuffer, now: NIODeadline) -> Bool {
        guard reader.isAtHeadStart, isWritable, outbound.readableBytes == 0 else { return false }
        let length = replay.match(bytes, now: now)
        guard length > 0, length == bytes.readableBytes, !replay.isHead, mayRepeat, let prepared = replay.prepared,
            let answer = connection.rendered.bytes(of: prepared, dates: connection.dates, now: now)
        else { return false }
        share(answer)
        repeated(prepared)
        arm(.idle, after: connection.times.idle, now: now)
        return true
    }

    /// The same among other requests of one read.
    private func answerAgain(_ bytes: inout ByteBuffer, now: NIODeadline) -> Bool {
        guard mayRepeat, let prepared = replay.prepared,
            reader.skipKnownHead(&bytes, { replay.match($0, now: now) })
        else { return false }
        deadlines.kind = .none
        _ = HTTP1Writer.write(
            prepared, withBody: !replay.isHead, persistence: .implied, dates: connection.dates, now: now, to: &outbound)
        repeated(prepared)
        return true
    }

    /// An answer that is repeated never says that the connection ends.
    private var mayRepeat: Bool { !connection.isDraining && answered < connection.limits.requestsPerConnection - 1 }

    private func repeated(_ prepared: PreparedResponse) {
        answered += 1
        if let counter = replay.counter { return counter.tick() }
        guard let observer = connection.observer else { return }
        observer.requestCompleted(
            repetition(
                of: prepared, id: connection.nextRequestID(), method: replay.method, path: replay.path, trace: replay.trace))
    }

    /// What is said of each repetition.
    private func repetition(
        of prepared: PreparedResponse, id: RequestID, method: String, path: String, trace: TraceContext?
    ) -> RequestRecord {
        RequestRecord(
            id: id, method: method, path: path, status: prepared.status,
            bytes: method == "HEAD" ? 0 : prepared.body.readableBytes, duration: .nanoseconds(0),
            peer: connection.info.clientText, listener: connection.info.listener, version: .http1_1, wasReplayed: true,
            isSecure: connection.info.isSecure, cache: prepared.cache, trace: trace)
    }

    private func respond(
        to head: RequestHead, body: [UInt8], now: NIODeadline, rest bytes: inout ByteBuffer, headStart: Int, headLength: Int
    ) {
        answered += 1
        deadlines.kind = .none  // the next head has its own time; `rest` sets what holds then
        var request = Request(
            method: head.method, target: head.target, headers: head.headers, authority: head.authority, body: body,
            version: head.version, id: connection.nextRequestID(), connection: connection.info)
        if connection.info.isTrustedProxy { request.forwardedFor = ForwardedFor.client(of: head.headers) }
        if answered >= connection.limits.requestsPerConnection { connection.counters.count(.requestsPerConnection) }
        let exchange = Exchange(
            id: request.id, method: request.method, path: request.path, isHead: request.isHead, version: head.version,
            keepsAlive: head.keepsAlive && answered < connection.limits.requestsPerConnection, started: now,
            forwardedFor: request.forwardedFor, trace: connection.observer?.wantsTraces == true ? request.trace : nil)
        switch connection.responder.respond(to: request) {
        case .now(let response):
            if let prepared = response.prepared, let kept = response.replay, headLength > 0, exchange.keepsAlive,
                head.version == .http1_1, !response.closesConnection, request.forwardedFor == nil,
                replay.isWorthKeeping()
            {
                let counter = connection.observer?.counter(
                    ofRepeated: repetition(
                        of: prepared, id: request.id, method: request.method, path: request.path, trace: exchange.trace))
                bytes.withVeryUnsafeBytes {
                    replay.keep(
                        UnsafeRawBufferPointer(rebasing: $0[headStart..<(headStart + headLength)]), prepared: prepared,
                        replay: kept, method: request.method, path: request.path, trace: exchange.trace,
                        readsTraces: counter == nil && connection.observer?.wantsTraces == true
                            && request.headers.count(of: TraceContext.fieldName) == 1, counter: counter)
                }
            }
            write(response, for: exchange, now: now)
        case .later(let work): answerLater(exchange, work)
        case .after(let wait, let make): answer(exchange, after: wait, make)
        }
    }

    /// Runs the work as this connection's task and comes back to the loop with its result. The task is cancelled when the
    /// client goes; whatever it shares with others is not its own.
    private func answerLater(_ exchange: Exchange, _ work: @escaping @Sendable () async -> Response) {
        guard let (loop, bound) = awaitAnswer(exchange) else { return }
        unfinished = .task(
            Task {
                let response = await work()
                loop.execute { bound.value.answerIsReady(for: exchange.id) { response } }
            })
    }

    /// Comes back to the loop when the wait is over. The wait is left when the client goes.
    private func answer(_ exchange: Exchange, after wait: any Wait, _ make: @escaping @Sendable () -> Response) {
        guard let (loop, bound) = awaitAnswer(exchange) else { return }
        unfinished = .wait(wait)
        let id = exchange.id
        // Made now, and not when a thousand of them are wanted at once.
        let ready: @Sendable () -> Void = { bound.value.answerIsReady(for: id, make) }
        wait.begin { loop.execute(ready) }
    }

    private func awaitAnswer(_ exchange: Exchange) -> (any EventLoop, NIOLoopBound<HTTP1Handler>)? {
        guard let context else { return nil }
        phase = .answering
        current = exchange
        deadlines.kind = .none  // the timer may fire for nothing: taking it away costs each of a crowd more
        return (context.eventLoop, NIOLoopBound(self, eventLoop: context.eventLoop))
    }

    private func answerIsReady(for id: RequestID, _ make: () -> Response) {
        guard phase == .answering, let exchange = current, exchange.id == id, let context else { return }
        let response = make()
        unfinished = nil
        current = nil
        phase = .open
        let now = context.eventLoop.now
        connection.dates.refresh(now: now)
        connection.spare.lend(to: &outbound)
        write(response, for: exchange, now: now)
        goOn(now: now)
    }

    /// Goes on with what was kept while an answer was made or while the peer did not read.
    func goOn(now: NIODeadline) {
        guard phase == .open else { return flush() }
        connection.dates.refresh(now: now)
        if inbound.readableBytes > 0 { consumeInbound(now: now) }
        flush()
        if phase == .open, isWritable { resumeReading() }
        rest(now: now)
    }

    /// The channel is gone or the handler leaves it.
    func ended() {
        guard phase != .closed else { return }
        phase = .closed
        disarm()
        unfinished?.cancel()
        unfinished = nil
        if let current, let stream {
            end(stream, of: current, isComplete: false)
        } else if let current {
            connection.counters.count(.clientLeft)
            report(current, status: 0, bytes: 0)
        }
        current = nil
        replay.forget()
        (inbound, outbound, outboundIsShared, context) = (ByteBuffer(), ByteBuffer(), false, nil)
    }
}
