import BursarBasics
import Glibc
import NIOCore

/// A connection's memory of the last request head it answered with a prepared response. Clients that keep a connection repeat
/// their head byte for byte, or all but what tracing puts into it; such a repetition is answered again without a parser, because
/// these very bytes have already passed it, for the same caller, and the answer is still current. *Value, of one connection*; it
/// cannot be copied, because a copy for each request cost ten reference counts.
///
/// Nothing is guessed: the whole head is compared, its empty line included, so that bytes which begin alike but go on
/// differently never match. Only the values of ``TracingFields`` may differ, on which no answer depends, and they are held to the
/// grammar of a value. Heads with a body are never kept.
struct RequestReplay: ~Copyable {
    /// See `ServerLimits.headBytes`: a tracing value may be longer than the one before.
    let mostBytes: Int
    private var head: [UInt8] = []
    /// Where tracing's values stand in ``head``, in order.
    private var tracing: [Range<Int>] = []
    /// Which of these is the one `traceparent`; nil: there is none, or nobody wants to know what it says.
    private var traceparent: Int?
    private(set) var prepared: PreparedResponse?
    private var validity = Validity()
    private var until = NIODeadline.distantPast
    private(set) var method = ""
    private(set) var path = ""
    private(set) var isHead = false
    /// Of the head that was matched last.
    private(set) var trace: TraceContext?
    /// What counts a repetition, where no record of it is wanted.
    private(set) var counter: RequestCounter?

    /// Heads kept in a row of which none came again.
    private var vain = 0

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// A client whose heads all differ is not worth a copy of each: after so many in vain, one in as many is tried.
    static let mostInVain = 16

    /// Longer heads are those of browsers with cookies; not worth keeping a copy for each connection.
    static let longestHead = 2 * 1024

    /// A head that was not matched has been answered: whether to keep it.
    mutating func isWorthKeeping() -> Bool {
        vain &+= 1
        return vain < Self.mostInVain || vain % Self.mostInVain == 0
    }

    /// The length of the head that `bytes` begin with, where it is the kept one and its answer may still be given; 0: it is not, or
    /// it may not.
    mutating func match(_ bytes: ByteBuffer, now: NIODeadline) -> Int {
        guard prepared != nil else { return 0 }
        let length = head.withUnsafeBytes { kept in
            bytes.withUnsafeReadableBytes { Self.length(of: $0, like: kept, but: tracing) }
        }
        guard length > 0, length <= mostBytes else { return 0 }
        vain = 0
        guard validity.isCurrent, now < until else { return 0 }
        if let traceparent { trace = bytes.withUnsafeReadableBytes { context(in: $0, traceparent) } }
        return length
    }

    /// What a head that matched says of its trace.
    private func context(in bytes: UnsafeRawBufferPointer, _ place: Int) -> TraceContext? {
        var (start, end, keptEnd) = (0, 0, 0)
        for value in tracing[...place] {
            start = end + value.lowerBound - keptEnd
            end = ByteSet.endOfValue(bytes, from: start)
            keptEnd = value.upperBound
        }
        func isBlank(_ index: Int) -> Bool { bytes[index] == 0x20 || bytes[index] == 0x09 }
        while start < end, isBlank(start) { start += 1 }
        while start < end, isBlank(end - 1) { end -= 1 }
        return TraceContext(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }

    /// - Parameter values: places in `kept` where another value may stand.
    private static func length(
        of bytes: UnsafeRawBufferPointer, like kept: UnsafeRawBufferPointer, but values: [Range<Int>]
    ) -> Int {
        var (end, keptEnd) = (0, 0)
        for value in values {
            guard isSame(bytes, from: end, as: kept, keptEnd..<value.lowerBound) else { return 0 }
            end = ByteSet.endOfValue(bytes, from: end + value.lowerBound - keptEnd)
            keptEnd = value.upperBound
        }
        return isSame(bytes, from: end, as: kept, keptEnd..<kept.count) ? end + kept.count - keptEnd : 0
    }

    private static func isSame(
        _ bytes: UnsafeRawBufferPointer, from start: Int, as kept: UnsafeRawBufferPointer, _ range: Range<Int>
    ) -> Bool {
        guard let base = bytes.baseAddress, let keptBase = kept.baseAddress, bytes.count - start >= range.count else {
            return false
        }
        return memcmp(keptBase + range.lowerBound, base + start, range.count) == 0
    }

    /// A head was answered with something that may be repeated. The copy reuses its room: a client whose heads all differ
    /// pays a `memcpy` here and nothing else.
    /// - Parameters:
    ///   - trace: what the head says of its trace.
    ///   - readsTraces: whether repetitions are to say it, too.
    mutating func keep(
        _ bytes: UnsafeRawBufferPointer, prepared: PreparedResponse, replay: Replay, method: String, path: String,
        trace: TraceContext?, readsTraces: Bool, counter: RequestCounter?
    ) {
        guard bytes.count <= Self.longestHead, prepared.restHasBody else { return forget() }
        head.removeAll(keepingCapacity: true)
        head.append(contentsOf: bytes)
        tracing = TracingFields.values(in: bytes)
        traceparent = readsTraces ? TracingFields.onlyTraceparent(in: bytes, values: tracing) : nil
        (self.prepared, validity, until) = (prepared, replay.validity, replay.until)
        (self.method, self.path, isHead, self.trace, self.counter) = (method, path, method == "HEAD", trace, counter)
    }

    mutating func forget() { prepared = nil }
}
