import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A connection's memory of the last request head it answered with a prepared response. Clients that keep a connection repeat
/// their head byte for byte; such a repetition is answered again without a parser, because these very bytes have already
/// passed it, for the same caller, and the answer is still current. *Value, of one connection.*
///
/// Nothing is guessed: the whole head is compared, its empty line included, so that bytes which begin alike but go on
/// differently never match. Heads with a body are never kept.
struct RequestReplay {
    private var head: [UInt8] = []
    private(set) var prepared: PreparedResponse?
    private var replay: Replay?
    private(set) var method = ""
    private(set) var path = ""

    /// Longer heads are those of browsers with cookies; not worth keeping a copy for each connection.
    static let longestHead = 2 * 1024

    /// The kept answer, where `bytes` begin with the kept head and the answer may still be given; the head's length with it.
    func match(_ bytes: UnsafeRawBufferPointer, now: NIODeadline) -> (prepared: PreparedResponse, length: Int)? {
        guard let prepared, let replay, bytes.count >= head.count, let base = bytes.baseAddress else { return nil }
        let isSame = head.withUnsafeBytes { kept in
            guard let start = kept.baseAddress else { return false }
            return memcmp(start, base, kept.count) == 0
        }
        guard isSame, replay.validity.isCurrent, now < replay.until else { return nil }
        return (prepared, head.count)
    }

    /// A head was answered with something that may be repeated. The copy reuses its room: a client whose heads all differ
    /// pays a `memcpy` here and nothing else.
    mutating func keep(_ bytes: UnsafeRawBufferPointer, prepared: PreparedResponse, replay: Replay, method: String, path: String)
    {
        guard bytes.count <= Self.longestHead, prepared.restHasBody else { return forget() }
        head.removeAll(keepingCapacity: true)
        head.append(contentsOf: bytes)
        (self.prepared, self.replay, self.method, self.path) = (prepared, replay, method, path)
    }

    mutating func forget() {
        guard prepared != nil else { return }
        (prepared, replay) = (nil, nil)
    }
}
