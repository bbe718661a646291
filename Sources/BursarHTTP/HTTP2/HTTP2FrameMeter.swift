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
    }

    /// Which limit was passed: the label for a counter and for GOAWAY's debug data.
    enum Flood: String, Equatable, Sendable, CaseIterable {
        case control, settings, resets, faults, windowUpdates = "window_updates", emptyData = "empty_data", continuations
        case outboundFrames = "outbound_frames"
    }

    /// Where in the stream of bytes the meter stands.
    private enum Position: Equatable {
        /// In the 24 bytes that open a connection; libnghttp2 checks what they say.
        case preface(left: Int)
        /// In a frame head, so many bytes of it read.
        case head(read: Int)
        /// In a frame's payload.
        case payload(left: Int)
    }

    private let limits: HTTP2FrameLimits
    private var position = Position.preface(left: 24)
    private var head: (UInt8, UInt8, UInt8, type: UInt8, flags: UInt8) = (0, 0, 0, 0, 0)
    private var continuations = 0
    private var insideHeaderBlock = false
    private var control: Bucket
    private var settings: Bucket
    private var resets: Bucket
    private var faults: Bucket
    private var emptyData: Bucket
    private var windowUpdates: Bucket

    /// How many frame heads were read: whoever watches for a client that stalls sees by it whether anything moves.
    private(set) var framesSeen: UInt64 = 0

    /// - Parameter startedAt: monotonic nanoseconds at which the connection began, from which the buckets fill.
    init(limits: HTTP2FrameLimits, startedAt: UInt64) {
        self.limits = limits
        control = Bucket(limits.control, startedAt: startedAt)
        settings = Bucket(limits.settings, startedAt: startedAt)
        resets = Bucket(limits.resets, startedAt: startedAt)
        faults = Bucket(limits.faults, startedAt: startedAt)
        emptyData = Bucket(limits.emptyData, startedAt: startedAt)
        windowUpdates = Bucket(limits.windowUpdates, startedAt: startedAt)
    }

    /// Whether the client has begun something (the preface, a frame, a header block) and not ended it.
    var isInsideFrame: Bool { insideHeaderBlock || position != .head(read: 0) }

    /// Bytes arrived.
    /// - Parameter now: monotonic nanoseconds.
    mutating func received(_ bytes: UnsafeRawBufferPointer, now: UInt64) -> Verdict {
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
            case .head(0) where count - index >= 9:
                head = (bytes[index], bytes[index + 1], bytes[index + 2], bytes[index + 3], bytes[index + 4])
                index += 9
                let verdict = headEnded(now: now)
                if verdict != .harmless { return verdict }
            case .head(let read):
                let byte = bytes[index]
                index += 1
                switch read {
                case 0: head.0 = byte
                case 1: head.1 = byte
                case 2: head.2 = byte
                case 3: head.type = byte
                case 4: head.flags = byte
                default: break  // the stream's number: libnghttp2 judges it
                }
                position = .head(read: read + 1)
                guard read == 8 else { continue }
                let verdict = headEnded(now: now)
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
    private mutating func headEnded(now: UInt64) -> Verdict {
        let length = Int(head.0) << 16 | Int(head.1) << 8 | Int(head.2)
        position = length == 0 ? .head(read: 0) : .payload(left: length)
        framesSeen &+= 1
        return frameBegan(length: length, now: now)
    }

    private mutating func frameBegan(length: Int, now: UInt64) -> Verdict {
        let isLast = head.flags & 0x4 != 0  // END_HEADERS
        switch head.type {
        case 0x0:  // DATA
            let endsStream = head.flags & 0x1 != 0
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
