import CNghttp2

/// What a server said on one HTTP/2 connection, by stream: the order of frames and how a table writes their fields follow from the
/// moments at which its client's bytes came, what each stream says does not. *Value.*
struct HTTP2Conversation: Equatable {
    /// *Value.*
    struct Stream: Equatable {
        var fields: [String] = []
        var body: [UInt8] = []
        var isEnded = false
        var isReset = false
    }

    private(set) var streams: [UInt32: Stream] = [:]
    /// The error codes of each GOAWAY.
    private(set) var goneAway: [UInt32] = []
    private(set) var bodyBytes = 0

    /// - Parameter bytes: all that the server wrote, from its first SETTINGS.
    init(_ bytes: [UInt8]) throws(BrokenRule) {
        var inflater: OpaquePointer?
        try demand(nghttp2_hd_inflate_new(&inflater) == 0, "no memory for a table of fields")
        defer { nghttp2_hd_inflate_del(inflater) }
        var rest = bytes[...]
        while rest.count >= 9 {
            let number = { (range: Range<Int>) in
                rest.dropFirst(range.lowerBound).prefix(range.count).reduce(0) { $0 << 8 | UInt32($1) }
            }
            let (length, type, flags, id) = (Int(number(0..<3)), number(3..<4), number(4..<5), number(5..<9))
            let payload = Array(rest.dropFirst(9).prefix(length))
            // A connection that ends takes its last frame with it.
            guard payload.count == length else { return }
            rest = rest.dropFirst(9 + length)
            var stream = streams[id] ?? Stream()
            switch type {
            case 0:
                stream.body += payload
                bodyBytes += length
            case 1:
                guard let fields = HTTP2FieldBlock.read(payload, inflater) else {
                    throw BrokenRule(description: "fields that no client can read")
                }
                stream.fields += fields.map { "\($0.name): \($0.value)" }
            case 3: stream.isReset = true
            case 7: goneAway.append(payload.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
            default: continue
            }
            if type <= 1, flags & 1 == 1 { stream.isEnded = true }
            if id != 0 { streams[id] = stream }
        }
    }

    /// Whether a client is told the same by `other`. Where a bound of the connection, or its end, came between (a window that nobody
    /// opens, GOAWAY), one of two streams may have got further.
    /// - Parameter isWhole: no bytes came that were no request.
    func saysTheSame(as other: HTTP2Conversation, isWhole: Bool) -> Bool {
        let isBounded = !isWhole || [self, other].contains { $0.bodyBytes >= 65_535 || !$0.goneAway.isEmpty }
        guard isBounded || streams.keys == other.streams.keys else { return false }
        return streams.allSatisfy { id, stream in
            guard let same = other.streams[id] else { return true }
            if isBounded {
                let (shorter, longer) = stream.body.count < same.body.count ? (stream, same) : (same, stream)
                return stream.fields.isEmpty || same.fields.isEmpty
                    || stream.fields == same.fields && longer.body.starts(with: shorter.body)
            }
            return stream == same
        }
    }
}
