internal import CNghttp2
internal import NIOCore

/// Drives produced bodies: libnghttp2 asks for bytes when the client's windows and the channel take some, and the producer is asked
/// then. A slow reader costs one piece a stream.
extension HTTP2Handler {
    /// Begins an answer whose body is produced.
    func send(_ response: Response, from producer: any BodyProducer, on stream: HTTP2Stream) {
        guard let context else { return }
        stream.record?.status = response.status
        let hasBody = !stream.isHead && !HTTPStatus.isBodiless(response.status)
        if hasBody {
            let body = StreamedBody(producer, stallTime: connection.times.writeStall, now: session.now)
            stream.streamed = body
            beginActivity(of: stream)
            body.begin(waker(of: stream.id, context.eventLoop), isDraining: connection.isDraining)
        }
        session.submit(
            HTTP2PreparedFields.head(response, length: producer.length), body: ByteBuffer(), date: connection.dates.bytes,
            age: response.age?.seconds(at: session.now), on: stream)
        if let body = stream.streamed { watch(body) }
    }

    /// The server shuts down: every producer hears it.
    func drainStreams() {
        for stream in session.streams {
            guard let body = stream.streamed, body.drain(now: session.now) else { continue }
            session.resume(stream)
            watch(body)
        }
    }

    /// Some stream is silent because its producer is, which is no idleness of the client.
    var waitsForProducer: Bool { session.streams.contains { $0.streamed?.state.phase == .waiting } }

    private func waker(of id: Int32, _ loop: any EventLoop) -> BodyWaker {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return BodyWaker(on: loop) { bound.value.woken(id) }
    }

    private func woken(_ id: Int32) {
        guard phase != .closed, let stream = session.stream(id), let body = stream.streamed else { return }
        tick()
        guard body.woken(now: session.now) else { return }
        session.resume(stream)
        pump()
        watch(body)
    }

    /// One timer for all streams of the connection; it moves only to an earlier time.
    private func watch(_ body: StreamedBody) {
        let time = body.state.deadline
        guard time < timers.streamsTime, phase != .closed else { return }
        timers.streams?.cancel()
        timers.streamsTime = time
        timers.streams = schedule(in: time - session.now) { handler in
            handler.timers.streamsTime = .distantFuture
            handler.streamsAreDue()
        }
    }

    private func streamsAreDue() {
        for stream in session.streams {
            guard let body = stream.streamed else { continue }
            switch body.due(now: session.now) {
            case .nothing: break
            case .heartbeat: session.resume(stream)
            case .stalled:
                connection.counters.count(.http2SlowReader)
                session.reset(stream, NGHTTP2_CANCEL)
            }
        }
        pump()
        for stream in session.streams { stream.streamed.map { watch($0) } }
    }
}
