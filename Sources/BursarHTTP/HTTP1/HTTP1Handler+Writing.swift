import BursarBasics
import Glibc
import NIOCore

extension HTTP1Handler {
    /// A batch of pipelined answers is handed to the channel in pieces of this size, so that its bound sees them. With the largest
    /// answer that is copied it still fits 32 KiB: buffers grow to powers of two, and those of a slow reader stay.
    static let batchBytes = 14 * 1024

    /// Writes one answer and decides what becomes of the connection. Ends in `open`, `answering` (a body that takes time) or
    /// `closing`.
    func write(_ response: Response, for exchange: Exchange, now: NIODeadline) {
        if response.prepared == nil, let producer = response.producer {
            return stream(response, from: producer, for: exchange, now: now)
        }
        let keeps = exchange.keepsAlive && !response.closesConnection && !connection.isDraining
        let persistence = persistence(keeps: keeps, exchange)
        let bodyBytes: Int
        if let prepared = response.prepared {
            bodyBytes = exchange.isHead ? 0 : prepared.body.readableBytes
            if response.isForMany, persistence == .implied, !exchange.isHead, outbound.readableBytes == 0,
                let answer = connection.rendered.bytes(of: prepared, dates: connection.dates, now: now)
            {
                share(answer)
            } else {
                let isWhole = HTTP1Writer.write(
                    prepared, withBody: !exchange.isHead, persistence: persistence, dates: connection.dates, now: now,
                    to: &outbound)
                if !isWhole { hand(over: prepared.body, as: connection.info.scheme == "http" ? prepared.file : nil) }
            }
        } else {
            let hasBody = !HTTPStatus.isBodiless(response.status)
            HTTP1Writer.write(
                head: response, contentLength: hasBody ? response.body.readableBytes : nil, persistence: persistence,
                dates: connection.dates, now: now, to: &outbound)
            bodyBytes = hasBody && !exchange.isHead ? response.body.readableBytes : 0
            if bodyBytes > PreparedResponse.largestCopiedBody {
                hand(over: response.body)
            } else if bodyBytes > 0 {
                outbound.writeImmutableBuffer(response.body)
            }
        }
        report(exchange, status: response.status, bytes: bodyBytes, cache: response.cache)
        if !keeps { close(lingering: !wasAskedToClose(by: exchange)) }
    }

    /// Whoever asks for the close sends nothing more; whoever is told of it may have.
    private func wasAskedToClose(by exchange: Exchange) -> Bool {
        !exchange.keepsAlive && answered < connection.limits.requestsPerConnection
    }

    func persistence(keeps: Bool, _ exchange: Exchange) -> HTTP1Writer.Persistence {
        guard keeps else { return .close }
        return exchange.version == .http1_0 ? .keepAlive : .implied
    }

    /// The server's own answer to what it could not read, behind which the connection closes.
    func refuse(_ fault: HeadFault, now: NIODeadline) {
        connection.counters.count(fault.event)
        refuse(status: fault.status, detail: fault.detail, now: now)
    }

    func refuse(status: Int, detail: String, now: NIODeadline) {
        let exchange = Exchange(
            id: connection.nextRequestID(), method: "", path: "", isHead: false, version: .http1_1, keepsAlive: false,
            started: now)
        var response = connection.responder.refusal(status: status, detail: detail, requestID: exchange.id)
        (response.prepared, response.producer) = (nil, nil)
        connection.dates.refresh(now: now)
        let body = response.body
        HTTP1Writer.write(
            head: response, contentLength: body.readableBytes, persistence: .close, dates: connection.dates, now: now,
            to: &outbound)
        outbound.writeImmutableBuffer(body)
        report(exchange, status: response.status, bytes: body.readableBytes)
        close(lingering: true)
    }

    /// Tells the observer; makes nothing where there is none.
    func report(_ exchange: Exchange, status: Int, bytes: Int, cache: CacheUse = .none) {
        guard let observer = connection.observer else { return }
        observer.requestCompleted(
            RequestRecord(
                id: exchange.id, method: exchange.method, path: exchange.path, status: status, bytes: bytes,
                duration: NIODeadline.now() - exchange.started,
                peer: exchange.forwardedFor?.description ?? connection.info.clientText,
                listener: connection.info.listener, version: exchange.version, isSecure: connection.info.isSecure, cache: cache,
                trace: exchange.trace))
    }

    /// Hands what is ready to the channel without a flush.
    func handOver() {
        guard outbound.readableBytes > 0, let context else { return }
        context.write(wrapOutboundOut(outbound), promise: nil)
        needsFlush = true
        emptyOutbound()
    }

    /// Writes what all connections of the loop share, where nothing is owed before it; what comes behind it is written to a copy.
    func share(_ answer: ByteBuffer) {
        connection.spare.takeBack(&outbound)
        (outbound, outboundIsShared) = (answer, true)
    }

    func emptyOutbound() {
        if outboundIsShared {
            (outbound, outboundIsShared) = (ByteBuffer(), false)
        } else {
            outbound.clear()
        }
    }

    /// A body that is too large to copy goes out as it is, behind what is ready; from a file where nothing encrypts it.
    func hand(over body: ByteBuffer, as file: BodyFile? = nil) {
        handOver()
        needsFlush = true
        guard let context else { return }
        if file?.write(to: context) == true { return }
        context.write(wrapOutboundOut(body), promise: nil)
    }

    func flush() {
        guard let context else { return }
        if outbound.readableBytes > 0 {
            context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
            emptyOutbound()
        } else if needsFlush {
            context.flush()
        }
        needsFlush = false
        connection.spare.takeBack(&outbound)
    }

    /// Closes behind what is written. Lingering: the client may still be sending; closing under its bytes would make the kernel
    /// send a reset, which destroys the answer on its way. So only our side is closed, and what comes is read and dropped until
    /// the client closes or the linger time is over (RFC 9112 9.6).
    func close(lingering: Bool) {
        guard phase != .closing, phase != .closed, let context else { return }
        phase = .closing
        let lingers = lingering || isReadingPaused || isInputLeft || inbound.readableBytes > 0
        inbound = ByteBuffer()
        current = nil
        handOver()
        needsFlush = false
        let now = context.eventLoop.now
        arm(.write, after: connection.times.writeStall, now: now)
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.lastAnswerIsWritten(lingers: lingers) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    private func lastAnswerIsWritten(lingers: Bool) {
        guard phase == .closing, let context else { return }
        guard lingers else { return context.close(promise: nil) }
        arm(.linger, after: connection.times.linger, now: context.eventLoop.now)
        resumeReading()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.close(mode: .output).whenFailure { _ in bound.value.context?.close(promise: nil) }
    }

    func pauseReading() {
        guard !isReadingPaused, let context else { return }
        isReadingPaused = true
        connection.counters.count(isWritable ? .pipelineFull : .outboundFull)
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    }

    func resumeReading() {
        guard isReadingPaused, let context else { return }
        isReadingPaused = false
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }
}
