/// What a client may use up before the server ends it. Each has its reason. Each that the server itself enforces but `lingerTime`
/// is counted when it is hit (`ServerCounters`). *Value.*
package struct ServerLimits: Sendable, Equatable {
    /// Request line and fields together. Browsers' cookies stay below 8 KiB; the double leaves room for proxies' additions.
    package var headBytes = 16 * 1024
    /// A real request has about twenty; a hundred is what Apache allows as well.
    package var headerFields = 100
    /// Nothing here takes an upload: the mocks' scenario documents are the largest body.
    package var bodyBytes = 64 * 1024
    /// From the connection's start or the first byte of a further request to the end of its head: slow clients (slowloris).
    package var headTime = Duration.seconds(10)
    /// From the end of a head to the end of its body.
    package var bodyTime = Duration.seconds(30)
    /// A kept connection without a request. Above the 60 s of usual proxies, so that they close first and no request is lost.
    package var idleTime = Duration.seconds(75)
    /// How long a peer may take nothing of what is written for it.
    package var writeStallTime = Duration.seconds(30)
    /// How long the server reads on after it said it would close, so that the client gets the answer and not a reset.
    package var lingerTime = Duration.seconds(2)
    /// Afterwards `Connection: close`: lets load spread anew over replicas, and bounds what a leak per connection could cost.
    package var requestsPerConnection = 1_000_000
    /// Bytes of further requests kept while an earlier one's answer is made; then reading stops. Four full heads.
    package var pipelinedBytes = 64 * 1024
    /// Bytes queued for a peer that does not read; then no further request of it is answered, and reading stops. Beside what
    /// the kernel holds; with it, a slow reader costs at most this, one batch of 32 KiB and one answer.
    package var outboundBytes = 64 * 1024
    /// All listeners together; above, a connection is answered 503 and closed. Far above what callers of one gateway need, and
    /// below the usual 65,536 descriptors.
    package var connections = 10_000
    /// One peer address's share of `connections`, where it is a TCP address; nil: no share. Local callers all are 127.0.0.1.
    package var connectionsPerPeer: Int?
    /// Answers that never end by themselves, all listeners together; above, one more is answered 503. A tenth of the connections, so
    /// that those who stay leave room for those who ask. Each may be a connection, or one of many streams on one.
    package var streams = 1_000
    /// One peer address's share of `streams`, as of `connections`.
    package var streamsPerPeer: Int?

    package init() {}
}
