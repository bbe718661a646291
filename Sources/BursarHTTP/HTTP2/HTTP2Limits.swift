package import NIOCore

/// What an HTTP/2 connection may cost beyond what `ServerLimits` says for every protocol; a *value*. Each default holds against a
/// hostile client and is far above what an honest one needs.
package struct HTTP2Limits: Sendable, Equatable {
    /// Streams a client may have open at once. Browsers open six, load generators a hundred.
    package var concurrentStreams = 128
    /// Answers still being worked out, those of streams already reset included: what a rapid-reset attack would pile up.
    package var unfinishedAnswers = 256
    /// The bodies of all unfinished requests of a connection together. Beyond it: 413.
    package var connectionBodyBytes = 256 * 1024
    /// How much of a refused request's body is still read and dropped. A client that is reset in the middle of an upload often
    /// does not show the answer that it was given (curl 7.88 says "stream error" instead of 413).
    package var discardedBytes = 1024 * 1024
    /// Bytes that the channel holds of one connection before it is asked to wait; one batch beyond it may be under way.
    package var outboundBytes = 64 * 1024
    /// Bytes produced in one go. A frame more than this fits the 64 KiB that the buffer then has.
    package var outboundBatch = 48 * 1024 - 1024
    /// Frames (answers, acknowledgements, resets) that may wait for a slow reader.
    package var outboundFrames = 2_000
    /// How long a draining connection waits for the client to see the first GOAWAY before it sends the second.
    package var drainRoundTrip = TimeAmount.seconds(1)
    /// What the client's frames may cost, by kind.
    package var frames = HTTP2FrameLimits()

    package init() {}
}

/// How many frames of each kind that does no work for its sender are tolerated: each a bucket that holds `burst` and gains
/// `perSecond`; a *value*. An honest client stays a hundredfold below.
package struct HTTP2FrameLimits: Sendable, Equatable {
    /// One bucket; a *value*.
    package struct Rate: Sendable, Equatable {
        package var burst: Int
        package var perSecond: Int

        package init(burst: Int, perSecond: Int) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    /// PING, PRIORITY, PRIORITY_UPDATE and kinds we do not know: each costs an answer or a look.
    package var control = Rate(burst: 1_000, perSecond: 50)
    /// SETTINGS: each rewrites tables and costs an acknowledgement. Three in a connection's life are many.
    package var settings = Rate(burst: 50, perSecond: 5)
    /// RST_STREAM: opening and resetting streams starts work that the limit of concurrent streams never sees (CVE-2023-44487).
    package var resets = Rate(burst: 200, perSecond: 20)
    /// Streams that *we* reset because of what the client sent on them: the same attack the other way (CVE-2025-8671).
    package var faults = Rate(burst: 100, perSecond: 10)
    /// DATA without bytes that does not end a stream (CVE-2019-9518).
    package var emptyData = Rate(burst: 100, perSecond: 10)
    /// WINDOW_UPDATE beyond four for each request: one byte of window at a time makes us send one byte a frame (CVE-2019-9511).
    package var windowUpdates = Rate(burst: 2_000, perSecond: 200)
    /// CONTINUATION frames in one header block (CVE-2024-27316). 16 KiB of header fields fit into one HEADERS frame.
    package var continuations = 8

    package init() {}
}
