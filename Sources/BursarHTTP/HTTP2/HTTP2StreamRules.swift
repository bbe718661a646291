internal import CNghttp2

/// What a client must not send on streams that are over (RFC 9113 5.1, 5.1.1). The library forgets such streams and ignores what comes
/// on them. *Value.*
///
/// Kept is only what must be forgiven: a stream that we reset or never opened, on which the client may have sent more before it heard. Of
/// every other stream that is over the client knows it, because it ended or reset its side itself.
struct HTTP2StreamRules {
    /// How many streams are remembered; older ones have been heard of long ago.
    static let most = 64

    /// The highest number a client has opened.
    private var last: Int32 = 0
    /// The number whose HEADERS frame has begun and that was not opened yet: where another frame follows, it never was.
    private var pending: Int32 = 0
    private var forgiven: [Int32] = []
    private var oldestForgiven = 0
    /// Numbers that were passed over, and are closed without ever having been open.
    private var skipped: [ClosedRange<Int32>] = []
    private var oldestSkipped = 0

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
        id > 0 && id <= last && id & 1 == 1 && id != pending && !forgiven.contains(id) && !isOpen(id)
    }

    /// The stream that the last HEADERS frame named is open.
    mutating func opened() { pending = 0 }

    /// We ended a stream that the client had not.
    mutating func forgive(_ id: Int32) {
        Self.keep(id, in: &forgiven, &oldestForgiven)
    }

    private mutating func skip(_ range: ClosedRange<Int32>) { Self.keep(range, in: &skipped, &oldestSkipped) }

    private static func keep<Element>(_ element: Element, in list: inout [Element], _ oldest: inout Int) {
        guard list.count >= most else { return list.append(element) }
        list[oldest] = element
        oldest = (oldest + 1) % most
    }
}
