import BursarBasics
import BursarHTTP
import BursarModel
import NIOCore

/// A problem document (RFC 9457): what Bursar says when it, and not a provider, refuses or fails. *Value.*
///
/// Everything in it is our own words or a name that was checked: no upstream text, no caller's text, no credential.
package struct ProblemDocument: Sendable {
    /// The stable code behind `urn:bursar:problem:`.
    let code: String
    let title: String
    let status: Int
    let detail: String?
    let requestID: String
    /// Writes further members (RFC 9457 3.2).
    var extensions: @Sendable (inout JSONText) -> Void = { _ in }

    static let contentType = "application/problem+json"

    init(code: GatewayProblem, title: String, status: Int, detail: String? = nil, requestID: String) {
        self.init(named: code.rawValue, title: title, status: status, detail: detail, requestID: requestID)
    }

    /// What a provider did.
    init(provider code: ProblemCode, title: String, status: Int, detail: String?, requestID: String) {
        self.init(named: code.rawValue, title: title, status: status, detail: detail, requestID: requestID)
    }

    /// What the server refuses before any route sees it.
    init(refused status: Int, title: String, detail: String?, requestID: String) {
        self.init(named: "http_\(status)", title: title, status: status, detail: detail, requestID: requestID)
    }

    private init(named code: String, title: String, status: Int, detail: String?, requestID: String) {
        self.code = code
        self.title = title
        self.status = status
        self.detail = detail
        self.requestID = requestID
    }

    var json: [UInt8] {
        var json = JSONText(reserving: 512)
        json.object { json in
            json.string("type", "urn:bursar:problem:\(code)")
            json.string("title", title)
            json.integer("status", status)
            if let detail { json.string("detail", detail) }
            json.string("request_id", requestID)
            extensions(&json)
        }
        return json.bytes
    }
}

extension ProblemDocument {
    /// A response with the trace's id behind its other members, where it is a problem document. One place for all of them: whoever makes
    /// one need not know of traces.
    static func name(_ trace: TraceContext, in response: Response) -> Response {
        guard response.prepared == nil, response.producer == nil, response.headers["content-type"] == contentType,
            response.body.readableBytesView.last == UInt8(ascii: "}")
        else { return response }
        var body = ByteBuffer(bytes: response.body.readableBytesView.dropLast())
        body.writeString(",\"trace_id\":\"\(trace.traceID)\"}")
        var response = response
        response.body = body
        return response
    }
}
