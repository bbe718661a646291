import BursarCatalog
import BursarHTTP
import BursarModel
import NIOCore

/// Builds the responses that several routes share. Pure.
enum Answers {
    /// A problem document: never stored, whatever it says.
    static func problem(_ problem: ProblemDocument, headers: HeaderFields = [:]) -> Response {
        var response = Response(status: problem.status, headers: headers, bytes: problem.json)
        response.headers["content-type"] = ProblemDocument.contentType
        response.headers["cache-control"] = "no-store"
        return response
    }

    static func notFound(_ request: Request, detail: String) -> Response {
        notFound(request, title: "Nothing answers to this path", detail: detail)
    }

    /// A provider or an account that is not configured, in the path or in the query.
    static func unknownName(_ request: Request, detail: String) -> Response {
        notFound(request, title: "No such provider or account", detail: detail)
    }

    private static func notFound(_ request: Request, title: String, detail: String) -> Response {
        problem(
            ProblemDocument(
                code: .notFound, title: title, status: 404, detail: detail, requestID: request.id.description))
    }

    static func badRequest(_ request: Request, code: GatewayProblem = .invalidRequest, detail: String) -> Response {
        problem(
            ProblemDocument(
                code: code, title: "The request cannot be understood", status: 400, detail: detail,
                requestID: request.id.description))
    }

    /// 204, also for a balancer's probe that knows nothing of us (HAProxy asks `OPTIONS /` in HTTP/1.0).
    static func options(_ methods: [String]) -> Response {
        Response(status: 204, headers: ["allow": methods.joined(separator: ", "), "cache-control": "no-store"])
    }

    static func methodNotAllowed(_ request: Request, _ methods: [String]) -> Response {
        problem(
            ProblemDocument(
                code: .methodNotAllowed, title: "This path answers \(methods.joined(separator: " and ")) only", status: 405,
                requestID: request.id.description),
            headers: ["allow": methods.joined(separator: ", ")])
    }

    /// The caller refuses the body as it is, and there is no form that it accepts (RFC 9110 15.5.7).
    static func notAcceptable(_ request: Request) -> Response {
        problem(
            ProblemDocument(
                code: .notAcceptable, title: "No form of this answer is accepted", status: 406,
                detail: "Accept-Encoding refuses the body as it is. There is the body itself, and gzip where it is large enough.",
                requestID: request.id.description))
    }

    /// JSON that may be kept by nobody: health, status.
    static func json(_ json: [UInt8], status: Int = 200, cacheControl: String = "no-store") -> Response {
        Response(
            status: status, headers: ["content-type": "application/json", "cache-control": cacheControl], bytes: json)
    }

    /// For people: our own compact JSON read again and laid out.
    static func pretty(_ json: [UInt8]) -> [UInt8] {
        (try? JSONReader.readWhole(json)).map { JSONWriter.pretty($0) } ?? json
    }

    /// The same of an answer. One that stands ready was made so; a problem document stays on its line.
    static func pretty(_ response: Response) -> Response {
        guard response.prepared == nil, response.producer == nil, response.headers["content-type"] == "application/json" else {
            return response
        }
        var response = response
        response.body = ByteBuffer(bytes: pretty(Array(response.body.readableBytesView)))
        return response
    }
}

extension Duration {
    var timeAmount: TimeAmount { .nanoseconds(nanoseconds) }
}

extension NIODeadline {
    /// The moment that lies `from` → `to` away from now. NIO's clock and ours may differ in what they count while a machine
    /// sleeps; distances from the present are the same on both.
    static func at(_ time: MonotonicTime, seenFrom now: Moment) -> NIODeadline {
        if time == .distantFuture { return .distantFuture }
        return .now() + now.monotonic.duration(to: time).timeAmount
    }
}
