import BursarBasics
package import NIOCore
package import Synchronization

/// A flag that whoever made an answer flips when it is no longer true; connections that keep the answer look at it before
/// they write it again. One acquiring load: a flip is seen by the next read of every loop, which is all that is promised.
/// *Atomic: any thread.*
package final class Validity: Sendable {
    private let current = Atomic<Bool>(true)

    package init() {}

    package var isCurrent: Bool { current.load(ordering: .acquiring) }
    package func invalidate() { current.store(false, ordering: .releasing) }
}

/// How long a connection may answer a byte-identical request head with the same prepared response without asking anybody:
/// while the flag stands and the deadline has not come. It never leaves its connection, so no other caller can get it.
/// *Value.*
package struct Replay: Sendable {
    package let validity: Validity
    package let until: NIODeadline

    package init(validity: Validity, until: NIODeadline) {
        self.validity = validity
        self.until = until
    }
}

/// What the HTTP/2 side keeps with a prepared response (a ready name/value array): a class of its own, so that Core needs no
/// nghttp2. *Immutable after init,* which a class that others inherit from has to say itself to be Sendable.
package class PreparedFields: @unchecked Sendable {
    package init() {}
}

/// A rendered answer whose bytes stand ready: a hit copies them and puts in Date and Age, the only ones that move.
/// *Immutable; any thread.*
package final class PreparedResponse: Sendable {
    package let status: Int
    /// In order, lower case, with Content-Length, without Date, Age and Connection. HTTP/2 makes its array from these.
    package let headers: HeaderFields
    package let body: ByteBuffer
    package let etag: String?
    package let age: AnswerAge?
    package let cache: CacheUse
    /// The same answer in the gzip coding, for a responder that found it accepted.
    package let gzip: PreparedResponse?
    /// The 304 for this answer's tag, ready in the same way.
    package let notModified: PreparedResponse?
    /// Made by the HTTP/2 side at first use; one atomic load afterwards.
    package let http2 = AtomicLazyReference<PreparedFields>()
    /// A large body as a file, made when it is first written to a socket in the clear.
    private let bodyFile = AtomicLazyReference<BodyFile>()

    /// "HTTP/1.1 200 OK\r\nDate: ", 29 bytes for the date at `datePlace`, "\r\n", the fields each with "\r\n", and, where an
    /// age is wanted, "Age: " as the last bytes.
    let http1Head: [UInt8]
    let datePlace: Int
    /// "\r\n" where an Age precedes it, "\r\n" again, and the body when it is small: what follows the age or the head.
    let http1Rest: [UInt8]
    /// True when `http1Rest` holds the body; a large body goes out as a buffer of its own instead of being copied.
    let restHasBody: Bool

    /// Bodies up to this many bytes are copied into the connection's buffer; above, a second element of the gathered write is
    /// cheaper than the copy.
    static let largestCopiedBody = 16 * 1024

    /// - Parameter headers: as in `Response`; `etag` becomes an ETag header. A 204 or 304 gets no Content-Length and no body.
    package init(
        status: Int = 200, headers: HeaderFields, body: ByteBuffer = ByteBuffer(), etag: String? = nil,
        age: AnswerAge? = nil, cache: CacheUse = .none, gzip: PreparedResponse? = nil,
        notModified: PreparedResponse? = nil
    ) {
        var fields = headers
        for name in HeaderFields.ownedByServer { fields.remove(name) }
        if let etag { fields["etag"] = etag }
        let mayHaveBody = !HTTPStatus.isBodiless(status)
        if mayHaveBody { fields.add("content-length", String(body.readableBytes)) }
        self.status = status
        self.headers = fields
        self.body = mayHaveBody ? body : ByteBuffer()
        self.etag = etag
        self.age = age
        self.cache = cache
        self.gzip = gzip
        self.notModified = notModified

        var head: [UInt8] = []
        head.append(contentsOf: HTTPStatus.line(status).utf8)
        head.append(contentsOf: "Date: ".utf8)
        datePlace = head.count
        head.append(contentsOf: repeatElement(0x20, count: HTTPDate.length))
        head.append(contentsOf: "\r\n".utf8)
        fields.appendHTTP1(to: &head)
        if age != nil { head.append(contentsOf: "Age: ".utf8) }
        http1Head = head

        var rest = Array((age == nil ? "\r\n" : "\r\n\r\n").utf8)
        restHasBody = self.body.readableBytes <= Self.largestCopiedBody
        if restHasBody { self.body.withUnsafeReadableBytes { rest.append(contentsOf: $0) } }
        http1Rest = rest
    }

    /// Nil for a body that is not large.
    var file: BodyFile? {
        guard body.readableBytes >= BodyFile.smallest else { return nil }
        return bodyFile.load() ?? bodyFile.storeIfNil(BodyFile(body))
    }
}
