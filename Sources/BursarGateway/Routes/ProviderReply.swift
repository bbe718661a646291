import BursarCatalog
import BursarEngine
import BursarModel
import BursarText

/// What a provider route answers to a view of the credential: the decision, without HTTP around it. *Value.* Pure.
struct ProviderReply: Equatable, Sendable {
    enum Body: Equatable, Sendable {
        /// The upstream's own bytes, or Bursar's text in the provider's documented shape.
        case provider(UpstreamReply)
        /// Bursar's own problem document.
        case problem(ProblemCode, detail: String)
    }

    let status: Int
    let body: Body
    /// When the body was fetched: for Age. Nil for errors.
    let fetchedAt: Moment?
    /// How long a private cache may keep it from `fetchedAt` on; nil: no-store.
    let freshFor: Duration?
    let cacheStatus: CacheStatus
    let proxyStatus: String?
    /// In seconds, at least 1.
    let retryAfter: Int64?
    /// True where the status is 401, which must carry a challenge (RFC 9110 15.5.2).
    var needsChallenge: Bool { status == 401 }

    /// - Parameters:
    ///   - cacheStatus: how the view came to be; a held reading's ttl is put in here.
    init(_ view: AccountView, of definition: ProviderDefinition, forwarded: CacheStatus?, now: Moment) {
        if let reading = view.reading, let fetchedAt = view.fetchedAt {
            self.init(reading: reading, fetchedAt: fetchedAt, view: view, forwarded: forwarded, now: now)
        } else {
            self.init(failure: view, of: definition, forwarded: forwarded, now: now)
        }
    }

    private init(reading: Reading, fetchedAt: Moment, view: AccountView, forwarded: CacheStatus?, now: Moment) {
        let remaining = view.expiresAt.map { now.monotonic.duration(to: $0.monotonic) } ?? .zero
        status = reading.reply.status
        body = .provider(reading.reply)
        self.fetchedAt = fetchedAt
        freshFor = view.expiresAt.map { max(.zero, fetchedAt.monotonic.duration(to: $0.monotonic)) }
        cacheStatus = forwarded ?? .hit(ttl: Int(remaining.flooredSeconds), detail: view.problem?.code)
        proxyStatus = nil
        retryAfter = nil
    }

    /// Nothing may be shown. The upstream's own error where it fits its documentation, else Bursar's words in that shape, else
    /// a problem document (contract 4.2).
    private init(failure view: AccountView, of definition: ProviderDefinition, forwarded: CacheStatus?, now: Moment) {
        let problem = view.problem ?? Problem(code: .timeout)
        // An open circuit is Bursar's own finding: the error of the last call is not its answer.
        let errorReply = problem.code == .circuitOpen ? nil : view.errorReply
        let status = Self.status(for: problem, errorReply: errorReply)
        let words = problem.code.title(for: definition.title)
        self.status = status
        if let reply = errorReply, reply.status == status {
            body = .provider(reply)
        } else if Self.isProvidersOwn(status, problem), let reply = definition.errorReply(status: status, message: words) {
            body = .provider(reply)
        } else {
            body = .problem(problem.code, detail: problem.detail(until: view.hold?.until.wall))
        }
        fetchedAt = nil
        freshFor = nil
        cacheStatus = forwarded ?? .refused(problem.code)
        proxyStatus = ProxyStatus.field(for: problem)
        retryAfter = Self.retryAfter(view, status: status, now: now)
    }

    /// The upstream's own error status is kept, also one that it wrote into a 2xx; what is Bursar's own finding gets a gateway status (RFC 9110 15.6).
    static func status(for problem: Problem, errorReply: UpstreamReply?) -> Int {
        if let reply = errorReply, (400...599).contains(reply.status) { return reply.status }
        switch problem.code {
        case .rateLimited: return 429
        case .circuitOpen: return 503
        case .timeout: return 504
        case .unreachable, .invalidResponse: return 502
        case .unauthorized, .forbidden, .upstreamError:
            if let status = problem.carriedStatus ?? problem.upstreamStatus, (400...599).contains(status) { return status }
            return problem.code == .unauthorized ? 401 : problem.code == .forbidden ? 403 : 502
        }
    }

    /// Whether the provider said so: only then may it look as if it had. An answer that does not fit, a refused redirect and an
    /// open circuit are Bursar's own findings, also where the provider documents an error of the same status.
    private static func isProvidersOwn(_ status: Int, _ problem: Problem) -> Bool {
        [problem.upstreamStatus, problem.carriedStatus].contains(status) || [401, 403, 429].contains(status)
    }

    /// Never 0: a client that obeys it would ask again at once (users-ask 1). Of a hold and the problem's own time, which is the
    /// budget's where that stands in the way, the later: a hold stays in the view when it has ended.
    private static func retryAfter(_ view: AccountView, status: Int, now: Moment) -> Int64? {
        guard status == 429 || status == 503 else { return nil }
        let waits = [
            view.hold.map { now.monotonic.duration(to: $0.until.monotonic) },
            view.problem?.retryAt.map { now.wall.duration(to: $0) }
        ]
        return max(1, waits.compactMap(\.self).max()?.secondsRoundedUp ?? 1)
    }
}

extension Duration {
    /// Whole seconds, towards the past: 0.4 s left is 0, 0.4 s over is -1.
    var flooredSeconds: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds < 0 ? seconds - 1 : seconds
    }
}
