package import NIOCore

/// One answer. What is not said here is the server's: Content-Length, Date, Connection, and the framing of HEAD, 204 and 304.
/// *Value.*
package struct Response: Sendable {
    package var status: Int
    /// Those of ``HeaderFields/ownedByServer`` are left out where they are given.
    package var headers: HeaderFields
    package var body: ByteBuffer
    /// When given, an `Age` header goes out.
    package var age: AnswerAge?
    /// When given, everything above is ignored but `status`, and so is `producer`: this is written instead, with only Date and Age
    /// put in.
    package var prepared: PreparedResponse?
    /// How long a connection may answer the very same request head again with `prepared`; nil: never.
    package var replay: Replay?
    /// Others of the same second get `prepared` too: its bytes are worth keeping at hand. Said by whoever took it from a table.
    package private(set) var isForMany = false
    /// When given, it makes the body piece by piece, and `body` is ignored.
    package var producer: (any BodyProducer)?
    /// What it was made of; a prepared one knows it.
    package var cache = CacheUse.none
    /// Ends the connection behind this response.
    package var closesConnection = false

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
        cache = prepared.cache
    }

    /// The same, said to be for many: see ``isForMany``.
    package var forMany: Response {
        var response = self
        response.isForMany = true
        return response
    }
}
