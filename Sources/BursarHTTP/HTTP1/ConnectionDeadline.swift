import NIOCore

/// What a connection is waiting for, and until when. Only a number moves with each request; the one timer of a connection is
/// set anew when it fires too early, so a busy connection schedules nothing. *Value.*
struct ConnectionDeadline {
    /// What has not happened when the deadline comes. *Value.*
    enum Kind {
        case none
        /// A whole head: 408, or a silent close where nothing came at all.
        case head
        /// A whole body: 408.
        case body
        /// A further request: close.
        case idle
        /// The peer takes some of what is written for it: close.
        case write
        /// The client takes some of a produced body, or its next heartbeat: close, or write one.
        case stream
        /// The peer closes behind our last answer: close.
        case linger
    }

    var kind = Kind.none
    var time = NIODeadline.distantFuture
    /// When the timer that is set will fire; never where none is set.
    var timerTime = NIODeadline.distantFuture
    /// Bytes the peer had not taken when last looked at; -1: not looked at.
    var unwritten = -1

    /// Something else is waited for.
    /// - Returns: whether the timer must be set anew, because it would fire too late.
    mutating func set(_ kind: Kind, _ time: NIODeadline) -> Bool {
        (self.kind, self.time, unwritten) = (kind, time, -1)
        return time < timerTime
    }
}

extension HTTP1Handler {
    func arm(_ kind: ConnectionDeadline.Kind, after amount: TimeAmount, now: NIODeadline) {
        if deadlines.set(kind, now + amount) { schedule() }
    }

    /// The deadline of a produced body, which says itself when that is.
    func arm(_ stream: StreamedBody) {
        let time = stream.state.deadline
        if time == .distantFuture {
            deadlines.kind = .none
        } else if deadlines.set(.stream, time) {
            schedule()
        }
    }

    func disarm() {
        deadlines = ConnectionDeadline()
        timer?.cancel()
        timer = nil
    }

    /// At the end of each batch: which deadline holds now.
    func rest(now: NIODeadline) {
        guard phase == .open else { return }
        if !isWritable {
            pauseReading()
            return
        }
        switch reader.phase {
        case .body, .chunks, .failed: break  // set when the head was complete
        case .head:
            if inbound.readableBytes == 0 {
                arm(.idle, after: connection.times.idle, now: now)
            } else if deadlines.kind != .head {
                arm(.head, after: connection.times.head, now: now)
            }
        }
    }

    private func schedule() {
        guard let context else { return }
        timer?.cancel()
        deadlines.timerTime = deadlines.time
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadlines.time) { self.timerFired() }
    }

    private func timerFired() {
        timer = nil
        deadlines.timerTime = .distantFuture
        guard phase != .closed, deadlines.kind != .none, let context else { return }
        let now = context.eventLoop.now
        guard now >= deadlines.time else { return schedule() }
        if deadlines.kind == .stream { return streamIsDue(context, now: now) }
        if deadlines.kind != .linger, peerStillReads(context) {
            let kind = deadlines.kind
            let unwritten = deadlines.unwritten
            arm(kind, after: connection.times.writeStall, now: now)
            deadlines.unwritten = unwritten
            return
        }
        switch deadlines.kind {
        case .none, .stream: break
        case .head:
            connection.counters.count(.headTimeout)
            if isAtRest, isUntouched { return context.close(promise: nil) }
            refuse(status: 408, detail: "The request head did not come in time.", now: now)
            flush()
        case .body:
            connection.counters.count(.bodyTimeout)
            refuse(status: 408, detail: "The request body did not come in time.", now: now)
            flush()
        case .idle:
            connection.counters.count(.idleTimeout)
            context.close(promise: nil)
        case .write:
            connection.counters.count(.writeStall)
            context.close(promise: nil)
        case .linger: context.close(promise: nil)
        }
    }

    /// There is something unwritten and less of it than last time: the peer is slow, not gone. Looked at only when a deadline
    /// has come, so it costs nothing per request.
    private func peerStillReads(_ context: ChannelHandlerContext) -> Bool {
        let unwritten = context.unwrittenBytes
        defer { deadlines.unwritten = unwritten }
        guard unwritten > 0 else { return false }
        if deadlines.unwritten < 0, deadlines.kind == .idle || deadlines.kind == .write { return true }
        return unwritten < deadlines.unwritten
    }
}
