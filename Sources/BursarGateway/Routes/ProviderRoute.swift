import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarModel
import BursarUpstream
import NIOCore

/// `GET /providers/{provider}{documented path}`: a drop-in base URL for the provider's own clients (contract 4.2).
/// *Immutable; any thread.*
struct ProviderRoute: Route {
    /// Of every path of a provider.
    static let prefix = "/providers/"

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

    init(_ parts: RouteParts) {
        let configuration = parts.configuration
        catalog = parts.catalog
        directory = parts.directory
        refresher = parts.refresher
        hot = parts.hot
        scrubber = parts.process.scrubber
        passthrough =
            configuration.passthrough ? PassThrough(keys: parts.process.keys, defaults: configuration.defaults) : nil
        hasClients = !configuration.clients.isEmpty
        vary = parts.vary
    }

    /// Whose credential a request asks with.
    struct Subject: Sendable {
        var upstream: UpstreamAccount
        /// Keeps a passed-through credential known to the scrubber while its answer is made.
        var hold: SecretHold?
        var isConfigured: Bool
        /// What the table of ready answers had seen when the request came.
        var changes: UInt64
    }

    /// The path names an account that is not there.
    private struct NoAccount: Error {
        let detail: String
    }

    private enum Refusal: Error {
        case notFound(String)
        /// No credential at all: the provider's own 401.
        case noCredential
        /// Two of them: which one a provider would take is anybody's guess.
        case severalCredentials
        /// Something stands where the provider's key would, and is none: see ``AuthPlan/Sent``.
        case unusableCredential
        /// A client token, and no clients are configured: it is somebody's key to another gateway.
        case clientToken
        /// A key of the caller's own, which this client may not use.
        case noPassThrough
        /// A key of the caller's own that is too short to be kept out of texts, or longer than any key is.
        case unlikelyLength
    }

    /// POST only where the provider is asked so. A page of another origin may send one; it reads nothing by that, and what is asked is
    /// the same.
    func methods(at match: RouteMatch) -> [String]? {
        guard let definition = definition(at: match), definition.method != .post else { return nil }
        return ["GET", "HEAD", "OPTIONS"]
    }

    /// Whatever GET would say of a caller's credential is left to GET.
    func absence(_ request: Request, at match: RouteMatch) -> Response? {
        guard let definition = definition(at: match) else { return unknownProvider(request, match["provider"] ?? "") }
        switch configured(definition, account: match["account"]) {
        case .failure(let lack): return Answers.notFound(request, detail: lack.detail)
        case .success(let index):
            let given = index.map { directory[$0].upstream.parameters } ?? [:]
            let values = given.merging(definition.parameterDefaults) { given, _ in given }
            let isThere = [definition.path, definition.documentedPath(parameters: values)].contains(match["path"] ?? "")
            return isThere ? nil : undocumented(request, definition)
        }
    }

    private func unknownProvider(_ request: Request, _ name: String) -> Response {
        let meant = catalog.nearestName(to: name).map { " Did you mean \($0)?" } ?? ""
        return Answers.notFound(
            request, detail: "There is no such provider.\(meant) GET /v1/providers lists those that there are.")
    }

    /// The account that the path names, or the provider's default; nil where it has none.
    private func configured(_ definition: ProviderDefinition, account: String?) -> Result<Int?, NoAccount> {
        guard let account else { return .success(directory.defaultIndex(of: definition.id)) }
        guard let name = AccountName(account),
            let index = directory.index(of: AccountID(provider: definition.id, account: name))
        else {
            let known = directory.indices(of: definition.id).map { directory[$0].id.account.name }.joined(separator: ", ")
            return .failure(
                NoAccount(detail: "\(definition.title) has no such account here. Accounts: \(known.isEmpty ? "none" : known)."))
        }
        return .success(index)
    }

    private func definition(at match: RouteMatch) -> ProviderDefinition? {
        match["provider"].flatMap { ProviderID($0) }.flatMap { catalog[$0] }
    }

    func respond(to call: RouteCall) -> Reply {
        let (request, caller) = (call.request, call.caller)
        let (account, documentedPath) = (call.match["account"], call.name("path"))
        guard let definition = definition(at: call.match) else {
            return .now(unknownProvider(request, call.name("provider")))
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
        case .failure(.unusableCredential): return .now(unusableCredential(request, definition))
        case .failure(.noPassThrough): return .now(CallerAnswers.passThroughRefused(request, definition))
        case .failure(.unlikelyLength):
            let bytes = PassThrough.lengths
            return .now(
                Answers.badRequest(
                    request, code: .invalidCredential,
                    detail: "The key in the \(definition.auth.headerWords) has fewer than \(bytes.lowerBound) or more than "
                        + "\(bytes.upperBound) bytes, and is sent nowhere."))
        case .failure(.severalCredentials):
            return .now(
                Answers.badRequest(
                    request, code: .severalCredentials,
                    detail: "The credential came more than once. Send \(definition.auth.form) once."))
        case .success(let subject):
            guard documentedPath == definition.path || documentedPath == subject.upstream.documentedPath else {
                return .now(undocumented(request, definition))
            }
            // The answer is that of the documented request; to another question it would be a wrong one.
            guard request.query.map({ definition.asks($0, parameters: subject.upstream.parameters) }) ?? true else {
                return .now(
                    Answers.badRequest(
                        request, code: .undocumentedQuery,
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
        var credential: Secret?
        switch definition.auth.sent(request.headers.all) {
        case .nothing: break
        case .several: return .failure(.severalCredentials)
        // Whatever looks like a client token stays here, whoever sent it and whether it is right or not.
        case .credential(let token) where ClientToken.isWithin(token):
            if caller.client == nil, passthrough != nil { return .failure(.clientToken) }
        case .credential(let sent): credential = sent
        // The provider would refuse it; another account's balance is no answer to somebody's own key.
        case .unusable where caller.client == nil:
            if passthrough != nil { return .failure(.unusableCredential) }
        case .unusable:
            // A client's token may stand there behind another scheme than the provider's.
            let holdsToken = definition.auth.headerNames.contains {
                PresentedToken.stands(in: $0, of: request.headers, as: definition.auth.scheme)
            }
            if !holdsToken {
                return .failure(passthrough == nil || !caller.mayPassThrough ? .noPassThrough : .unusableCredential)
            }
        }
        if credential != nil, caller.client != nil, passthrough == nil || !caller.mayPassThrough {
            return .failure(.noPassThrough)
        }
        let configured: Int?
        switch self.configured(definition, account: account) {
        case .success(let index): configured = index
        case .failure(let lack): return .failure(.notFound(lack.detail))
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
        switch refresher.request(subject.upstream, demand: directives.demand, trace: request.trace) {
        case .answered(let answer):
            return .now(render(request, subject, answer, directives))
        case .mustWait(let ticket):
            let longest = subject.upstream.policy.timeout + BalancesRoute.margin
            let wait = CallWait(
                [0: ticket], of: refresher, CallWait.Patience(said: directives.wait.map { .seconds($0) }, ofCalls: longest))
            return .after(wait) {
                let answer = wait.answers[0] ?? Answer(view: refresher.view(subject.upstream), source: .waitedOut)
                return render(request, subject, answer, directives, hadReading: ticket.hadReading)
            }
        }
    }
}
