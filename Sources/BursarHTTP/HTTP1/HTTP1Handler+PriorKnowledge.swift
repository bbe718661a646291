import NIOCore

extension HTTP1Handler {
    /// The connection preface of HTTP/2 (RFC 9113 3.4).
    static let preface: [UInt8] = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// Looks at the first bytes of a connection: the HTTP/2 preface hands it over to the HTTP/2 handler. Returns false while too
    /// little is here to tell, and when the connection is no longer ours.
    func decideProtocol(_ bytes: inout ByteBuffer) -> Bool {
        guard let starter = connection.http2 else {
            isUntouched = false
            return true
        }
        let start = bytes.readableBytesView.prefix(Self.preface.count)
        guard start.elementsEqual(Self.preface.prefix(start.count)) else {
            isUntouched = false
            return true
        }
        guard start.count == Self.preface.count else { return false }
        isUntouched = false
        handOver(to: starter.makeHandler(connection), &bytes)
        return false
    }

    /// Puts the handler in our place and gives it all bytes that were not ours.
    private func handOver(to handler: any ChannelHandler, _ bytes: inout ByteBuffer) {
        guard let context else { return }
        phase = .closed
        disarm()
        replay.forget()
        var left = ByteBuffer()
        left.writeBuffer(&bytes)
        left.writeBuffer(&inbound)
        do {
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
        } catch {
            return context.close(promise: nil)
        }
        if left.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(left))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        // The connection goes on without this handler: holding on to its context would keep both alive for good.
        self.context = nil
    }
}
