internal import CNghttp2
internal import NIOCore

/// From a request to its answer.
extension HTTP2Handler: HTTP2SessionDelegate {
    func requestArrived(_ request: Request, on stream: HTTP2Stream, known: HTTP2KnownHead?) {
        requestCounted()
        if let known, let answer = known.answer {
            if answer.replay.validity.isCurrent, session.now < answer.replay.until {
                if let counter = answer.counter {
                    counter.tick()
                } else {
                    note(request, id: nil, on: stream, wasReplayed: true)
                }
                return send(answer.prepared, on: stream)
            }
            known.answer = nil
        }
        var request = request
        request.id = connection.nextRequestID()
        note(request, id: request.id, on: stream, wasReplayed: false)
        stream.method = RequestMethod(request.method)
        switch connection.responder.respond(to: request) {
        case .now(let response):
            if let known, let prepared = response.prepared, let replay = response.replay, !response.closesConnection {
                let counter = connection.observer?.counter(
                    ofRepeated: RequestRecord(
                        id: request.id, method: request.method, path: request.path, status: prepared.status, bytes: 0,
                        duration: .zero, peer: "", listener: connection.info.listener, version: .http2, wasReplayed: true,
                        isSecure: connection.info.isSecure, cache: prepared.cache))
                known.answer = (prepared, replay, counter)
                session.knownHeads.keep(known)
            } else if let known {
                session.knownHeads.forget(known)
            }
            answer(stream, response)
        case .later(let work):
            if let known { session.knownHeads.forget(known) }
            awaitAnswer(on: stream) { loop, handler, id in
                .task(
                    Task {
                        let response = await work()
                        loop.execute { handler.value.answerIsReady(for: id) { response } }
                    })
            }
        case .after(let wait, let make):
            if let known { session.knownHeads.forget(known) }
            awaitAnswer(on: stream) { loop, handler, id in
                let ready: @Sendable () -> Void = { handler.value.answerIsReady(for: id, make) }
                wait.begin { loop.execute(ready) }
                return .wait(wait)
            }
        }
    }

    func requestRefused(_ refusal: HTTP2RequestHead.Refusal, on stream: HTTP2Stream) {
        requestCounted()
        let event: ServerCounters.Event =
            switch refusal.status {
            case 414, 431: .headTooLarge
            case 413: .bodyTooLarge
            case 408: .bodyTimeout
            default: .malformedRequest
            }
        connection.counters.count(event)
        let id = connection.nextRequestID()
        if connection.observer != nil {
            stream.record = HTTP2StreamRecord(id: id, method: "", path: "", peer: connection.info.clientText, wasReplayed: false)
        }
        answer(stream, connection.responder.refusal(status: refusal.status, detail: refusal.detail, requestID: id))
    }

    func streamClosed(_ stream: HTTP2Stream, errorCode: UInt32) {
        if let unfinished = stream.unfinished {
            unfinished.cancel()
            // With the connection: `ended` counts that, once.
            if phase != .closed { connection.counters.count(.clientLeft) }
        }
        endActivity(of: stream)
        if let streamed = stream.streamed { streamed.end(isComplete: errorCode == 0 && streamed.state.isFinished) }
        guard let observer = connection.observer, let record = stream.record else { return }
        observer.requestCompleted(
            RequestRecord(
                id: record.id, method: record.method, path: record.path, status: record.status, bytes: stream.sent,
                // The loop's time of this moment: the session's is that of the read, in which a hit is also answered.
                duration: stream.headEndedAt.map { max(.zero, (context?.eventLoop.now ?? session.now) - $0) } ?? .zero,
                peer: record.peer,
                listener: connection.info.listener,
                version: .http2, wasReplayed: record.wasReplayed, isSecure: connection.info.isSecure, cache: record.cache,
                trace: record.trace))
    }

    func pingAcknowledged() { leave() }

    func floodStopped(_ flood: HTTP2FrameMeter.Flood) { connection.counters.count(.http2Flood) }

    func protocolBroken() { connection.counters.count(.http2ProtocolError) }

    /// An answer that is not there yet. What makes it outlives its stream only until it notices that it was cancelled.
    private func awaitAnswer(
        on stream: HTTP2Stream, _ begin: (any EventLoop, NIOLoopBound<HTTP2Handler>, Int32) -> UnfinishedAnswer
    ) {
        guard let context, unfinishedAnswers < limits.unfinishedAnswers else {
            connection.counters.count(.http2StreamLimit)
            return session.reset(stream, NGHTTP2_REFUSED_STREAM)
        }
        unfinishedAnswers += 1
        beginActivity(of: stream)
        let loop = context.eventLoop
        stream.unfinished = begin(loop, NIOLoopBound(self, eventLoop: loop), stream.id)
    }

    private func answerIsReady(for id: Int32, _ make: () -> Response) {
        unfinishedAnswers -= 1
        guard phase != .closed, let stream = session.stream(id) else { return }
        stream.unfinished = nil
        tick()
        answer(stream, make())
        pump()
    }

    private func answer(_ stream: HTTP2Stream, _ response: Response) {
        guard stream.state == .answering else { return }
        if let prepared = response.prepared {
            send(prepared, on: stream)
        } else if let producer = response.producer {
            send(response, from: producer, on: stream)
        } else {
            let (fields, body) = HTTP2PreparedFields.whole(response)
            stream.record?.status = response.status
            stream.record?.cache = response.cache
            session.submit(
                fields, body: body, date: connection.dates.bytes, age: response.age?.seconds(at: session.now), on: stream)
        }
        if response.closesConnection { announceShutdown() }
    }

    private func send(_ prepared: PreparedResponse, on stream: HTTP2Stream) {
        stream.record?.status = prepared.status
        stream.record?.cache = prepared.cache
        session.submit(
            HTTP2PreparedFields.of(prepared), body: prepared.body, date: connection.dates.bytes,
            age: prepared.age?.seconds(at: session.now),
            on: stream)
    }

    /// The answer takes time: it is among the active ones until its stream closes.
    func beginActivity(of stream: HTTP2Stream) {
        guard stream.activeMethod == nil else { return }
        stream.activeMethod = stream.method
        connection.counters.activeRequests.began(stream.method, isSecure: connection.info.isSecure)
    }

    private func endActivity(of stream: HTTP2Stream) {
        guard let method = stream.activeMethod else { return }
        stream.activeMethod = nil
        connection.counters.activeRequests.ended(method, isSecure: connection.info.isSecure)
    }

    /// Remembers what the record will say, where somebody wants one.
    private func note(_ request: Request, id: RequestID?, on stream: HTTP2Stream, wasReplayed: Bool) {
        guard connection.observer != nil else { return }
        stream.record = HTTP2StreamRecord(
            id: id ?? connection.nextRequestID(), method: request.method, path: request.path, peer: request.clientText,
            wasReplayed: wasReplayed, trace: connection.observer?.wantsTraces == true ? request.trace : nil)
    }
}
