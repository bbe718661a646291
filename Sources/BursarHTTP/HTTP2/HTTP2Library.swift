internal import CNghttp2

/// libnghttp2's callbacks and options, the same for every connection. *Immutable after init; any thread*: the library only copies
/// both into each session, which is why it may be called Sendable although it holds pointers.
///
/// The only place where C calls Swift. `data` points to the session that is running the library at that moment, and a stream's pointer to
/// an object in that session's table. Both outlive the call, so no reference is counted here.
final class HTTP2Library: @unchecked Sendable {
    static let shared = HTTP2Library()

    private let callbacks: OpaquePointer?
    private let options: OpaquePointer?

    private init() {
        var callbacks: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        var options: OpaquePointer?
        nghttp2_option_new(&options)
        self.callbacks = callbacks
        self.options = options
        guard let callbacks, let options else { return }
        HTTP2Library.setReading(callbacks)
        HTTP2Library.setWriting(callbacks)
        // Priorities are off, so a closed stream is of no use to anyone.
        nghttp2_option_set_no_closed_streams(options, 1)
        _ = bursar_nghttp2_limit_continuations(options, HTTP2FrameLimits().continuations)
    }

    /// A session whose callbacks go to `owner`. The owner must outlive it and free it.
    func makeSession(for owner: HTTP2Session) -> OpaquePointer? {
        guard let callbacks, let options else { return nil }
        var session: OpaquePointer?
        let data = Unmanaged.passUnretained(owner).toOpaque()
        guard nghttp2_session_server_new2(&session, callbacks, data, options) == 0 else { return nil }
        return session
    }

    /// Where the library gets a stream's body from.
    static func dataProvider(for stream: HTTP2Stream) -> nghttp2_data_provider {
        var provider = nghttp2_data_provider()
        provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
        provider.read_callback = { _, _, _, most, flags, source, data in
            guard let flags, let stream = source?.pointee.ptr, let data else { return fatal }
            return with(data) { session in
                Unmanaged<HTTP2Stream>.fromOpaque(stream)._withUnsafeGuaranteedRef {
                    session.bytesWanted(most, flags: flags, on: $0)
                }
            }
        }
        return provider
    }

    /// Callbacks for what the client sends.
    private static func setReading(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { _, head, data in
            guard let head, let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            let goesOn = with(data) { $0.frameBegan(type: head.pointee.type, stream: head.pointee.stream_id) }
            return goesOn ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
        }
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, data in
            guard let frame, let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            with(data) { $0.blockBegan(head(frame).stream_id, opensStream: opensStream(frame)) }
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) { _, _, name, nameCount, value, valueCount, _, data in
            guard let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            let goesOn = with(data) {
                $0.fieldDecoded(
                    name: UnsafeBufferPointer(start: name, count: nameCount),
                    value: UnsafeBufferPointer(start: value, count: valueCount))
            }
            return goesOn ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks) { _, _, _, _, _, _, _, data in
            guard let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            with(data) { $0.block.foundInvalidField() }
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, data in
            guard let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            with(data) { session in
                guard let stream = session.stream(id) else { return }
                session.bodyArrived(UnsafeBufferPointer(start: bytes, count: count), on: stream)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, data in
            guard let frame, let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            let head = head(frame)
            let endsStream = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
            switch UInt32(head.type) {
            case NGHTTP2_HEADERS.rawValue where opensStream(frame):
                with(data) { $0.blockEnded(endsStream: endsStream) }
            case NGHTTP2_HEADERS.rawValue where endsStream, NGHTTP2_DATA.rawValue where endsStream:
                with(data) { session in
                    guard let stream = session.stream(head.stream_id) else { return }
                    session.requestEnded(on: stream)
                }
            case NGHTTP2_PING.rawValue where head.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0:
                with(data) { $0.delegate?.pingAcknowledged() }
            default: break
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, reason, data in
            guard let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            with(data) { session in
                guard let stream = session.stream(id) else { return }
                session.delegate?.streamClosed(stream, errorCode: reason)
                session.release(stream)
            }
            return 0
        }
    }

    /// Callbacks for what goes to the client.
    private static func setWriting(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, _, frameHead, count, source, data in
            guard let frameHead, let stream = source?.pointee.ptr, let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            let isTaken = with(data) { session in
                Unmanaged<HTTP2Stream>.fromOpaque(stream)._withUnsafeGuaranteedRef {
                    session.bytesDue(count, frameHead: frameHead, on: $0)
                }
            }
            return isTaken ? 0 : NGHTTP2_ERR_WOULDBLOCK.rawValue
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, data in
            guard let frame, let data else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
            let head = head(frame)
            switch UInt32(head.type) {
            case NGHTTP2_DATA.rawValue, NGHTTP2_HEADERS.rawValue:
                if head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 { with(data) { $0.answerEnded(head.stream_id) } }
            case NGHTTP2_RST_STREAM.rawValue:
                let reason = UnsafeRawPointer(frame).load(as: nghttp2_rst_stream.self).error_code
                let isFault = [
                    NGHTTP2_PROTOCOL_ERROR, NGHTTP2_FLOW_CONTROL_ERROR, NGHTTP2_STREAM_CLOSED, NGHTTP2_FRAME_SIZE_ERROR,
                    NGHTTP2_ENHANCE_YOUR_CALM
                ].contains { $0.rawValue == reason }
                with(data) { session in
                    if isFault { session.faultAnswered() }
                    // The client may have sent more on this stream before it learned of the reset: that is no fault of its own.
                    if session.stream(head.stream_id)?.requestEnded != true { session.rules.forgive(head.stream_id) }
                }
            case NGHTTP2_GOAWAY.rawValue:
                let reason = UnsafeRawPointer(frame).load(as: nghttp2_goaway.self).error_code
                with(data) { $0.saidGoodbye(reason) }
            default: break
            }
            return 0
        }
    }
}

// These stand outside the class: a closure that becomes a C function pointer may capture nothing, not even `Self`.

private let fatal = Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)

/// Calls `body` with the session that `data` points to.
private func with<Result>(_ data: UnsafeMutableRawPointer, _ body: (HTTP2Session) -> Result) -> Result {
    Unmanaged<HTTP2Session>.fromOpaque(data)._withUnsafeGuaranteedRef(body)
}

/// The frame header that every frame begins with.
private func head(_ frame: UnsafePointer<nghttp2_frame>) -> nghttp2_frame_hd {
    UnsafeRawPointer(frame).load(as: nghttp2_frame_hd.self)
}

/// Whether a HEADERS frame begins a request; else it is a trailer.
private func opensStream(_ frame: UnsafePointer<nghttp2_frame>) -> Bool {
    UnsafeRawPointer(frame).load(as: nghttp2_headers.self).cat == NGHTTP2_HCAT_REQUEST
}
