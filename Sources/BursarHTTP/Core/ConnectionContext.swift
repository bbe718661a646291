package import BursarBasics

/// Everything that a connection's protocol handler needs of its server, HTTP/1.1 and HTTP/2 alike. *Event loop.*
package final class ConnectionContext {
    package private(set) var info: ConnectionInfo
    package let responder: any Responder
    package let observer: (any RequestObserver)?
    package let limits: ServerLimits
    package let times: LimitTimes
    package let counters: ServerCounters
    package let dates: DateCache
    package let spare: SpareBuffer
    package let rendered: RenderedAnswers
    /// What takes over for HTTP/2; nil: this listener speaks HTTP/1.1 only.
    package let http2: (any HTTP2Starter)?
    /// True from the drain on: the next response says that the connection ends.
    package var isDraining: Bool

    private let identity: UInt64
    private var requests: UInt64 = 0

    /// - Parameter identity: unique in the process; request ids are made of it.
    package init(
        info: ConnectionInfo, responder: any Responder, observer: (any RequestObserver)? = nil,
        limits: ServerLimits = ServerLimits(),
        counters: ServerCounters = ServerCounters(), dates: DateCache = DateCache(), http2: (any HTTP2Starter)? = nil,
        identity: UInt64 = 0, isDraining: Bool = false, spare: SpareBuffer = SpareBuffer(),
        rendered: RenderedAnswers = RenderedAnswers()
    ) {
        self.info = info
        self.responder = responder
        self.observer = observer
        self.limits = limits
        times = LimitTimes(limits)
        self.counters = counters
        self.dates = dates
        self.spare = spare
        self.rendered = rendered
        self.http2 = http2
        self.identity = identity
        self.isDraining = isDraining
    }

    /// The handshake showed who the client is: before the first request, and never again.
    func identified(by certificateNames: [String]) { info = info.showing(certificateNames: certificateNames) }

    /// A bijection of (connection, number of the request), so two requests of a process never share one: SplitMix64's last
    /// steps, each of which can be undone. Mixed only so that ids do not tell how many requests there were.
    package func nextRequestID() -> RequestID {
        requests &+= 1
        var value = identity &<< 24 &+ requests
        value = (value ^ (value &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value &>> 27)) &* 0x94D0_49BB_1331_11EB
        return RequestID(value: value ^ (value &>> 31))
    }
}
