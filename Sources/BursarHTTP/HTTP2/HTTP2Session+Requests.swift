import BursarBasics

internal import CNghttp2
internal import NIOCore

/// What the library reports while it reads. Each method is one of its callbacks, with the C taken off.
extension HTTP2Session {
    /// A frame's head came; the library has not judged it.
    /// - Returns: false when the connection must end because of it.
    func frameBegan(type: UInt8, stream id: Int32) -> Bool {
        violation = rules.frameBegan(type: type, stream: id) { stream($0) != nil }
        return violation == nil
    }

    /// A HEADERS frame began. The library has checked that it may.
    func blockBegan(_ id: Int32, opensStream: Bool) {
        block.begin()
        blockStream = opensStream ? open(id) : nil
        if opensStream { rules.opened() }
    }

    /// One field was decoded.
    /// - Returns: false when the stream must be reset: trailers have no answer that could say 431.
    func fieldDecoded(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) -> Bool {
        let pseudoFields = 4
        block.append(name: name, value: value, mostBytes: limits.headBytes, mostFields: limits.headerFields + pseudoFields)
        return blockStream != nil || block.problem == .none
    }

    /// A header block is complete.
    func blockEnded(endsStream: Bool) {
        guard let stream = blockStream else { return }
        blockStream = nil
        stream.requestEnded = endsStream
        stream.headEndedAt = now
        progress &+= 1
        if !endsStream { delegate?.bodyAwaited(on: stream) }
        switch block.problem {
        case .tooLarge: return refuse(stream, .headTooLarge)
        case .pathTooLong: return refuse(stream, .targetTooLong)
        case .invalidField: return refuse(stream, 400, "A header field has bytes that it cannot have.")
        case .none: break
        }
        if endsStream, let known = knownHeads.find(block) {
            stream.state = .answering
            stream.isHead = known.isHead
            delegate?.requestArrived(known.request, on: stream, known: known)
            return
        }
        do {
            let bytes = block.bytes
            let head = try HTTP2RequestHead(bytes)
            stream.isHead = head.method == "HEAD"
            if endsStream {
                let known = HTTP2KnownHead(block: bytes, request: request(head, body: []))
                stream.state = .answering
                delegate?.requestArrived(known.request, on: stream, known: known)
            } else {
                awaitBody(of: stream, head)
            }
        } catch {
            refuse(stream, error.status, error.detail)
        }
    }

    /// A part of a body arrived.
    func bodyArrived(_ bytes: UnsafeBufferPointer<UInt8>, on stream: HTTP2Stream) {
        guard stream.state == .receiving else { return discard(bytes.count, on: stream) }
        guard stream.body.count + bytes.count <= limits.bodyBytes else { return refuse(stream, .bodyTooLarge) }
        guard bodyBytes + bytes.count <= extra.connectionBodyBytes else { return refuse(stream, .bodiesTooLarge) }
        stream.body.append(contentsOf: bytes)
        bodyBytes += bytes.count
    }

    /// The client has ended its side of a stream whose head did not.
    func requestEnded(on stream: HTTP2Stream) {
        stream.requestEnded = true
        guard stream.state == .receiving, let head = stream.head else { return }
        let complete = request(head, body: stream.body)
        stream.state = .answering
        stream.head = nil
        delegate?.requestArrived(complete, on: stream, known: nil)
    }

    /// Gives up on a request; its answer is made outside.
    func refuse(_ stream: HTTP2Stream, _ status: Int, _ detail: String) {
        stream.state = .answering
        stream.head = nil
        bodyBytes -= stream.body.count
        stream.body = []
        delegate?.requestRefused(HTTP2RequestHead.Refusal(status: status, detail: detail), on: stream)
    }

    private func refuse(_ stream: HTTP2Stream, _ fault: HeadFault) { refuse(stream, fault.status, fault.detail) }

    /// Drops a part of a body that nobody wants, and at some point says so (RFC 9113 8.1).
    private func discard(_ count: Int, on stream: HTTP2Stream) {
        stream.discardable -= count
        guard stream.isAnswered, stream.discardable < 0 else { return }
        stream.discardable = .max  // once is enough: the rest of this read is dropped in silence
        reset(stream, NGHTTP2_NO_ERROR)
    }

    private func awaitBody(of stream: HTTP2Stream, _ head: HTTP2RequestHead) {
        if let length = head.contentLength, length > limits.bodyBytes { return refuse(stream, .bodyTooLarge) }
        stream.head = head
        if head.expectsContinue { submitContinue(stream) }
    }

    private func request(_ head: HTTP2RequestHead, body: [UInt8]) -> Request {
        Request(
            method: head.method, target: head.target, headers: head.headers, authority: head.authority, body: body,
            version: .http2, connection: info,
            forwardedFor: info.isTrustedProxy ? ForwardedFor.client(of: head.headers) : nil)
    }
}
