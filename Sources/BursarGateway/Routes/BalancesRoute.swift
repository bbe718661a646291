import BursarCatalog
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarUpstream
import NIOCore

/// `GET /v1/balances` and its two narrower forms (contract 4.1). *Immutable; any thread.*
struct BalancesRoute: Route {
    let directory: AccountDirectory
    let refresher: Refresher
    let rows: RowTable
    let hot: HotTable
    let runways: RunwayBook
    /// See ``Scope/vary``.
    let vary: String

    init(_ parts: RouteParts) {
        directory = parts.directory
        refresher = parts.refresher
        rows = parts.rows
        hot = parts.hot
        runways = parts.process.insight.runways
        vary = parts.vary
    }

    /// One request, understood.
    struct BalancesRequest: Sendable {
        var request: Request
        var query: BalancesQuery
        var indices: [Int]
        var required: [Int]
        /// The next page's cursor; nil where this is the last, or all.
        var next: String?
        var directives: RequestDirectives
        var wantsText: Bool
        /// The rows of the table that was asked for.
        var table: [BalanceRow]?
        /// Nothing in the request but its path matters, so that the answer can be kept for the next one.
        var isPlain: Bool
        /// What the table of ready answers had seen when this request came.
        var changes: UInt64
        /// By index, where they were asked for.
        var runways: [Int: [Runway]] = [:]
    }

    func respond(to call: RouteCall) -> Reply {
        let request = call.request
        let wanted: BalancesRequest
        do {
            wanted = try understand(request, provider: call.match["provider"], account: call.match["account"])
        } catch let error as BalancesQuery.Refusal {
            return .now(Answers.badRequest(request, detail: error.detail))
        } catch let error as AccountDirectory.UnknownName {
            return .now(Answers.unknownName(request, detail: error.detail))
        } catch {
            return .now(Answers.badRequest(request, detail: "The query string is not well-formed."))
        }

        if wanted.query.includesRunway { return .later { await answerWithRunways(wanted) } }
        // Thousands of rows take milliseconds, which an event loop does not have.
        if wanted.indices.count > Self.rowsOnEventLoop { return .later { await answer(wanted) } }
        let first = refreshAll(wanted)
        if first.tickets.isEmpty { return .now(render(wanted, first.answers, asked: nil)) }
        let wait = wait(for: first, wanted)
        return .after(wait) { answer(wanted, first, wait) }
    }

    /// A row takes about a microsecond to look at.
    static let rowsOnEventLoop = 256

    /// What the first, synchronous step of each row came to.
    private struct FirstStep: Sendable {
        var tickets: [Int: Ticket] = [:]
        var answers: [Int: Answer] = [:]
        /// Whether one that is waited for had nothing to show.
        var lacksReading: Bool { tickets.values.contains { !$0.hadReading } }
    }

    /// That providers were asked for an answer, by its request or by one that it joined. *Value.*
    struct Asked: Sendable {
        /// Why. Of several rows one that had nothing counts.
        let reason: CacheStatus.Reason
        /// Whether each of them answered, and with a reading.
        let isStored: Bool
    }

    private func refreshAll(_ wanted: BalancesRequest) -> FirstStep {
        var first = FirstStep()
        let trace = wanted.request.trace
        for (index, demand) in demands(of: wanted) {
            switch refresher.request(directory[index].upstream, demand: demand, trace: trace) {
            case .mustWait(let ticket):
                first.tickets[index] = ticket
            case .answered(let answer): if answer.isOwn { first.answers[index] = answer }
            }
        }
        return first
    }

    /// What is asked of each row. Of a required one no stale value will do, so it is waited for, and it may be none of the rows that
    /// are shown.
    private func demands(of wanted: BalancesRequest) -> [(Int, Demand)] {
        let demand = wanted.directives.demand
        let required = Set(wanted.required)
        return wanted.indices.filter { !required.contains($0) }.map { ($0, demand) }
            + wanted.required.map { ($0, demand.refusingStale(ttl: directory[$0].upstream.policy.ttl)) }
    }

    private func answer(_ wanted: BalancesRequest) async -> Response {
        let first = refreshAll(wanted)
        guard !first.tickets.isEmpty else { return render(wanted, first.answers, asked: nil) }
        let wait = wait(for: first, wanted)
        await wait.value()
        return answer(wanted, first, wait)
    }

