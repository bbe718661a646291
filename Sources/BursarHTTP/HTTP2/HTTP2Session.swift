import BursarBasics
internal import CNghttp2
internal import NIOCore

/// What a session tells the connection that owns it, always from inside one of the session's own methods. *Event loop.*
protocol HTTP2SessionDelegate: AnyObject {
    /// A request is complete; `known` is set where its head had no body and may come again: `knownHeads` is to keep it where its answer may be
    /// repeated.
    func requestArrived(_ request: Request, on stream: HTTP2Stream, known: HTTP2KnownHead?)
    /// A request must be answered by the server itself.
    func requestRefused(_ refusal: HTTP2RequestHead.Refusal, on stream: HTTP2Stream)
    /// A head is complete and its body is awaited.
    func bodyAwaited(on stream: HTTP2Stream)
    /// A stream is over; it goes back to the pool right after this.
    func streamClosed(_ stream: HTTP2Stream, errorCode: UInt32)
    /// The client has seen everything that was sent before our PING.
    func pingAcknowledged()
    /// A limit was passed and the client is told to go.
    func floodStopped(_ flood: HTTP2FrameMeter.Flood)
    /// The client broke the protocol, and is told that the connection ends.
    func protocolBroken()
}

/// A server's side of one HTTP/2 connection without any I/O: bytes in through `receive`, bytes out through `takeOutput`.
/// *Event loop.*
///
/// A thin owner of an `nghttp2_session`. The library keeps the protocol's state; this keeps the streams' memory, the limits that
/// the library has not, and the promise that what was handed over without copying outlives its use. The library's session is
/// made once in `init` and freed once in `deinit`; its callbacks get `self` unretained, which is sound because they run only
/// inside methods of `self`.
final class HTTP2Session {
    let limits: ServerLimits
    let extra: HTTP2Limits
    let info: ConnectionInfo
    /// It owns this, and nobody else does. (A weak reference would make each count of the connection's references a detour.)
    unowned var delegate: (any HTTP2SessionDelegate)?
    /// The time of what is being done; its owner moves it on.
    var now: NIODeadline

    /// The library's session; nil only where there was no memory to make one.
    private(set) var library: OpaquePointer?
    /// Nothing more is read or written: the library could not go on.
    private(set) var isBroken = false
    /// What `takeOutput` is filling, and where it stops.
    var output = ByteBuffer()
    var outputBound = 0

    var block = HTTP2HeaderBlock()
    /// The stream whose header block is arriving; nil for trailers, whose fields are counted and dropped.
    var blockStream: HTTP2Stream?
    /// The heads of recent requests.
    var knownHeads = HTTP2KnownHeads()
    private(set) var meter: HTTP2FrameMeter
    var rules: HTTP2StreamRules
    /// What the client broke of `rules`: the error that the connection ends with.
    var violation: nghttp2_error_code?
    /// The bodies of unfinished requests so far, together.
    var bodyBytes = 0
    /// Grows with every request and every piece of an answer, and not with acknowledgements: what tells use from mere life.
    var progress: UInt64 = 0

    /// Every stream object of this connection, and those of them that wait for their next request.
    private(set) var streams: [HTTP2Stream] = []
    private var unused: [HTTP2Stream] = []
    /// Where an answer's fields are put together with the date and the age.
    var pairs: UnsafeMutableBufferPointer<nghttp2_nv>

    init(info: ConnectionInfo, limits: ServerLimits, extra: HTTP2Limits, now: NIODeadline) {
        self.info = info
        self.limits = limits
        self.extra = extra
        self.now = now
        rules = HTTP2StreamRules(concurrentStreams: extra.concurrentStreams)
        meter = HTTP2FrameMeter(limits: extra.frames, startedAt: now.uptimeNanoseconds)
        pairs = .allocate(capacity: 24)
        library = HTTP2Library.shared.makeSession(for: self)
        isBroken = library == nil || !submitSettings()
    }

    deinit {
        nghttp2_session_del(library)
        pairs.deallocate()
    }

    /// What has begun to arrive goes on to: its time counts from `now`, because it was not read before.
    func frameGoesOn() { meter.frameGoesOn(now: now.uptimeNanoseconds) }

    /// The connection is open, since `now`: this is made before, when the channel has no time of its loop yet.
    func began() { meter = HTTP2FrameMeter(limits: extra.frames, startedAt: now.uptimeNanoseconds) }

    /// Whether neither side has anything to say any more: the connection can be closed once everything taken is written.
    var isFinished: Bool {
        guard !isBroken, let library else { return true }
        return nghttp2_session_want_read(library) == 0 && nghttp2_session_want_write(library) == 0
    }

    /// Streams that are not over.
    var openStreams: Int { streams.count - unused.count }

