import BursarHTTP
import BursarModel
import NIOCore

/// From a request to its reply: the whole order of decisions on one page. *Immutable; any thread.*
///
/// A hit ends after the first step: one look into this event loop's table of ready answers, no lock, no rendering.
struct GatewayResponder: Responder {
    let current: CurrentServing
    let health: HealthRoutes
    let admin: AdminRoutes

    func respond(to request: Request) -> Reply {
        let view = current.view()
        // No browser reaches a Unix socket.
        guard request.connection.peer == "unix" || view.serving.hosts.allows(request.headers["host"]) else {
            return .now(misdirected(request))
        }
        if let hit = hit(request, view) { return .now(hit) }
        return route(request, view.serving.scopes[0])
    }

    /// The answer that stands ready, where the request says nothing that could change it.
    private func hit(_ request: Request, _ view: LoopView) -> Response? {
        guard request.query == nil, request.method == "GET" || request.isHead,
            let entry = view.entry(for: request.path, in: 0, now: .now()), !asksForMore(request.headers, than: entry)
        else { return nil }
        return Held.choose(entry.response, for: request, replay: entry.replay)
    }

    /// Headers that make an answer another one: newer, sooner, as text, or somebody else's.
    private func asksForMore(_ headers: HeaderFields, than entry: HotEntry) -> Bool {
        if headers.contains("cache-control") || headers.contains("pragma") { return true }
        if let credential = entry.credentialHeader { return headers.contains(credential) }
        // What nearly every client says needs no negotiation, which costs more than the rest of a hit.
        guard headers.contains("accept"), !headers.says("accept", "*/*"), !headers.says("accept", "application/json") else {
            return false
        }
        return MediaTypes.prefersPlainText(headers.all("accept"))
    }

    private func route(_ request: Request, _ scope: Scope) -> Reply {
        guard let route = Route(path: request.path) else {
            return .now(Answers.notFound(request, detail: Self.whatExists))
        }
        if Query(request.query)?.carriesCredential == true { return .now(credentialInQuery(request)) }
        guard route.methods.contains(request.method) else { return .now(Answers.methodNotAllowed(request, route)) }
        switch route {
        case .balances(let provider, let account):
            return scope.balances.respond(to: request, provider: provider, account: account)
        case .live: return .now(health.live())
        case .ready: return .now(health.ready(request))
        case .status: return scope.status.respond()
        case .reload: return admin.reload(request)
        case .cooldown(let provider, let account):
            return .now(admin.clearCooldown(request, scope, provider: provider, account: account))
        case .providers: return .now(scope.documents.providers(request))
        case .openAPI: return scope.documents.openAPI(request)
        case .metrics: return scope.metrics.respond()
        case .page(let path):
            return .now(scope.documents.page(path, request) ?? Answers.notFound(request, detail: Self.whatExists))
        case .provider(let name, let account, let path):
            return scope.providers.respond(to: request, name: name, account: account, documentedPath: path)
        }
    }

    static let whatExists =
        "There are /v1/balances, /v1/providers, /v1/status, /providers/{provider}/…, /livez, /readyz, /metrics, /openapi.json and /."

    func refusal(status: Int, detail: String, requestID: RequestID) -> Response {
        Answers.problem(
            ProblemDocument(
                code: "http_\(status)", title: HTTPStatus.reason(status), status: status, detail: detail,
                requestID: requestID.description))
    }
}

// MARK: - Refusals before any route

extension GatewayResponder {
    /// 421: this server does not answer for that name (RFC 9110 15.5.20). The name is not echoed: it is the caller's text.
    private func misdirected(_ request: Request) -> Response {
        Answers.problem(
            ProblemDocument(
                code: "unknown_host", title: "This gateway does not answer to that host name", status: 421,
                detail: "The Host header names neither an address nor localhost. If a reverse proxy or a name of yours stands in "
                    + "front, add the name to `hosts:` in the configuration. The check stops web pages that point a name at this "
                    + "machine (DNS rebinding).",
                requestID: request.id.description))
    }

    private func credentialInQuery(_ request: Request) -> Response {
        Answers.badRequest(
            request, code: "credential_in_query",
            detail:
                "A credential in a URL ends up in logs. Send it in the provider's documented header; and consider this one leaked."
        )
    }
}
