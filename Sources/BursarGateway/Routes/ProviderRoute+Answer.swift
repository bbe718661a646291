import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarModel
import BursarText
import BursarUpstream
import NIOCore

/// The answer, once there is one.
extension ProviderRoute {
    /// - Parameter hadReading: whether there was one before the provider was asked; anything where it was not.
    func render(
        _ request: Request, _ subject: Subject, _ answer: Answer, _ directives: RequestDirectives, hadReading: Bool = false
    ) -> Response {
        var response = rendered(request, subject, answer, directives, hadReading: hadReading)
        // What is not held in any form is a miss, whatever it says.
        if response.prepared == nil { response.cache = .missed }
        return response
    }

    private func rendered(
        _ request: Request, _ subject: Subject, _ answer: Answer, _ directives: RequestDirectives, hadReading: Bool
    ) -> Response {
        let now = refresher.now
        let definition = subject.upstream.definition
        if directives.freshness == .cachedOnly, answer.view.reading == nil {
            return Answers.problem(
                ProblemDocument(
                    code: .nothingCached, title: "Nothing is cached", status: 504,
                    detail: "The request said only-if-cached, and no reading is cached (RFC 9111 5.2.1.7).",
                    requestID: request.id.description))
        }
        if case .blocked(.tableFull) = answer.source, answer.view.reading == nil { return tableFull(request) }
        let forwarded = cacheStatus(answer, directives, hadReading: hadReading)
        let reply = ProviderReply(answer.view, of: definition, forwarded: forwarded, now: now)
        var headers = fields(reply, definition, request)

        let body: UpstreamReply
        switch reply.body {
        case .provider(let upstream): body = upstream
        case .problem(let code, let detail):
            let problem = ProblemDocument(
                provider: code, title: code.title(for: definition.title), status: reply.status, detail: detail,
                requestID: request.id.description)
            return Answers.problem(problem, headers: headers)
        }
        headers["content-type"] = body.contentType
        guard let fetchedAt = reply.fetchedAt else {
            return Response(status: reply.status, headers: headers, bytes: body.body)
        }

        // The answer of a configured account that is fresh is the same for whoever asks next.
        let isPlain =
            subject.isConfigured && forwarded == nil && answer.view.status == .fresh && !request.headers.contains("cache-control")
            && !request.headers.contains("pragma")
        if isPlain { headers["cache-status"] = CacheStatus.hit(ttl: nil, detail: nil).field }
        let age = AnswerAge(fetchedAt.monotonic.duration(to: now.monotonic).timeAmount, at: .now())
        let prepared = Representations.prepare(
            body.body, status: reply.status, headers: headers, age: age,
            forms: isPlain ? .all : .plain, cache: reply.cacheStatus.use)
        let replay = isPlain ? publish(prepared, request, subject, expiresAt: answer.view.expiresAt, now) : nil
        return Representations.choose(prepared, for: request, replay: replay)
    }

    private func publish(
        _ prepared: PreparedResponse, _ request: Request, _ subject: Subject, expiresAt: Moment?, _ now: Moment
    ) -> Replay? {
        guard let expiresAt, request.query == nil else { return nil }
        let replay = Replay(validity: Validity(), until: .at(expiresAt.monotonic, seenFrom: now))
        let entry = HotEntry(
            response: prepared, replay: replay, credentialHeaders: credentialHeaders(of: subject.upstream.definition))
        return hot.publish(entry, for: request.path, since: subject.changes) ? replay : nil
    }

    /// Those in which a caller may send a credential, so that the answer depends on them.
    private func credentialHeaders(of definition: ProviderDefinition) -> [String] {
        passthrough == nil && !hasClients ? [] : definition.auth.headerNames
    }

    private func fields(_ reply: ProviderReply, _ definition: ProviderDefinition, _ request: Request) -> HeaderFields {
        // No browser is to guess another type from what a provider wrote into the body.
        var headers: HeaderFields = ["cache-status": reply.cacheStatus.field, "x-content-type-options": "nosniff"]
        headers["cache-control"] = reply.freshFor.map { "private, max-age=\($0.flooredSeconds)" } ?? "no-store"
        // Where there are clients, `vary` may name one of them already.
        let names = credentialHeaders(of: definition).filter { !(vary + ",").contains(", \($0),") }
        headers["vary"] = (["accept-encoding"] + names).joined(separator: ", ") + vary
        if let proxyStatus = reply.proxyStatus { headers["proxy-status"] = proxyStatus }
        if let retryAfter = reply.retryAfter { headers["retry-after"] = String(retryAfter) }
        if reply.needsChallenge { headers["www-authenticate"] = definition.auth.challenge }
        if reply.fetchedAt == nil { headers["bursar-request-id"] = request.id.description }
        return headers
    }

    /// Nil: the answer comes from memory, and the reply says how old it is.
    private func cacheStatus(_ answer: Answer, _ directives: RequestDirectives, hadReading: Bool) -> CacheStatus? {
        let reason = CacheStatus.Reason(hadReading: hadReading, directives)
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
                code: .tooManyCredentials, title: "Too many different credentials", status: 503,
                detail: "No more callers' own credentials can be kept now; configured accounts are not affected.",
                requestID: request.id.description),
            headers: ["retry-after": "60"])
    }

    func undocumented(_ request: Request, _ definition: ProviderDefinition) -> Response {
        Answers.notFound(
            request, detail: "\(definition.title) documents one path here: /providers/\(definition.id)\(definition.path)")
    }

    /// What the provider would say to a request with something that is no key.
    func unusableCredential(_ request: Request, _ definition: ProviderDefinition) -> Response {
        let auth = definition.auth
        let words =
            "What stands in the \(auth.headerWords) holds no credential of the documented form, which is \(auth.form)"
            + (auth.secondHeader == nil ? "" : ", with no colon in the first")
            + ". Leave it out to ask with the configured account."
        return CallerAnswers.unauthorized(request, words: words, as: definition)
    }

    /// What the provider would say to a request without a key.
    func noCredential(_ request: Request, _ definition: ProviderDefinition) -> Response {
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