    /// Bytes arrived. Whatever they are, this returns; what is wrong with them is answered by what `takeOutput` then gives.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard !isBroken, let library, let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        let verdict = meter.received(bytes, now: now.uptimeNanoseconds) { id in
            rules.isOver(Int32(truncatingIfNeeded: id)) { stream($0) != nil }
        }
        switch verdict {
        case .harmless: break
        case .flood(let flood): return stop(flood)
        case .broken(let violation): return terminate(violation.code)
        }
        let read = nghttp2_session_mem_recv(library, start, bytes.count)
        if read < 0 {
            if read == Int(NGHTTP2_ERR_NOMEM.rawValue) { isBroken = true }
            guard violation != nil || read != Int(NGHTTP2_ERR_FLOODED.rawValue) else { return stop(.outboundFrames) }
            terminate(violation ?? NGHTTP2_PROTOCOL_ERROR)
        } else if nghttp2_session_get_outbound_queue_size(library) > extra.outboundFrames {
            stop(.outboundFrames)
        }
    }

    /// Fills `buffer` with what is to be sent, up to about `bound` bytes (a frame more at most).
    /// - Returns: whether there is more.
    func takeOutput(into buffer: inout ByteBuffer, bound: Int) -> Bool {
        guard !isBroken, let library else { return false }
        swap(&output, &buffer)
        defer { swap(&output, &buffer) }
        outputBound = bound
        while output.readableBytes < bound {
            var piece: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(library, &piece)
            guard count >= 0 else {
                isBroken = true
                return false
            }
            guard count > 0, let piece else { break }
            output.writeBytes(UnsafeRawBufferPointer(start: piece, count: count))
        }
        return output.readableBytes >= bound && nghttp2_session_want_write(library) != 0
    }

    /// The first half of going away: streams that the client opens now are still served (RFC 9113 6.8). The PING tells when
    /// it has heard.
    func announceShutdown() {
        guard !isBroken, let library else { return }
        nghttp2_submit_shutdown_notice(library)
        nghttp2_submit_ping(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
    }

    /// The second half: names the last stream that is served. The session is finished when that one is.
    func finishShutdown() {
        guard !isBroken, let library else { return }
        let last = nghttp2_session_get_last_proc_stream_id(library)
        nghttp2_submit_goaway(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    }

    /// Ends everything with one GOAWAY; no further byte is read.
    func terminate(_ reason: nghttp2_error_code) {
        guard !isBroken, let library else { return }
        if nghttp2_session_terminate_session(library, reason.rawValue) != 0 { isBroken = true }
    }

    /// The connection is gone: the library is not asked again, because it may hold pointers into answers that are let go now.
    func abandon() { isBroken = true }

    /// Ends everything because a limit was passed.
    func stop(_ flood: HTTP2FrameMeter.Flood) {
        terminate(NGHTTP2_ENHANCE_YOUR_CALM)
        delegate?.floodStopped(flood)
    }

    /// A GOAWAY is out, ours or the library's own.
    func saidGoodbye(_ reason: UInt32) {
        if reason != NGHTTP2_NO_ERROR.rawValue, reason != NGHTTP2_ENHANCE_YOUR_CALM.rawValue { delegate?.protocolBroken() }
    }

    /// We reset a stream for what the client did on it; too many of these are an attack as well.
    func faultAnswered() {
        if case .flood(let flood) = meter.faultAnswered(now: now.uptimeNanoseconds) { stop(flood) }
    }

    /// A stream object for a number that the library has just opened.
    func open(_ id: Int32) -> HTTP2Stream {
        let stream: HTTP2Stream
        if let waiting = unused.popLast() {
            stream = waiting
        } else {
            stream = HTTP2Stream()
            streams.append(stream)
        }
        stream.id = id
        stream.state = .receiving
        stream.discardable = extra.discardedBytes
        nghttp2_session_set_stream_user_data(library, id, Unmanaged.passUnretained(stream).toOpaque())
        return stream
    }

    /// The stream of that number; nil when it is over.
    func stream(_ id: Int32) -> HTTP2Stream? {
        guard let library, let data = nghttp2_session_get_stream_user_data(library, id) else { return nil }
        return Unmanaged<HTTP2Stream>.fromOpaque(data).takeUnretainedValue()
    }

    func release(_ stream: HTTP2Stream) {
        bodyBytes -= stream.body.count
        if blockStream === stream { blockStream = nil }
        stream.clear()
        unused.append(stream)
    }

    private func submitSettings() -> Bool {
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
                value: UInt32(clamping: extra.concurrentStreams)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: UInt32(clamping: limits.headBytes)),
            // We serve in the order of arrival, and so the library need keep no tree of priorities (RFC 9218 2.1).
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES.rawValue), value: 1)
        ]
        return nghttp2_submit_settings(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count) == 0
    }
}

extension HTTP2FrameMeter.Violation {
    fileprivate var code: nghttp2_error_code {
        switch self {
        case .dataBehindEnd: NGHTTP2_STREAM_CLOSED
        case .priority: NGHTTP2_PROTOCOL_ERROR
        case .prioritySize: NGHTTP2_FRAME_SIZE_ERROR
        }
    }
}
