import BursarBasics
import BursarConfiguration
import BursarHTTP
import BursarModel

/// Who may change something: reload, clear a cooldown. *Value.* Pure.
///
/// Two questions, and both must be answered well: is the caller a client that may (or, without clients in the configuration, does the
/// request come from this machine: there is nothing else to go by), and was it a web page that sent it? A page of any origin may send a POST to a loopback address
/// (it is a "simple" request, no preflight asks); but browsers say so in Origin and Sec-Fetch-Site, and programs send neither.
enum AdminGuard {
    enum Verdict: Equatable {
        case allowed
        case notLocal
        case notAdmin
        /// An admin, but not of everything, for what concerns everything: the answer would name what it may not see.
        case seesTooLittle
        case crossSite
    }

    static func judge(_ request: Request, _ caller: Caller, touchesAll: Bool) -> Verdict {
        if isCrossSite(request.headers) { return .crossSite }
        if let client = caller.client {
            guard client.isAdmin else { return .notAdmin }
            return touchesAll && client.sight != .everything ? .seesTooLittle : .allowed
        }
        return isLocal(request) ? .allowed : .notLocal
    }

    /// A proxy on this machine speaks for others, so whatever a proxy passed on is not local.
    private static func isLocal(_ request: Request) -> Bool {
        let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"]
        guard !forwarded.contains(where: { request.headers.contains($0) }) else { return false }
        let peer = request.connection.peer
        return peer == "unix" || IPAddress(peer)?.scope == .loopback
    }

    private static func isCrossSite(_ headers: HeaderFields) -> Bool {
        if let site = headers["sec-fetch-site"], site != "same-origin", site != "none" { return true }
        guard let origin = headers["origin"] else { return false }
        guard let host = headers["host"], let start = origin.firstRange(of: "://") else { return true }
        return origin[start.upperBound...].lowercased() != host.lowercased()
    }
}
