internal import CNghttp2

/// What a client must not send on streams that are over (RFC 9113 5.1, 5.1.1). The library forgets such streams and ignores what comes
/// on them. *Value.*
///
/// Remembered are only the streams that we ended before the client ended its side, or never opened: more may be on its way to them, which is
/// no fault. Every other stream that is over the client ended itself, so more on it is one.
struct HTTP2StreamRules {
    /// How many that we ended are remembered: all of those that may be open at once, and as many again of which the client has not heard.
    private let mostForgiven: Int
    /// How many numbers, or ranges of them, that were passed over; older ones have been heard of long ago.
    private static let mostSkipped = 64

    /// The highest number a client has opened.
    private var last: Int32 = 0
    /// The stream whose HEADERS frame has begun. Where the next frame comes before ``opened()``, the library has refused it.
    private var pending: Int32 = 0
    private var forgiven: [Int32] = []
    private var oldestForgiven = 0
    /// Numbers that were passed over, and are closed without ever having been open.
    private var skipped: [ClosedRange<Int32>] = []
    private var oldestSkipped = 0

    /// - Parameter concurrentStreams: how many may be open at once.
    init(concurrentStreams: Int) { mostForgiven = 2 * max(32, concurrentStreams) }

    /// A frame's head came, before the library has judged it.
    /// - Parameter isOpen: whether the stream is open to us; asked only for numbers that came before.
    /// - Returns: the error of the connection, or nil.
    mutating func frameBegan(type: UInt8, stream id: Int32, isOpen: (Int32) -> Bool) -> nghttp2_error_code? {
        if pending != 0 {
            forgive(pending)
            pending = 0
        }
        let isHeaders = UInt32(type) == NGHTTP2_HEADERS.rawValue
        // DATA on an idle stream is the library's, and on one that is over the meter's.
        guard isHeaders, id > 0, id & 1 == 1 else { return nil }
        guard id <= last else {
            if id > last + 2 { skip((last + 1)...(id - 1)) }
            (last, pending) = (id, id)
            return nil
        }
        guard isOver(id, isOpen: isOpen) else { return nil }
        return skipped.contains { $0.contains(id) } ? NGHTTP2_PROTOCOL_ERROR : NGHTTP2_STREAM_CLOSED
    }

    /// Whether the client knows that this stream is over: it ended or reset it, or passed its number over.
    func isOver(_ id: Int32, isOpen: (Int32) -> Bool) -> Bool {
        id > 0 && id <= last && id & 1 == 1 && id != pending && !isOpen(id) && !forgiven.contains(id)
    }

    /// The stream that the last HEADERS frame named is open.
    mutating func opened() { pending = 0 }

    /// We ended a stream that the client had not.
    mutating func forgive(_ id: Int32) {
        // One that the library refuses is told twice: it was never opened, and it is reset.
        guard !forgiven.contains(id) else { return }
        Self.keep(id, in: &forgiven, &oldestForgiven, most: mostForgiven)
    }

    private mutating func skip(_ range: ClosedRange<Int32>) {
        Self.keep(range, in: &skipped, &oldestSkipped, most: Self.mostSkipped)
    }

    private static func keep<Element>(_ element: Element, in list: inout [Element], _ oldest: inout Int, most: Int) {
        guard list.count >= most else { return list.append(element) }
        list[oldest] = element
        oldest = (oldest + 1) % most
    }
}
