import BursarBasics
import BursarConfiguration
import BursarHTTP
import BursarModel
import Glibc

/// Who may change something: reload, clear a cooldown. *Value.* Pure.
///
/// Two questions, and both must be answered well. Is the caller a client that may; or, without clients in the configuration, does
/// the kernel say that root or the gateway's own user is at the other end of a Unix socket? Loopback is no proof: behind a proxy on
/// this machine every visitor comes from there. And was it a web page that sent it? A page of any origin may send a POST to a
/// loopback address (it is a "simple" request, no preflight asks); but browsers say so in Origin and Sec-Fetch-Site, and programs
/// send neither.
enum AdminGuard {
    enum Verdict: Equatable {
        case allowed
        case notLocal
        case notAdmin
        /// An admin, but not of everything, for what concerns everything: the answer would name what it may not see.
        case seesTooLittle
        case crossSite
    }

    /// - Parameter ownUserID: of the gateway's process.
    static func judge(
        _ request: Request, _ caller: Caller, touchesAll: Bool, ownUserID: UInt32 = UInt32(geteuid())
    ) -> Verdict {
        if isCrossSite(request.headers) { return .crossSite }
        if let client = caller.client {
            guard client.isAdmin else { return .notAdmin }
            return touchesAll && client.visibility != .everything ? .seesTooLittle : .allowed
        }
        return isOperator(request, ownUserID) ? .allowed : .notLocal
    }

    /// A proxy that runs as one of these users speaks for others all the same, so whatever a proxy passed on is nobody's.
    private static func isOperator(_ request: Request, _ ownUserID: UInt32) -> Bool {
        guard let user = request.connection.userID, user == 0 || user == ownUserID else { return false }
        let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"]
        return !forwarded.contains { request.headers.contains($0) }
    }

    static func isCrossSite(_ headers: HeaderFields) -> Bool {
        if let site = headers["sec-fetch-site"], site != "same-origin", site != "none" { return true }
        guard let origin = headers["origin"] else { return false }
        guard let host = headers["host"], let start = origin.firstRange(of: "://") else { return true }
        return origin[start.upperBound...].lowercased() != host.lowercased()
    }
}
