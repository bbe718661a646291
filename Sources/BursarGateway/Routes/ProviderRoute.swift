import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarModel
import BursarUpstream
import NIOCore

/// `GET /providers/{provider}{documented path}`: a drop-in base URL for the provider's own clients (contract 4.2).
/// *Immutable; any thread.*
struct ProviderRoute: Sendable {
    let catalog: Catalog
    let directory: AccountDirectory
    let refresher: Refresher
    let hot: HotTable
    let scrubber: ScrubberBox
    /// Nil where the configuration switches pass-through off.
    let passthrough: PassThrough?
    /// Whether callers are told apart, so that what stands where a key would may be a client token.
    let hasClients: Bool
    /// See ``Scope/vary``.
    let vary: String

    /// Whose credential a request asks with.
    private struct Subject: Sendable {
        var upstream: UpstreamAccount
        /// Keeps a passed-through credential known to the scrubber while its answer is made.
        var hold: SecretHold?
        var isConfigured: Bool
        /// What the table of ready answers had seen when the request came.
        var changes: UInt64
    }

    private enum Refusal: Error {
        case notFound(String)
        /// No credential at all: the provider's own 401.
        case noCredential
        /// Two of them: which one a provider would take is anybody's guess.
        case severalCredentials
        /// Something stands where the provider's key would, and is none: another scheme, or nothing behind it.
        case unusableCredential
        /// A client token, and no clients are configured: it is somebody's key to another gateway.
        case clientToken
        /// A key of the caller's own, which this client may not use.
        case noPassThrough
        /// A key of the caller's own that is too short to be kept out of texts, or longer than any key is.
        case unlikelyLength
    }

    func respond(to request: Request, from caller: Caller, name: String, account: String?, documentedPath: String) -> Reply {
        guard let definition = ProviderID(name).flatMap({ catalog[$0] }) else {
            let meant = catalog.nearestName(to: name).map { " Did you mean \($0)?" } ?? ""
            return .now(
                Answers.notFound(
                    request, detail: "There is no such provider.\(meant) GET /v1/providers lists those that there are."))
        }
        // A page of another origin may send a POST; it reads nothing by that, and what is asked is the same.
        guard request.method != "POST" || definition.method == .post else {
            return .now(Answers.methodNotAllowed(request, ["GET", "HEAD", "OPTIONS"]))
        }
        switch subject(of: request, caller, definition, account: account) {
        case .failure(.notFound(let detail)): return .now(Answers.notFound(request, detail: detail))
        case .failure(.noCredential):
            guard documentedPath == definition.path else { return .now(undocumented(request, definition)) }
            return .now(noCredential(request, definition))
        case .failure(.clientToken):
            return .now(
                CallerAnswers.unauthorized(
                    request, words: "That is a client token, and this gateway has no clients configured.", as: definition))
        case .failure(.unusableCredential):
            return .now(
                CallerAnswers.unauthorized(
                    request,
                    words:
                        "The \(definition.auth.headerName) header holds no credential of the documented form, which is "
                        + "\(definition.auth.form). Leave it out to ask with the configured account.", as: definition))
        case .failure(.noPassThrough): return .now(CallerAnswers.passThroughRefused(request, definition))
        case .failure(.unlikelyLength):
            let bytes = PassThrough.lengths
            return .now(
                Answers.badRequest(
                    request, code: "invalid_credential",
                    detail: "The key in the \(definition.auth.headerName) header has fewer than \(bytes.lowerBound) or more than "
                        + "\(bytes.upperBound) bytes, and is sent nowhere."))
        case .failure(.severalCredentials):
            return .now(
                Answers.badRequest(
                    request, code: "several_credentials",
                    detail: "The \(definition.auth.headerName) header came more than once. Send one credential."))
        case .success(let subject):
            guard documentedPath == definition.path || documentedPath == subject.upstream.documentedPath else {
                return .now(undocumented(request, definition))
            }
            // The answer is that of the documented request; to another question it would be a wrong one.
            guard request.query.map({ definition.asks($0, parameters: subject.upstream.parameters) }) ?? true else {
                return .now(
                    Answers.badRequest(
                        request, code: "undocumented_query",
                        detail: "\(definition.title) is asked here with "
                            + (definition.queryNames.isEmpty
                                ? "no query" : "the query \(definition.queryNames.joined(separator: ", ")) of its definition")
                            + ". Leave the query out."))
            }
            return answer(request, subject)
        }
    }

