import BursarCatalog
import BursarConfiguration
import BursarHTTP
import BursarModel
import NIOCore

/// From a request to its reply: the whole order of decisions on one page. *Immutable; any thread.*
///
/// A hit ends after the first step: one look into this event loop's table of ready answers, no lock, no rendering.
struct GatewayResponder: Responder {
    let current: CurrentConfiguration
    let reloader: Reloader
    let callers: CallerRecords
    let clock: @Sendable () -> Moment

    func respond(to request: Request) -> Reply {
        let now = NIODeadline.now()
        let view = current.view(at: now)
        let cors = view.active.cors
        guard view.active.hosts.allows(request) else { return traced(.now(misdirected(request)), request) }
        if request.target == "*" { return .now(Answers.options(RouteTable.shared.methods)) }
        if cors.isOff { return answer(request, view, now) }
        if let preflight = cors.preflight(request) { return .now(preflight) }
        guard let origin = cors.granted(request.headers) else { return answer(request, view, now) }
        return answer(request, view, now).map { cors.grant($0, to: origin) }
    }

    private func answer(_ request: Request, _ view: LoopView, _ now: NIODeadline) -> Reply {
        let callers = view.active.callers
        switch callers.caller(of: request) {
        case .success(let caller):
            if let limiter = caller.client?.limiter, let refusal = limited(request, limiter) { return traced(refusal, request) }
            // What is no prepared answer is a 406.
            if let hit = hit(request, caller, view, now) { return hit.prepared != nil ? .now(hit) : traced(.now(hit), request) }
            let reply = route(request, caller, view.active.scopes[caller.scope], view.active.configuration)
            return traced(reply, request).map { response in
                guard let replay = response.replay else { return response }
                var response = response
                response.replay = callers.replay(replay, for: caller, now: .now())
                return response
            }
        case .failure(let refusal): return traced(refuse(request, refusal, view.active), request)
        }
    }

    /// Serves the prebuilt response if no request header affects it.
    private func hit(_ request: Request, _ caller: Caller, _ view: LoopView, _ now: NIODeadline) -> Response? {
        guard request.query == nil, request.method == "GET" || request.isHead,
            let entry = view.entry(for: request.path, in: caller.scope, now: now),
            !asksForMore(request.headers, caller, than: entry)
        else { return nil }
        return Representations.choose(
            entry.response, for: request, replay: view.active.callers.replay(entry.replay, for: caller, now: now)
        ).forMany
    }

    /// Headers that make an answer another one: newer, sooner, as text, or somebody else's.
    private func asksForMore(_ headers: HeaderFields, _ caller: Caller, than entry: HotEntry) -> Bool {
        if headers.contains("cache-control") || headers.contains("pragma") { return true }
        if let credential = entry.credentialHeader {
            // A caller's own key; or its client token, which was found right before.
            let second = entry.secondCredentialHeader
            if caller.client == nil { return headers.contains(credential) || second.map { headers.contains($0) } ?? false }
            return !PresentedToken.isAlone(in: credential, of: headers)
                || second.map { !PresentedToken.isAlone(in: $0, of: headers) } ?? false
        }
        // What nearly every client says needs no negotiation, which costs more than the rest of a hit.
        guard headers.contains("accept"), !headers.says("accept", "*/*"), !headers.says("accept", "application/json") else {
            return false
        }
        return MediaTypes.prefersPlainText(headers.all("accept"))
    }

    private func route(_ request: Request, _ caller: Caller, _ scope: Scope, _ configuration: Configuration) -> Reply {
        guard let match = RouteTable.shared.match(request.path) else {
            return .now(Answers.notFound(request, detail: RouteTable.shared.summary))
        }
        if let refusal = refuseQuery(request) { return .now(refusal) }
        let route = scope.routes[match.index]
        let methods = route.methods(at: match) ?? match.endpoint.methods
        if request.method == "OPTIONS" || !methods.contains(request.method) {
            if let absence = route.absence(request, at: match) { return .now(absence) }
            guard request.method == "OPTIONS" else { return .now(Answers.methodNotAllowed(request, methods)) }
            return .now(Answers.options(methods))
        }
        let access = match.endpoint.access(for: request.method)
        if let refusal = AdminAnswers.refusal(request, caller, access, configuration, canReload: reloader.canRead) {
            return .now(refusal)
        }
        let (names, query) = (match.endpoint.query(for: request.method), Query(request.query) ?? .empty)
        if let detail = names.refusal(of: query) { return .now(Answers.badRequest(request, detail: detail)) }
        let isPretty = names.isPretty(query)
        let reply = route.respond(
            to: RouteCall(request: request, caller: caller, match: match, isPretty: isPretty, reloader: reloader))
        return isPretty ? reply.map(Answers.pretty) : reply
    }

