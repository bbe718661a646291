import BursarHTTP
import NIOCore

/// A rendered body in all the forms in which it may be asked for: plain, gzip, and 304. Pure.
enum Representations {
    /// Which forms to make ready.
    enum Forms {
        /// For an answer that many will get.
        case all
        /// For an answer to one request.
        case plain
    }

    /// - Parameters:
    ///   - tag: the entity tag; nil: a strong one of the body.
    ///   - headers: without ETag and Content-Encoding; with Vary.
    static func prepare(
        _ body: [UInt8], tag: String? = nil, status: Int = 200, headers: HeaderFields, age: AnswerAge?, forms: Forms,
        cache: CacheUse = .none
    ) -> PreparedResponse {
        let tag = tag ?? EntityTag.of(body)
        var gzip: PreparedResponse?
        if forms == .all, body.count >= Gzip.smallestBody, let compressed = Gzip.compress(body), compressed.count < body.count {
            var gzipHeaders = headers
            gzipHeaders.add("content-encoding", "gzip")
            let gzipTag = tag.dropLast() + "-gzip\""
            gzip = PreparedResponse(
                status: status, headers: gzipHeaders, body: ByteBuffer(bytes: compressed), etag: String(gzipTag),
                age: age, cache: cache,
                notModified: notModified(status, headers, tag: String(gzipTag), age: age, cache))
        }
        return PreparedResponse(
            status: status, headers: headers, body: ByteBuffer(bytes: body), etag: tag, age: age, cache: cache,
            gzip: gzip, notModified: notModified(status, headers, tag: tag, age: age, cache))
    }

    /// A 304 repeats what a cache would update (RFC 9110 15.4.5), not what describes a body that is not there. Nil where the answer is no
    /// success: a condition is then ignored (13.2.1), and nobody is told that nothing changed who has to hear that nothing is left.
    private static func notModified(
        _ status: Int, _ headers: HeaderFields, tag: String, age: AnswerAge?, _ cache: CacheUse
    ) -> PreparedResponse? {
        guard (200..<300).contains(status) else { return nil }
        var headers = headers
        headers.remove("content-type")
        return PreparedResponse(status: 304, headers: headers, etag: tag, age: age, cache: cache)
    }

    /// The form that this request gets.
    static func choose(_ prepared: PreparedResponse, for request: Request, replay: Replay?) -> Response {
        let headers = request.headers
        guard let coding = headers.contentCoding(gzipExists: prepared.gzip != nil) else { return Answers.notAcceptable(request) }
        var form = prepared
        if coding == .gzip, let gzip = prepared.gzip { form = gzip }
        if let notModified = form.notModified, let tag = form.etag, headers.contains("if-none-match"),
            headers.says("if-none-match", tag) || IfNoneMatch.matches(headers.all("if-none-match"), tag: tag)
        {
            form = notModified
        }
        return Response(prepared: form, replay: replay)
    }
}
