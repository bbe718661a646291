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
        handOver(to: starter.makeHandler(connection, beginning: .priorKnowledge), &bytes)
        return false
    }

    /// `Upgrade: h2c` (RFC 7540 3.2): says 101 and lets HTTP/2 answer this request as its stream 1. Where the settings cannot be
    /// read the request is served in HTTP/1.1, as if the upgrade had not been asked for.
    func startH2C(_ request: Request, rest bytes: inout ByteBuffer) -> Bool {
        guard let starter = connection.http2, !connection.isDraining, connection.info.scheme == "http",
            let text = request.headers["http2-settings"], let settings = Self.decodeBase64URL(text)
        else { return false }
        outbound.writeStaticString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        flush()
        handOver(to: starter.makeHandler(connection, beginning: .upgraded(settings: settings, request: request)), &bytes)
        return true
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

    /// base64url without padding (RFC 4648 5); nil where a byte or the length is wrong.
    static func decodeBase64URL(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 4 != 1, text.utf8.count <= 4 * 1024 else { return nil }
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2D: value = 62
            case 0x5F: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return out
    }
}
