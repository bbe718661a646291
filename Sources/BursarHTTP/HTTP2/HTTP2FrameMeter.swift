/// Walks the frame heads of what a client sends, before libnghttp2 sees it, and says when they are an attack; a *value*.
///
/// libnghttp2 counts some of this itself, depending on its version, and swallows other kinds without telling. This reads nine
/// bytes a frame and so judges every kind in the same way, whatever library is installed. A bucket looks at
/// the time only when it is empty, so an honest client costs a few additions a frame.
struct HTTP2FrameMeter {
    /// What the bytes so far amount to.
    enum Verdict: Equatable {
        /// Nothing that must be stopped.
        case harmless
        /// The client must be told to go away (ENHANCE_YOUR_CALM), because of this.
        case flood(Flood)
        /// A rule is broken that the library does not watch; the connection ends with this error of RFC 9113 7.
        case broken(Violation)
    }

    /// What is wrong with a PRIORITY frame (RFC 9113 6.3, RFC 7540 5.3.1) or with where DATA comes (5.1). Its error is one of the
    /// connection, also where one of the stream would do: no client in use does these, and a stream that is idle cannot be reset.
    enum Violation: Equatable {
        /// DATA on a stream that the client knows to be over: STREAM_CLOSED.
        case dataBehindEnd
        /// On stream 0, or on a stream that then depends on itself: PROTOCOL_ERROR.
        case priority
        /// Of a length other than five: FRAME_SIZE_ERROR.
        case prioritySize
    }

    /// Which limit was passed. A client is told the same of each, and they are one event of the metrics.
    enum Flood: Equatable, Sendable {
        case control, settings, resets, faults, windowUpdates, emptyData, continuations, outboundFrames
    }

    /// Where in the stream of bytes the meter stands.
    private enum Position: Equatable {
        /// In the 24 bytes that open a connection; libnghttp2 checks what they say.
        case preface(left: Int)
        /// In a frame head, so many bytes of it read.
        case head(read: Int)
        /// In a frame's payload.
        case payload(left: Int)
        /// Before the first byte of a padded DATA frame, which says how much of the rest is padding.
        case padding(left: Int)
        /// In the number that a PRIORITY frame begins with, so many bytes of it read.
        case dependency(read: Int)
    }

    private let limits: HTTP2FrameLimits
    private var position = Position.preface(left: 24)
    private var head: (UInt8, UInt8, UInt8, type: UInt8, flags: UInt8) = (0, 0, 0, 0, 0)
    /// The frame's stream, and what a PRIORITY frame says that it depends on.
    private var stream: UInt32 = 0
    private var dependency: UInt32 = 0
    private var continuations = 0
    private var insideHeaderBlock = false
    private var control: Bucket
    private var settings: Bucket
    private var resets: Bucket
    private var faults: Bucket
    private var emptyData: Bucket
    private var windowUpdates: Bucket

    /// When the first byte came of what was begun last: the preface, a frame, or a header block with its CONTINUATION frames.
    private(set) var begunAt: UInt64

    /// - Parameter startedAt: monotonic nanoseconds at which the connection began, from which the buckets fill.
    init(limits: HTTP2FrameLimits, startedAt: UInt64) {
        self.limits = limits
        begunAt = startedAt
        control = Bucket(limits.control, startedAt: startedAt)
        settings = Bucket(limits.settings, startedAt: startedAt)
        resets = Bucket(limits.resets, startedAt: startedAt)
        faults = Bucket(limits.faults, startedAt: startedAt)
        emptyData = Bucket(limits.emptyData, startedAt: startedAt)
        windowUpdates = Bucket(limits.windowUpdates, startedAt: startedAt)
    }

    /// The time of what has begun counts from now.
    mutating func frameGoesOn(now: UInt64) { begunAt = now }

    /// Whether the client has begun something (the preface, a frame, a header block) and not ended it.
    var isInsideFrame: Bool { insideHeaderBlock || position != .head(read: 0) }

