import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A connection's memory of the last request head it answered with a prepared response. Clients that keep a connection repeat
/// their head byte for byte; such a repetition is answered again without a parser, because these very bytes have already
/// passed it, for the same caller, and the answer is still current. *Value, of one connection*; it cannot be copied, because a
/// copy for each request cost ten reference counts.
///
/// Nothing is guessed: the whole head is compared, its empty line included, so that bytes which begin alike but go on
/// differently never match. Heads with a body are never kept.
struct RequestReplay: ~Copyable {
    private var head: [UInt8] = []
    private(set) var prepared: PreparedResponse?
    private var validity = Validity()
    private var until = NIODeadline.distantPast
    private(set) var method = ""
    private(set) var path = ""
    private(set) var isHead = false
    /// What counts a repetition, where no record of it is wanted.
    private(set) var counter: RequestCounter?

    /// Heads kept in a row of which none came again.
    private var vain = 0

    /// A client whose heads all differ is not worth a copy of each: after so many in vain, one in as many is tried.
    static let mostInVain = 16

    /// Longer heads are those of browsers with cookies; not worth keeping a copy for each connection.
    static let longestHead = 2 * 1024

    /// A head that was not matched has been answered: whether to keep it.
    mutating func isWorthKeeping() -> Bool {
        vain &+= 1
        return vain < Self.mostInVain || vain % Self.mostInVain == 0
    }

    /// The length of the kept head, where `bytes` begin with it and its answer may still be given; 0: they do not, or it may not.
    mutating func match(_ bytes: ByteBuffer, now: NIODeadline) -> Int {
        guard prepared != nil, bytes.readableBytes >= head.count else { return 0 }
        let isSame = head.withUnsafeBytes { kept in
            bytes.withUnsafeReadableBytes { bytes in
                guard let start = kept.baseAddress, let base = bytes.baseAddress else { return false }
                return memcmp(start, base, kept.count) == 0
            }
        }
        guard isSame else { return 0 }
        vain = 0
        return validity.isCurrent && now < until ? head.count : 0
    }

    /// A head was answered with something that may be repeated. The copy reuses its room: a client whose heads all differ
    /// pays a `memcpy` here and nothing else.
    mutating func keep(
        _ bytes: UnsafeRawBufferPointer, prepared: PreparedResponse, replay: Replay, method: String, path: String,
        counter: RequestCounter?
    ) {
        guard bytes.count <= Self.longestHead, prepared.restHasBody else { return forget() }
        head.removeAll(keepingCapacity: true)
        head.append(contentsOf: bytes)
        (self.prepared, validity, until) = (prepared, replay.validity, replay.until)
        (self.method, self.path, isHead, self.counter) = (method, path, method == "HEAD", counter)
    }

    mutating func forget() { prepared = nil }
}
