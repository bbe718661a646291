internal import CNghttp2
internal import NIOCore

/// What a connection waits for; a *value*. All of it ends with the connection.
struct HTTP2Timers {
    /// The end of a silence in which nothing was asked or sent.
    var idle: Scheduled<Void>?
    /// The end of a frame or header block that has begun.
    var frame: Scheduled<Void>?
    /// A peer that takes nothing of what is written for it.
    var writeStall: Scheduled<Void>?
    /// The oldest body that is awaited.
    var body: Scheduled<Void>?
    /// What comes first of all produced bodies: a heartbeat or the end of a client's time to take something.
    var streams: Scheduled<Void>?
    /// When that is; never where none is set.
    var streamsTime = NIODeadline.distantFuture
    /// The client's sight of the first GOAWAY.
    var drain: Scheduled<Void>?
    /// The client's close after ours.
    var linger: Scheduled<Void>?

    mutating func cancelAll() {
        for timer in [idle, frame, writeStall, body, streams, drain, linger] { timer?.cancel() }
        self = HTTP2Timers()
    }
}

extension HTTP2Handler {
    /// Runs `work` later on the connection's loop unless the connection ends before.
    func schedule(in delay: TimeAmount, _ work: @escaping (HTTP2Handler) -> Void) -> Scheduled<Void>? {
        guard let context, phase != .closed else { return nil }
        return context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self, self.phase != .closed else { return }
            self.tick()
            work(self)
        }
    }

    func startTimers(_ context: ChannelHandlerContext) {
        watchIdleness(in: connection.times.idle)
        watchUnfinishedFrame()
    }

    /// One timer, moved on when it fires: use costs nothing.
    private func watchIdleness(in delay: TimeAmount) {
        timers.idle = schedule(in: delay) { handler in
            let silence = handler.session.now - handler.lastProgress.at
            let left = handler.connection.times.idle - silence
            guard left <= .zero, handler.unfinishedAnswers == 0, !handler.waitsForProducer else {
                return handler.watchIdleness(in: max(left, .seconds(1)))
            }
            handler.connection.counters.count(handler.session.openStreams > 0 ? .http2SlowReader : .idleTimeout)
            handler.session.terminate(NGHTTP2_NO_ERROR)
            handler.pump()
            if handler.phase != .lingering { handler.context?.close(promise: nil) }
        }
    }

    /// A client that begins a frame and does not end it holds a connection for nothing. Reads split frames all the time, so one
    /// timer looks at the frame that is unfinished when it fires, instead of one for each.
    func watchUnfinishedFrame() {
        guard timers.frame == nil, session.meter.isInsideFrame, phase != .lingering else { return }
        timers.frame = schedule(in: timeForFrame) { handler in
            handler.timers.frame = nil
            // The rest may have come, and it is we who do not read it: its time begins anew when we do.
            guard !handler.isReadHeld else { return }
            guard handler.session.meter.isInsideFrame, handler.timeForFrame <= .zero else {
                return handler.watchUnfinishedFrame()
            }
            handler.connection.counters.count(.headTimeout)
            handler.session.terminate(NGHTTP2_NO_ERROR)
            handler.pump()
        }
    }

    /// What is left of it since the frame's first byte.
    private var timeForFrame: TimeAmount {
        connection.times.head - (session.now - .uptimeNanoseconds(session.meter.begunAt))
    }

    /// One timer, set anew for as long as the peer takes something: it is slow then, and not gone.
    func watchStalledWrite() {
        guard timers.writeStall == nil, let unwritten = context?.unwrittenBytes else { return }
        timers.writeStall = schedule(in: connection.times.writeStall) { handler in
            handler.timers.writeStall = nil
            guard let context = handler.context else { return }
            if context.unwrittenBytes < unwritten { return handler.watchStalledWrite() }
            handler.connection.counters.count(.writeStall)
            context.close(promise: nil)
        }
    }

    /// One timer for all bodies of the connection.
    func bodyAwaited(on stream: HTTP2Stream) {
        guard timers.body == nil else { return }
        watchBodies(in: connection.times.body)
    }

    private func watchBodies(in delay: TimeAmount) {
        timers.body = schedule(in: delay) { handler in
            handler.timers.body = nil
            var wait: TimeAmount?
            for stream in handler.session.streams where !stream.requestEnded {
                // Whose head is arriving has the time of a frame.
                guard let begun = stream.headEndedAt else { continue }
                let left = handler.connection.times.body - (handler.session.now - begun)
                if left > .zero {
                    wait = min(wait ?? left, left)
                } else if stream.state == .receiving {
                    stream.discardable = -1
                    handler.session.refuse(stream, 408, "The request body did not come in time.")
                } else if stream.isAnswered {
                    handler.session.reset(stream, NGHTTP2_NO_ERROR)
                }
            }
            if let wait { handler.watchBodies(in: wait) }
            handler.pump()
        }
    }

    func startDrainTimer() {
        timers.drain = schedule(in: limits.drainRoundTrip) { handler in
            handler.leave()
            handler.pump()
        }
    }

    func startLingerTimer() {
        timers.linger = schedule(in: connection.times.linger) { $0.context?.close(promise: nil) }
    }
}
