package import NIOCore

/// One answer. What is not said here is the server's: Content-Length, Date, Connection, and the framing of HEAD, 204 and 304.
/// *Value.*
package struct Response: Sendable {
    package var status: Int
    /// Without Content-Length, Transfer-Encoding, Connection and Date: those are left out where they are given.
    package var headers: HeaderFields
    package var body: ByteBuffer
    /// When given, an `Age` header with the whole seconds since then goes out.
    package var ageBase: NIODeadline?
    /// When given, everything above is ignored but `status`: this is written instead, with only Date and Age put in.
    package var prepared: PreparedResponse?
    /// How long a connection may answer the very same request head again with `prepared`; nil: never.
    package var replay: Replay?
    /// When given, it makes the body piece by piece, and `body` is ignored.
    package var producer: (any BodyProducer)?
    /// Ends the connection behind this response.
    package var closesConnection = false
    /// How the response ends; anything but `.complete` is there for the mocks.
    package var ending = Ending.complete
    /// Waits this long before the first byte: for the mocks.
    package var delay: TimeAmount?

    package init(status: Int, headers: HeaderFields = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A body that is produced while the client reads it.
    package init(status: Int, headers: HeaderFields = [:], producer: any BodyProducer) {
        self.init(status: status, headers: headers)
        self.producer = producer
    }

    package init(status: Int, headers: HeaderFields = [:], bytes: [UInt8]) {
        self.init(status: status, headers: headers, body: ByteBuffer(bytes: bytes))
    }

    /// A body of text; `contentType` is added to the headers.
    package init(status: Int, headers: HeaderFields = [:], contentType: String = "text/plain; charset=utf-8", text: String) {
        self.init(status: status, headers: headers, body: ByteBuffer(string: text))
        self.headers["content-type"] = contentType
    }

    package init(prepared: PreparedResponse, replay: Replay? = nil) {
        self.init(status: prepared.status)
        self.prepared = prepared
        self.replay = replay
    }

    /// How a response ends. *Value.*
    package enum Ending: Sendable, Hashable {
        /// Whole, and the connection goes on.
        case complete
        /// Nothing is ever written; the connection stays open until the peer or a limit ends it.
        case hang
        /// The connection is reset at once, nothing is written.
        case reset
        /// Head and this many body bytes, then the connection is closed although Content-Length promised more.
        case truncated(after: Int)
        /// Head and this many body bytes, then nothing more while the connection stays open.
        case stalled(after: Int)
        /// The body in pieces of this many bytes, one each interval: a slow upstream.
        case dripped(bytes: Int, every: TimeAmount)
    }
}
