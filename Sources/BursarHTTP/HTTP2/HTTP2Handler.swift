import BursarBasics
internal import CNghttp2
internal import NIOCore
import Synchronization

/// An HTTP/2 connection: moves bytes between the channel and the session, and takes requests to the responder. *Event loop.*
///
/// Everything that one read brought is answered with one flush. Output is asked of the session only while the channel takes
/// it, and nothing is read while it does not: a client that does not read its answers costs one piece of output and its open
/// streams, and cannot pile up more.
final class HTTP2Handler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How far a connection is.
    enum Phase: Equatable {
        /// Requests are served. Ends with a drain, a fault, a limit or the client's leaving.
        case serving
        /// The first GOAWAY is out, and streams that were under way to us are still taken. Ends when the client has seen it.
        case announced
        /// The last stream has been named; ends with its answer.
        case leaving
        /// Everything is written and our side is closed; what still arrives is dropped, so that the client reads our last words
        /// and not a reset. Ends with the client's close or the linger time.
        case lingering
        /// The channel is gone.
        case closed
    }

    let connection: ConnectionContext
    let limits: HTTP2Limits
    let session: HTTP2Session
    var phase = Phase.serving
    var context: ChannelHandlerContext?
    var timers = HTTP2Timers()
    /// Tasks and waits that have not ended, also of streams that are gone.
    var unfinishedAnswers = 0
    /// The last time at which `session.progress` had grown, and to what.
    var lastProgress = (at: NIODeadline.uptimeNanoseconds(0), count: UInt64(0))
    private var requests = 0
    private var hasBegun = false
    /// A read that the channel asked for while output was blocked.
    private(set) var isReadHeld = false
    /// The size of the last batch of output, as a guess for the next.
    private var lastBatch = 512

    init(connection: ConnectionContext, limits: HTTP2Limits) {
        self.connection = connection
        self.limits = limits
        session = HTTP2Session(info: connection.info, limits: connection.limits, extra: limits, now: .now())
        session.delegate = self
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // A second read that finds nothing is a system call for nothing; level-triggered polling brings us back.
        _ = try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        // Lower than the listener's: each of our connections has many answers that could pile up behind one slow reader.
        let mark = ChannelOptions.Types.WriteBufferWaterMark(low: limits.outboundBytes / 4, high: limits.outboundBytes)
        _ = try? context.channel.syncOptions?.setOption(.writeBufferWaterMark, value: mark)
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !hasBegun else { return }
        hasBegun = true
        tick()
        session.began()
        lastProgress.at = session.now
        startTimers(context)
        if connection.isDraining { drain() }
        pump()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .lingering, phase != .closed else { return }
        tick()
        unwrapInboundIn(data).withUnsafeReadableBytes { session.receive($0) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pump()
        watchUnfinishedFrame()
    }

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable || phase == .lingering {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            // While it lingers the last bytes are still owed in time.
            if phase != .lingering {
                timers.writeStall?.cancel()
                timers.writeStall = nil
            }
            tick()
            pump()
            if isReadHeld, context.channel.isWritable { goOnReading(context) }
        } else {
            watchStalledWrite()
        }
        context.fireChannelWritabilityChanged()
    }

    private func goOnReading(_ context: ChannelHandlerContext) {
        isReadHeld = false
        session.frameGoesOn()
        watchUnfinishedFrame()
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is DrainEvent {
            connection.isDraining = true
            tick()
            drain()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended()
        self.context = nil
    }

    /// Takes the loop's time, for everything that is done until the next look at it.
    func tick() {
        guard let context else { return }
        session.now = context.eventLoop.now
        connection.dates.refresh(now: session.now)
    }

    static let batchesPerTurn = 16

    /// Writes what the session has to say, as far as the channel takes it, and closes when there is nothing left to say.
    func pump() {
        guard let context, phase != .lingering, phase != .closed else { return }
        var batches = 0
        while context.channel.isWritable {
            guard batches < Self.batchesPerTurn else {
                // A producer that always has something and a client that takes it all would keep the loop from everyone else.
                let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
                context.eventLoop.execute {
                    bound.value.tick()
                    bound.value.pump()
                }
                break
            }
            batches += 1
            var batch = context.channel.allocator.buffer(capacity: lastBatch)
            let isMore = session.takeOutput(into: &batch, bound: limits.outboundBatch)
            guard batch.readableBytes > 0 else { break }
            lastBatch = batch.readableBytes
            context.writeAndFlush(wrapOutboundOut(batch), promise: nil)
            guard isMore else { break }
        }
        if session.progress != lastProgress.count { lastProgress = (session.now, session.progress) }
        // A write that fails closes the channel, and with it this, in the middle of the loop above.
        if phase != .closed, session.isFinished { linger(context) }
    }

    /// Says that the connection will end, and serves what is under way.
    func drain() {
        announceShutdown()
        if connection.isDraining { drainStreams() }
        pump()
    }

    /// The first half of `drain`, which may be done inside the session's callbacks: the library must not be asked for output
    /// there.
    func announceShutdown() {
        guard phase == .serving else { return }
        phase = .announced
        session.announceShutdown()
        startDrainTimer()
    }

    /// The client has seen the first GOAWAY, or has had the time to.
    func leave() {
        guard phase == .announced else { return }
        phase = .leaving
        timers.drain?.cancel()
        timers.drain = nil
        session.finishShutdown()
    }

    /// Counts a request; a connection that had its share is asked to go.
    func requestCounted() {
        requests += 1
        guard requests >= connection.limits.requestsPerConnection, phase == .serving else { return }
        connection.counters.count(.requestsPerConnection)
        announceShutdown()
    }

    /// The client has the time of any write to take what is left, and then the linger time to close.
    private func linger(_ context: ChannelHandlerContext) {
        phase = .lingering
        timers.cancelAll()
        watchStalledWrite()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.lastBytesAreWritten() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    private func lastBytesAreWritten() {
        guard phase == .lingering, let context else { return }
        timers.writeStall?.cancel()
        timers.writeStall = nil
        startLingerTimer()
        // What comes is dropped.
        if isReadHeld { goOnReading(context) }
        let closed = context.eventLoop.makePromise(of: Void.self)
        closed.futureResult.assumeIsolated().whenFailure { _ in context.close(promise: nil) }
        context.close(mode: .output, promise: closed)
    }

    /// The channel is gone: work for it stops, and whoever listens hears how each stream ended.
    private func ended() {
        guard phase != .closed else { return }
        // A drain's deadline, or what the client broke, is no leaving.
        if phase == .serving, session.streams.contains(where: { $0.unfinished != nil }) {
            connection.counters.count(.clientLeft)
        }
        phase = .closed
        timers.cancelAll()
        session.abandon()
        for stream in session.streams where stream.state != .unused {
            streamClosed(stream, errorCode: NGHTTP2_CANCEL.rawValue)
            session.release(stream)
        }
    }
}