    private func subject(
        of request: Request, _ caller: Caller, _ definition: ProviderDefinition, account: String?
    ) -> Result<Subject, Refusal> {
        let sent = request.headers.all(definition.auth.headerName)
        let second = definition.auth.secondHeader.map { request.headers.all($0.lowercased()) } ?? []
        if sent.count > 1 || second.count > 1 { return .failure(.severalCredentials) }
        var credential = sent.first.flatMap { value in
            guard definition.auth.secondHeader != nil else { return definition.auth.credential(inHeaderValue: value) }
            return second.first.flatMap { definition.auth.credential(inHeaderValue: value, second: $0) }
        }
        // Whatever looks like a client token stays here, whoever sent it and whether it is right or not.
        if let token = credential, ClientToken.isWithin(token) {
            if caller.client == nil, passthrough != nil { return .failure(.clientToken) }
            credential = nil
        } else if credential == nil, !sent.isEmpty, caller.client == nil, passthrough != nil {
            // The provider would refuse it; another account's balance is no answer to somebody's own key.
            return .failure(.unusableCredential)
        }
        if credential != nil, caller.client != nil, passthrough == nil || !caller.mayPassThrough {
            return .failure(.noPassThrough)
        }
        let configured: Int?
        if let account {
            guard let name = AccountName(account),
                let index = directory.index(of: AccountID(provider: definition.id, account: name))
            else {
                let known = directory.indices(of: definition.id).map { directory[$0].id.account.name }.joined(separator: ", ")
                return .failure(
                    .notFound("\(definition.title) has no such account here. Accounts: \(known.isEmpty ? "none" : known)."))
            }
            configured = index
        } else {
            configured = directory.defaultIndex(of: definition.id)
        }
        if let passthrough, let credential {
            guard PassThrough.lengths.contains(credential.count) else { return .failure(.unlikelyLength) }
            // Asked where the account that the path names is asked, with that account's parameters.
            return .success(
                Subject(
                    upstream: passthrough.account(definition, credential, beside: configured.map { directory[$0].upstream }),
                    hold: scrubber.hold(credential), isConfigured: false, changes: hot.changes))
        }
        guard let configured else { return .failure(.noCredential) }
        return .success(Subject(upstream: directory[configured].upstream, isConfigured: true, changes: hot.changes))
    }

    private func answer(_ request: Request, _ subject: Subject) -> Reply {
        let headers = request.headers
        let directives = RequestDirectives(
            cacheControl: headers.all("cache-control"), pragma: headers.all("pragma"), prefer: headers.all("prefer"))
        let before = refresher.view(subject.upstream)
        switch refresher.request(subject.upstream, demand: directives.demand) {
        case .answered(let answer):
            return .now(render(request, subject, answer, directives, before: before))
        case .mustWait(let ticket):
            let longest = subject.upstream.policy.timeout + BalancesRoute.margin
            let wait = CallWait(
                [0: ticket], of: refresher, CallWait.Patience(said: directives.wait.map { .seconds($0) }, ofCalls: longest))
            return .after(wait) {
                let answer = wait.answers[0] ?? Answer(view: refresher.view(subject.upstream), source: .waitedOut)
                return render(request, subject, answer, directives, before: before)
            }
        }
    }
}

// MARK: - The answer

extension ProviderRoute {
    private func render(
        _ request: Request, _ subject: Subject, _ answer: Answer, _ directives: RequestDirectives, before: AccountView
    ) -> Response {
        let now = refresher.now
        let definition = subject.upstream.definition
        if directives.freshness == .cachedOnly, answer.view.reading == nil {
            return Answers.problem(
                ProblemDocument(
                    code: "nothing_cached", title: "Nothing is cached", status: 504,
                    detail: "The request said only-if-cached, and no reading is cached (RFC 9111 5.2.1.7).",
                    requestID: request.id.description))
        }
        if case .blocked(.tableFull) = answer.source, answer.view.reading == nil { return tableFull(request) }
        let forwarded = cacheStatus(answer, directives, before: before)
        let reply = ProviderReply(answer.view, of: definition, forwarded: forwarded, now: now)
        var headers = fields(reply, definition, request)

        let body: UpstreamReply
        switch reply.body {
        case .provider(let upstream): body = upstream
        case .problem(let code, let detail):
            let problem = ProblemDocument(
                code: code.rawValue, title: code.title(for: definition.title), status: reply.status, detail: detail,
                requestID: request.id.description)
            return Answers.problem(problem, headers: headers)
        }
        if let type = body.contentType { headers["content-type"] = type }
        guard let fetchedAt = reply.fetchedAt else {
            return Response(status: reply.status, headers: headers, bytes: body.body)
        }

        // The answer of a configured account that is fresh is the same for whoever asks next.
        let isPlain =
            subject.isConfigured && forwarded == nil && answer.view.status == .fresh && !request.headers.contains("cache-control")
            && !request.headers.contains("pragma")
        if isPlain { headers["cache-status"] = CacheStatus.hit(ttl: nil, detail: nil).field }
        let prepared = Representations.prepare(
            body.body, status: reply.status, headers: headers, ageBase: .at(fetchedAt.monotonic, seenFrom: now),
            forms: isPlain ? .all : .plain)
        let replay = isPlain ? publish(prepared, request, subject, expiresAt: answer.view.expiresAt, now) : nil
        return Representations.choose(prepared, for: request, replay: replay)
    }

