import BursarHTTP
import BursarModel

/// The `Cache-Status` field of an answer (RFC 9211): whether it came from memory, and if not, why. *Value.* It never carries a key.
enum CacheStatus: Equatable, Sendable {
    /// Served from memory. `ttl` in seconds, negative when stale; nil where the answer has several rows, or is rendered once for many.
    /// `detail`: the problem that the row shows.
    case hit(ttl: Int?, detail: ProblemCode?)
    /// The provider was asked for this request. `detail`: why its answer is not what is shown.
    case forwarded(Reason, status: Int?, stored: Bool, detail: ProblemCode? = nil)
    /// Another request's call was under way already, and this request shared its result.
    case collapsed(Reason, detail: ProblemCode? = nil)
    /// Nothing was cached, and nobody may be asked now.
    case refused(ProblemCode?)

    /// Why the provider was asked. *Value.*
    enum Reason: String, Sendable {
        /// Nothing was cached.
        case miss
        /// The cached reading was past its ttl.
        case stale
        /// The request asked for something newer.
        case request

        /// - Parameter hadReading: whether one was cached before the provider was asked.
        init(hadReading: Bool, _ directives: RequestDirectives) {
            self = !hadReading ? .miss : directives.freshness == .anyCached ? .stale : .request
        }
    }

    /// The same for metrics.
    var use: CacheUse {
        switch self {
        case .hit(let ttl, _): (ttl ?? 0) < 0 ? .stale : .fresh
        case .forwarded, .collapsed, .refused: .missed
        }
    }

    var field: String {
        switch self {
        case .hit(let ttl, let detail):
            var field = "bursar; hit"
            if let ttl { field += "; ttl=\(ttl)" }
            if let detail { field += "; detail=\(detail.rawValue)" }
            return field
        case .forwarded(let reason, let status, let stored, let detail):
            var field = "bursar; fwd=\(reason.rawValue)"
            if let status { field += "; fwd-status=\(status)" }
            if stored { field += "; stored" }
            if let detail { field += "; detail=\(detail.rawValue)" }
            return field
        case .collapsed(let reason, let detail):
            return "bursar; fwd=\(reason.rawValue); collapsed" + (detail.map { "; detail=\($0.rawValue)" } ?? "")
        case .refused(let detail):
            return detail.map { "bursar; detail=\($0.rawValue)" } ?? "bursar"
        }
    }
}