    private func answerWithRunways(_ wanted: BalancesRequest) async -> Response {
        let first = refreshAll(wanted)
        let wait = wait(for: first, wanted)
        if !first.tickets.isEmpty { await wait.value() }
        var wanted = wanted
        for index in wanted.indices { wanted.runways[index] = await runways.runways(of: directory[index]) }
        let own = first.answers.merging(wait.answers.filter { $1.isOwn }) { $1 }
        return render(wanted, own, asked: asked(wanted, first, wait.answers))
    }

    private func wait(for first: FirstStep, _ wanted: BalancesRequest) -> CallWait {
        CallWait(first.tickets, of: refresher, patience(wanted, first.tickets.keys))
    }

    /// The wait is over.
    private func answer(_ wanted: BalancesRequest, _ first: FirstStep, _ wait: CallWait) -> Response {
        let answers = wait.answers
        let isShared = wanted.isPlain && first.answers.isEmpty && !answers.values.contains(where: \.isOwn)
        // A crowd that waited for the same calls gets one rendering.
        if isShared, let entry = hot.waited(for: wanted.request.path, now: .now()) {
            return Representations.choose(entry.response, for: wanted.request, replay: nil).forMany
        }
        // The answers that the rows everybody shares cannot show.
        let own = first.answers.merging(answers.filter { $1.isOwn }) { $1 }
        let asked = asked(wanted, first, answers)
        guard isShared else { return render(wanted, own, asked: asked) }
        var wanted = wanted
        wanted.changes = hot.changes
        return render(wanted, own, asked: asked)
    }

    private func asked(_ wanted: BalancesRequest, _ first: FirstStep, _ answers: [Int: Answer]) -> Asked? {
        guard !first.tickets.isEmpty else { return nil }
        let stored = answers.values.count { $0.source.isOfCall && $0.view.problem == nil }
        return Asked(
            reason: CacheStatus.Reason(hadReading: !first.lacksReading, wanted.directives),
            isStored: stored == first.tickets.count)
    }

    private func understand(_ request: Request, provider: String?, account: String?) throws -> BalancesRequest {
        guard let parameters = Query(request.query) else {
            throw BalancesQuery.Refusal(detail: "The query string is not well-formed: an escape is broken or it is no UTF-8.")
        }
        let query = try BalancesQuery(parameters)
        let headers = request.headers
        let accept = headers.all("accept"), prefer = headers.all("prefer"), pragma = headers.all("pragma")
        let directives = RequestDirectives(cacheControl: headers.all("cache-control"), pragma: pragma, prefer: prefer)
        let wantsText = MediaTypes.prefersPlainText(accept)
        let (indices, next) = try page(of: directory.select(provider: provider, account: account, query: query), query)
        return BalancesRequest(
            request: request, query: query, indices: indices, required: try directory.required(query.required), next: next,
            directives: directives, wantsText: wantsText,
            isPlain: request.query == nil && !wantsText && !headers.contains("cache-control") && !headers.contains("pragma"),
            changes: hot.changes)
    }

    /// The rows of the page that the query asks for. Only their providers are asked.
    ///
    /// A cursor names the last row of the page before, so that accounts which come or go by a reload neither repeat nor hide others.
    private func page(of indices: [Int], _ query: BalancesQuery) throws(BalancesQuery.Refusal) -> ([Int], next: String?) {
        var rest = indices[...]
        if let cursor = query.cursor {
            guard let last = directory.index(ofCursor: cursor) else {
                throw BalancesQuery.Refusal(detail: "The cursor's row is not there any more. Begin again, without a cursor.")
            }
            rest = rest.drop { $0 <= last }
        }
        guard let limit = query.limit, rest.count > limit else { return (Array(rest), nil) }
        let page = rest.prefix(limit)
        return (Array(page), page.last.map { "\(directory[$0].id)" })
    }

    /// A caller waits as long as its slowest call may take, and not past its own `Prefer: wait`. The calls' own timeouts nearly always
    /// end a wait sooner; but a call that is overdue already, or still queued because its provider has as many as it may have, has none.
    private func patience(_ wanted: BalancesRequest, _ indices: some Sequence<Int>) -> CallWait.Patience {
        let longest = (indices.map { directory[$0].upstream.policy.timeout }.max() ?? .zero) + Self.margin
        return CallWait.Patience(said: wanted.directives.wait.map { .seconds($0) }, ofCalls: longest)
    }

    /// Outer deadlines are longer than inner ones, so that the inner one's reason is what callers see.
    static let margin: Duration = .milliseconds(500)
}
