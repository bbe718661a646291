import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// Endings that only the mocks ask for: a delay, and every way in which an upstream breaks off. Kept apart from the path that
// answers real callers.
extension HTTP1Handler {
    func writeFaulty(_ response: Response, for exchange: Exchange) {
        guard let context else { return }
        phase = .answering
        current = exchange
        disarm()
        if let delay = response.delay {
            var later = response
            later.delay = nil
            context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.goOn(with: later, for: exchange) }
            return
        }
        goOn(with: response, for: exchange)
    }

    /// The delay, if there was one, is over.
    private func goOn(with response: Response, for exchange: Exchange) {
        guard phase == .answering, current?.id == exchange.id, let context else { return }
        let now = context.eventLoop.now
        connection.dates.refresh(now: now)
        switch response.ending {
        case .complete:
            phase = .open
            current = nil
            write(response, for: exchange, now: now)
            goOn(now: now)
        case .hang: break
        case .reset: ConnectionReset.reset(context)
        case .truncated(let count):
            writeStart(of: response, count, exchange, now: now)
            report(exchange, status: response.status, bytes: count)
            close(lingering: false)
        case .stalled(let count):
            writeStart(of: response, count, exchange, now: now)
            flush()
        case .dripped(let count, let interval):
            writeStart(of: response, 0, exchange, now: now)
            flush()
            drip(response, from: 0, max(1, count), interval, exchange)
        }
    }

    /// Head with the whole body's length, and the first `count` bytes of the body.
    private func writeStart(of response: Response, _ count: Int, _ exchange: Exchange, now: NIODeadline) {
        let body = response.prepared?.body ?? response.body
        HTTP1Writer.write(
            head: response, contentLength: body.readableBytes, persistence: persistence(keeps: exchange.keepsAlive, exchange),
            dates: connection.dates, now: now, to: &outbound)
        if !exchange.isHead, let part = body.getSlice(at: body.readerIndex, length: min(max(0, count), body.readableBytes)) {
            outbound.writeImmutableBuffer(part)
        }
    }

    private func drip(_ response: Response, from offset: Int, _ count: Int, _ interval: TimeAmount, _ exchange: Exchange) {
        guard phase == .answering, current?.id == exchange.id, let context else { return }
        let left = response.body.readableBytes - offset
        guard left > 0, !exchange.isHead else {
            phase = .open
            current = nil
            report(exchange, status: response.status, bytes: offset)
            return exchange.keepsAlive ? goOn(now: context.eventLoop.now) : close(lingering: false)
        }
        if let part = response.body.getSlice(at: response.body.readerIndex + offset, length: min(count, left)) {
            outbound.writeImmutableBuffer(part)
        }
        flush()
        context.eventLoop.assumeIsolated().scheduleTask(in: interval) {
            self.drip(response, from: offset + min(count, left), count, interval, exchange)
        }
    }
}
