internal import BursarBasics
internal import CNghttp2
internal import NIOCore

/// One request and its answer. *Event loop*; reused for later streams of the same connection, so that a hit allocates nothing.
final class HTTP2Stream {
    /// How far a stream is.
    enum State: Equatable {
        /// In the pool; ends when a request begins.
        case unused
        /// The head or the body is still arriving; ends with the last byte or with a refusal.
        case receiving
        /// The request is complete and its answer is being made; ends when there is one or the client leaves.
        case answering
        /// An answer was handed to libnghttp2; ends with its last byte or a reset.
        case sending
    }

    var id: Int32 = 0
    var state = State.unused
    /// The client has ended its side.
    var requestEnded = false
    var isHead = false
    /// Our side has ended too.
    var isAnswered = false
    /// Bytes of an unwanted body that may still come before the stream is reset.
    var discardable = 0

    // The request
    var head: HTTP2RequestHead?
    var body: [UInt8] = []
    /// Nil: its head is still arriving.
    var headEndedAt: NIODeadline?
    /// What `.later` or `.after` is about, cancelled when the client goes away.
    var unfinished: UnfinishedAnswer?
    var method = RequestMethod.other
    /// The method under which it counts as an active request; nil: it does not.
    var activeMethod: RequestMethod?
    /// What the record says of it; filled only where somebody listens.
    var record: HTTP2StreamRecord?

    // The answer
    /// Holds the memory that libnghttp2 was told not to copy.
    var fields: HTTP2PreparedFields?
    /// What is still to be handed over: of the whole body, or of the piece that a producer made last.
    var output = ByteBuffer()
    /// What makes the body piece by piece.
    var streamed: StreamedBody?
    /// Body bytes handed over.
    var sent = 0

    /// Back to the pool, with nothing kept that a later request could see.
    func clear() {
        id = 0
        state = .unused
        requestEnded = false
        isHead = false
        method = .other
        isAnswered = false
        head = nil
        body = []
        headEndedAt = nil
        unfinished = nil
        record = nil
        fields = nil
        output = ByteBuffer()
        streamed = nil
        sent = 0
    }
}

/// What an access record needs and a stream would otherwise have forgotten; a *value*.
struct HTTP2StreamRecord {
    var id: RequestID
    var method: String
    var path: String
    var peer: String
    /// What was answered; 0 where the client left before.
    var status = 0
    var wasReplayed: Bool
    var cache = CacheUse.none
    var trace: TraceContext?
}