    func refusal(status: Int, detail: String, requestID: RequestID) -> Response {
        Answers.problem(
            ProblemDocument(
                refused: status, title: HTTPStatus.reason(status), detail: detail,
                requestID: requestID.description))
    }
}

// MARK: - Clients

extension GatewayResponder {
    /// A request without a caller, where clients are configured: what is open to everyone is answered all the same.
    private func refuse(_ request: Request, _ refusal: CallerRefusal, _ active: ActiveConfiguration) -> Reply {
        let match = RouteTable.shared.match(request.path)
        let access = match.map { $0.endpoint.access(for: request.method) } ?? .everyone
        if access.isOpen(refusal), let open = active.scopes.last {
            return self.route(request, .anyone, open, active.configuration)
        }
        if let refusal = refuseQuery(request) { return .now(refusal) }
        var definition: ProviderDefinition?
        if access == .clientsOfProvider, let name = match?["provider"] {
            definition = ProviderID(name).flatMap { active.configuration.catalog[$0] }
        }
        let answer = CallerAnswers.unauthorized(request, refusal, definition)
        let delay = callers.refused(refusal, peer: request.connection.client, at: clock().monotonic)
        guard delay > .zero else { return .now(answer) }
        return .later {
            // Ends early where the caller leaves.
            try? await Task.sleep(for: delay)
            return answer
        }
    }

    /// One request more of a client that has a rate; nil: it may go on.
    private func limited(_ request: Request, _ limiter: ClientLimiter) -> Reply? {
        let access = RouteTable.shared.match(request.path).map { $0.endpoint.access(for: request.method) } ?? .everyone
        if access.isOpen(.missing) { return nil }
        let (verdict, untilFull) = limiter.requested(at: clock().monotonic)
        guard case .refused(let wait) = verdict else { return nil }
        callers.countLimited()
        return .now(CallerAnswers.limited(request, limiter.rate, wait: wait, untilFull: untilFull))
    }
}

extension Reply {
    /// The same answer, changed, whenever it comes.
    fileprivate func map(_ change: @escaping @Sendable (Response) -> Response) -> Reply {
        switch self {
        case .now(let response): .now(change(response))
        case .later(let work): .later { change(await work()) }
        case .after(let wait, let make): .after(wait) { change(make()) }
        }
    }
}

// MARK: - Refusals before any route

extension GatewayResponder {
    /// 421: this server does not answer for that name (RFC 9110 15.5.20). The name is not echoed: it is the caller's text.
    private func misdirected(_ request: Request) -> Response {
        Answers.problem(
            ProblemDocument(
                code: .unknownHost, title: "This gateway does not answer to that host name", status: 421,
                detail:
                    "The Host header (or a target in absolute form) names neither an address nor localhost. If a reverse proxy or a "
                    + "name of yours stands in front, add the name to `hosts:` in the configuration. The check stops web pages that "
                    + "point a name at this machine (DNS rebinding).",
                requestID: request.id.description))
    }

    /// What no route takes: a credential, and what cannot be read and so may be one.
    private func refuseQuery(_ request: Request) -> Response? {
        if Query.carriesCredential(request.query) { return credentialInQuery(request) }
        guard Query(request.query) == nil else { return nil }
        return Answers.badRequest(
            request, detail: "The query string is not well-formed: an escape is broken or it is no UTF-8.")
    }

    private func credentialInQuery(_ request: Request) -> Response {
        Answers.badRequest(
            request, code: .credentialInQuery,
            detail:
                "A credential in a URL ends up in logs. Send it in the provider's documented header; and consider this one leaked."
        )
    }
}

// MARK: - Traces

extension GatewayResponder {
    /// Problem documents name their caller's trace. Not on the way of a hit, which is none.
    private func traced(_ reply: Reply, _ request: Request) -> Reply {
        guard let trace = request.trace else { return reply }
        return reply.map { ProblemDocument.name(trace, in: $0) }
    }
}