    /// Bytes arrived.
    /// - Parameters:
    ///   - now: monotonic nanoseconds.
    ///   - isOver: whether a stream was over before these bytes; asked for DATA, on which the library says nothing then.
    mutating func received(
        _ bytes: UnsafeRawBufferPointer, now: UInt64, isOver: (UInt32) -> Bool = { _ in false }
    ) -> Verdict {
        var index = 0
        let count = bytes.count
        while index < count {
            switch position {
            case .preface(let left):
                let step = min(left, count - index)
                index += step
                position = step == left ? .head(read: 0) : .preface(left: left - step)
            case .payload(let left):
                let step = min(left, count - index)
                index += step
                position = step == left ? .head(read: 0) : .payload(left: left - step)
            case .padding(let left):
                let data = left - 1 - Int(bytes[index])
                index += 1
                position = left == 1 ? .head(read: 0) : .payload(left: left - 1)
                // Padding alone moves nothing, as an empty frame (CVE-2019-9518).
                if data <= 0, !emptyData.take(now: now) { return .flood(.emptyData) }
            case .dependency(let read):
                dependency = dependency << 8 | UInt32(bytes[index])
                index += 1
                position = read == 3 ? .payload(left: 1) : .dependency(read: read + 1)
                if read == 3, dependency & 0x7FFF_FFFF == stream { return .broken(.priority) }
            case .head(0) where count - index >= 9:
                if !insideHeaderBlock { begunAt = now }
                head = (bytes[index], bytes[index + 1], bytes[index + 2], bytes[index + 3], bytes[index + 4])
                stream =
                    UInt32(bytes[index + 5] & 0x7F) << 24 | UInt32(bytes[index + 6]) << 16 | UInt32(bytes[index + 7]) << 8
                    | UInt32(bytes[index + 8])
                index += 9
                let verdict = headEnded(now: now, isOver)
                if verdict != .harmless { return verdict }
            case .head(let read):
                let byte = bytes[index]
                index += 1
                switch read {
                case 0:
                    head.0 = byte
                    if !insideHeaderBlock { begunAt = now }
                case 1: head.1 = byte
                case 2: head.2 = byte
                case 3: head.type = byte
                case 4: head.flags = byte
                case 5: stream = UInt32(byte & 0x7F)
                default: stream = stream << 8 | UInt32(byte)
                }
                position = .head(read: read + 1)
                guard read == 8 else { continue }
                let verdict = headEnded(now: now, isOver)
                if verdict != .harmless { return verdict }
            }
        }
        return .harmless
    }

    /// We reset a stream because of what the client sent on it.
    mutating func faultAnswered(now: UInt64) -> Verdict {
        faults.take(now: now) ? .harmless : .flood(.faults)
    }

    /// A frame head is complete: its payload comes next.
    private mutating func headEnded(now: UInt64, _ isOver: (UInt32) -> Bool) -> Verdict {
        let length = Int(head.0) << 16 | Int(head.1) << 8 | Int(head.2)
        position = length == 0 ? .head(read: 0) : .payload(left: length)
        return frameBegan(length: length, now: now, isOver)
    }

    private mutating func frameBegan(length: Int, now: UInt64, _ isOver: (UInt32) -> Bool) -> Verdict {
        let isLast = head.flags & 0x4 != 0  // END_HEADERS
        switch head.type {
        case 0x0:  // DATA
            if isOver(stream) { return .broken(.dataBehindEnd) }
            let endsStream = head.flags & 0x1 != 0
            if head.flags & 0x8 != 0, length > 0, !endsStream {
                position = .padding(left: length)
                return .harmless
            }
            return length > 0 || endsStream || emptyData.take(now: now) ? .harmless : .flood(.emptyData)
        case 0x1:  // HEADERS
            continuations = 0
            insideHeaderBlock = !isLast
            windowUpdates.give(4)
            return .harmless
        case 0x9:  // CONTINUATION
            continuations += 1
            insideHeaderBlock = !isLast
            return continuations <= limits.continuations ? .harmless : .flood(.continuations)
        case 0x2:
            guard control.take(now: now) else { return .flood(.control) }
            if stream == 0 { return .broken(.priority) }
            if length != 5 { return .broken(.prioritySize) }
            (position, dependency) = (.dependency(read: 0), 0)
            return .harmless
        case 0x3: return resets.take(now: now) ? .harmless : .flood(.resets)
        case 0x4: return settings.take(now: now) ? .harmless : .flood(.settings)
        case 0x8: return windowUpdates.take(now: now) ? .harmless : .flood(.windowUpdates)
        default: return control.take(now: now) ? .harmless : .flood(.control)
        }
    }
}

/// A token bucket that looks at the clock only when it is empty; a *value*.
private struct Bucket {
    private let rate: HTTP2FrameLimits.Rate
    private var left: Int
    private var filledAt: UInt64

    init(_ rate: HTTP2FrameLimits.Rate, startedAt: UInt64) {
        self.rate = rate
        left = rate.burst
        filledAt = startedAt
    }

    /// Takes one, or says that there is none. What came back since the bucket was last filled counts, up to a full one.
    mutating func take(now: UInt64) -> Bool {
        if left > 0 {
            left -= 1
            return true
        }
        let seconds = now > filledAt ? (now - filledAt) / 1_000_000_000 : 0
        guard seconds > 0 else { return false }
        // A bucket is full long before the product could overflow: a day is enough for any rate that makes sense.
        left = min(rate.burst, Int(min(seconds, 86_400)) * rate.perSecond)
        filledAt = now
        guard left > 0 else { return false }
        left -= 1
        return true
    }

    mutating func give(_ count: Int) { left = min(rate.burst, left + count) }
}
