import BursarBasics
import BursarConfiguration
import BursarHTTP

/// What a request gets that may not change anything. Pure.
enum AdminAnswers {
    /// Nil: it may, or the endpoint is for others too.
    /// - Parameter canReload: whether there is a configuration to read again.
    static func refusal(
        _ request: Request, _ caller: Caller, _ access: Access, _ configuration: Configuration, canReload: Bool
    ) -> Response? {
        guard access == .admins || access == .adminsOfEverything else {
            // Claims are made and ended by any client, and no listed origin is granted more than to read.
            let changes = access == .clients && request.method != "GET" && request.method != "HEAD"
            return changes && AdminGuard.isCrossSite(request.headers) ? crossSite(request) : nil
        }
        switch AdminGuard.judge(request, caller, touchesAll: access == .adminsOfEverything) {
        case .allowed: return nil
        case .notAdmin:
            return forbidden(
                request, code: .notAdmin,
                detail: "This changes the gateway: it is for clients with admin: true in the configuration.")
        case .seesTooLittle:
            return forbidden(
                request, code: .notAdmin,
                detail: "This concerns every account, and is for clients with admin: true that may see them all.")
        case .notLocal:
            let socket = configuration.unixSocket
            let isReload = request.path == "/admin/reload"
            // Whoever may would hear the same, and SIGHUP ends what has nothing to read again.
            if isReload, !canReload { return ReloadRoute.nothingToRead(request) }
            let ways = [
                isReload ? "send SIGHUP to `bursar serve`" : nil,
                socket.map { "ask over the socket (bursar's commands with --url unix:\($0))" } ?? "listen at a Unix socket too",
                "configure a client with admin: true"
            ].compactMap(\.self)
            let list = ways.dropLast().joined(separator: ", ") + ", or \(ways.last ?? "")"
            return forbidden(
                request, code: .notAdmin,
                detail:
                    "This changes the gateway. Without clients in the configuration it is for root and the gateway's own user, over a "
                    + "Unix socket and without a proxy between: \(list).")
        case .crossSite: return crossSite(request)
        }
    }

    private static func crossSite(_ request: Request) -> Response {
        forbidden(
            request, code: .crossSite,
            detail: "A web page of another origin sent this. Only programs and this gateway's own page may.")
    }

    private static func forbidden(_ request: Request, code: GatewayProblem, detail: String) -> Response {
        Answers.problem(
            ProblemDocument(
                code: code, title: "Not for this caller", status: 403, detail: detail, requestID: request.id.description))
    }
}

extension Configuration {
    /// The first one that is listened at.
    fileprivate var unixSocket: String? {
        (listen + inherited.map(\.address)).lazy.compactMap { if case .unix(let path) = $0 { path } else { nil } }.first
    }
}