    private func publish(
        _ prepared: PreparedResponse, _ request: Request, _ subject: Subject, expiresAt: Moment?, _ now: Moment
    ) -> Replay? {
        guard let expiresAt, request.query == nil else { return nil }
        let replay = Replay(validity: Validity(), until: .at(expiresAt.monotonic, seenFrom: now))
        let credentialHeader = passthrough == nil && !hasClients ? nil : subject.upstream.definition.auth.headerName
        let entry = HotEntry(response: prepared, replay: replay, credentialHeader: credentialHeader)
        return hot.publish(entry, for: request.path, since: subject.changes) ? replay : nil
    }

    private func fields(_ reply: ProviderReply, _ definition: ProviderDefinition, _ request: Request) -> HeaderFields {
        var headers: HeaderFields = ["cache-status": reply.cacheStatus.field]
        headers["cache-control"] = reply.freshFor.map { "private, max-age=\($0.flooredSeconds)" } ?? "no-store"
        // Where there are clients, `vary` may name the header already.
        let name = ", \(definition.auth.headerName)"
        let isNamed = passthrough == nil && !hasClients || (vary + ",").contains(name + ",")
        headers["vary"] = "accept-encoding" + (isNamed ? "" : name) + vary
        if let proxyStatus = reply.proxyStatus { headers["proxy-status"] = proxyStatus }
        if let retryAfter = reply.retryAfter { headers["retry-after"] = String(retryAfter) }
        if reply.needsChallenge { headers["www-authenticate"] = definition.auth.challenge }
        if reply.fetchedAt == nil { headers["bursar-request-id"] = request.id.description }
        return headers
    }

    /// Nil: served from what was held, and the reply says how old that is.
    private func cacheStatus(_ answer: Answer, _ directives: RequestDirectives, before: AccountView) -> CacheStatus? {
        let reason: CacheStatus.Reason =
            directives.freshness == .anyCached
            ? (before.reading == nil ? .miss : .stale) : (before.reading == nil ? .miss : .request)
        let problem = answer.view.problem
        switch answer.source {
        case .held, .cachedStale, .blocked: return nil
        case .collapsed: return .collapsed(reason, detail: problem?.code)
        case .waitedOut where answer.view.reading != nil: return nil
        case .waitedOut: return .forwarded(reason, status: nil, stored: false, detail: problem?.code ?? .timeout)
        case .fetched:
            // Of this call's answer, if there was one: a reading that is shown although the call failed came from an earlier one.
            let status = problem == nil ? answer.view.reading?.reply.status : problem?.upstreamStatus
            return .forwarded(reason, status: status, stored: problem == nil, detail: problem?.code)
        }
    }

    /// So many callers' own credentials are waiting for their cooldowns that none can be forgotten for another.
    private func tableFull(_ request: Request) -> Response {
        Answers.problem(
            ProblemDocument(
                code: "too_many_credentials", title: "Too many different credentials", status: 503,
                detail: "No more callers' own credentials can be kept now; configured accounts are not affected.",
                requestID: request.id.description),
            headers: ["retry-after": "60"])
    }

    private func undocumented(_ request: Request, _ definition: ProviderDefinition) -> Response {
        Answers.notFound(
            request, detail: "\(definition.title) documents one path here: /providers/\(definition.id)\(definition.path)")
    }

    /// What the provider would say to a request without a key.
    private func noCredential(_ request: Request, _ definition: ProviderDefinition) -> Response {
        let words =
            "No credential: send one as \(definition.auth.form), or configure an account for \(definition.id)."
        return CallerAnswers.unauthorized(request, words: words, as: definition)
    }
}

extension UpstreamAccount {
    /// The documented path with its parameters filled in, without the query: what an unmodified client asks for.
    var documentedPath: String? {
        let values = parameters.merging(definition.parameterDefaults) { given, _ in given }
        return definition.documentedPath(parameters: values)
    }
}

extension AuthPlan {
    /// How a caller writes it.
    var form: String {
        switch scheme {
        case .basic: "\(displayName): Basic …"
        case .apiKey(let prefix): "\(displayName): \(prefix.trimmed.isEmpty ? "" : prefix.trimmed + " ")…"
        }
    }

    /// What a 401 must carry (RFC 9110 11.6.1): the scheme where the provider has one, else a name for "a key in a header".
    var challenge: String {
        switch scheme {
        case .basic: "Basic realm=\"provider\""
        case .apiKey(let prefix): prefix.trimmed.isEmpty ? "ApiKey header=\"\(headerName)\"" : prefix.trimmed
        }
    }
}
