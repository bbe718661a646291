package import BursarBasics
package import NIOCore

/// What a responder has to say: an answer, or that one is being made. *Value.*
package enum Reply: Sendable {
    /// Written in this read, in this call stack: a hit.
    case now(Response)
    /// Made by a task of the connection, which is cancelled when the client goes away; later answers of this connection wait
    /// for it (HTTP/1.1 keeps order), other connections do not.
    case later(@Sendable () async -> Response)
    /// Made on the connection's event loop when the wait is over; as `later` for everything else. The closure is as quick as
    /// what makes a `now`.
    case after(any Wait, @Sendable () -> Response)
}

/// The one thing that this server asks of whoever serves: called on an event loop, so it must neither block nor wait.
package protocol Responder: Sendable {
    func respond(to request: Request) -> Reply
    /// What the server itself answers with where the request never reached `respond`: the status of a ``HeadFault``, 408 for a request
    /// that did not come in time, 503 where there is no room. A connection of HTTP/1.1 is closed behind it, of one of HTTP/2 only
    /// the stream ends. `detail` is a sentence of the server's own words, never the client's bytes.
    func refusal(status: Int, detail: String, requestID: RequestID) -> Response
}

extension Responder {
    package func refusal(status: Int, detail: String, requestID: RequestID) -> Response {
        Response(status: status, text: "\(status) \(HTTPStatus.reason(status)): \(detail)\n")
    }
}

/// A responder made of a closure: for tests, mocks and benchmarks. *Value.*
package struct ClosureResponder: Responder {
    private let body: @Sendable (Request) -> Reply

    package init(_ body: @escaping @Sendable (Request) -> Reply) { self.body = body }
    package func respond(to request: Request) -> Reply { body(request) }
}

/// What is known of a request once its last byte was handed to the socket, or once it is clear that none will be: for the
/// access log and the metrics. No query string and no header value: those may hold what must not be logged. *Value.*
package struct RequestRecord: Sendable {
    package let id: RequestID
    package let method: String
    /// Without the query. Empty where the request line could not be read.
    package let path: String
    /// The status written; 0 where the client left before there was one.
    package let status: Int
    /// Body bytes handed over.
    package let bytes: Int
    /// From the complete head to the hand-over of the last byte.
    package let duration: TimeAmount
    /// The client as text, for the log alone.
    package let peer: String
    package let listener: String
    package let version: HTTPVersion
    /// True when the connection's own replay answered it.
    package let wasReplayed: Bool
    /// Whether it came over TLS.
    package let isSecure: Bool
    package let cache: CacheUse
    /// Where it stands in its caller's trace; nil also where nobody wants to know.
    package let trace: TraceContext?

    package init(
        id: RequestID, method: String, path: String, status: Int, bytes: Int, duration: TimeAmount, peer: String,
        listener: String, version: HTTPVersion, wasReplayed: Bool = false, isSecure: Bool = false, cache: CacheUse = .none,
        trace: TraceContext? = nil
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.status = status
        self.bytes = bytes
        self.duration = duration
        self.peer = peer
        self.listener = listener
        self.version = version
        self.wasReplayed = wasReplayed
        self.isSecure = isSecure
        self.cache = cache
        self.trace = trace
    }
}

/// Hears of every finished request, on its event loop: must neither block nor wait. Where a server has none, no record is
/// made at all.
package protocol RequestObserver: Sendable {
    func requestCompleted(_ record: RequestRecord)
    /// What to tick for each repetition of an answer, where counting is all that would be done with its record; nil: every
    /// repetition is reported like any other request. Asked once, when a connection keeps an answer.
    /// - Parameter record: as each repetition's would be, but for its number.
    func counter(ofRepeated record: RequestRecord) -> RequestCounter?
    /// Whether records are to say where their requests stand in a trace: reading that costs a little.
    var wantsTraces: Bool { get }
    /// A connection was closed because it brought no PROXY header, or none that can be read, where each must.
    func proxyHeaderRefused(peer: Peer, listener: String)
    /// A listener's socket answered an accept with an error other than that something ran out; it is listened on anew in a moment.
    func acceptFailed(listener: String, reason: String)
}

extension RequestObserver {
    package func proxyHeaderRefused(peer: Peer, listener: String) {}
    package func acceptFailed(listener: String, reason: String) {}
    package func counter(ofRepeated record: RequestRecord) -> RequestCounter? { nil }
    package var wantsTraces: Bool { false }
}
