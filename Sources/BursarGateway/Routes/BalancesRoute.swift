import BursarCatalog
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarUpstream
import NIOCore

/// `GET /v1/balances` and its two narrower forms (contract 4.1). *Immutable; any thread.*
struct BalancesRoute: Sendable {
    let directory: AccountDirectory
    let refresher: Refresher
    let rows: RowTable
    let hot: HotTable
    let runways: RunwayBook
    /// See ``Scope/vary``.
    let vary: String

    /// One request, understood.
    private struct BalancesRequest: Sendable {
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

    func respond(to request: Request, provider: String?, account: String?) -> Reply {
        let wanted: BalancesRequest
        do {
            wanted = try understand(request, provider: provider, account: account)
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
        if first.tickets.isEmpty { return .now(render(wanted, first.answers, asked: false)) }
        let wait = wait(for: first, wanted)
        return .after(wait) { answer(wanted, first, wait) }
    }

    /// A row takes about a microsecond to look at.
    static let rowsOnEventLoop = 256

    /// What the first, synchronous step of each row came to.
    private struct FirstStep: Sendable {
        var tickets: [Int: Ticket] = [:]
        var answers: [Int: Answer] = [:]
    }

    private func refreshAll(_ wanted: BalancesRequest) -> FirstStep {
        var first = FirstStep()
        let trace = wanted.request.trace
        for (index, demand) in demands(of: wanted) {
            switch refresher.request(directory[index].upstream, demand: demand, trace: trace) {
            case .mustWait(let ticket): first.tickets[index] = ticket
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
        guard !first.tickets.isEmpty else { return render(wanted, first.answers, asked: false) }
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
        return render(wanted, own, asked: !first.tickets.isEmpty)
    }

    private func wait(for first: FirstStep, _ wanted: BalancesRequest) -> CallWait {
        CallWait(first.tickets, of: refresher, patience(wanted, first.tickets.keys))
    }

    /// The wait is over.
    private func answer(_ wanted: BalancesRequest, _ first: FirstStep, _ wait: CallWait) -> Response {
        // The answers that the rows everybody shares cannot show.
        let own = first.answers.merging(wait.answers.filter { $1.isOwn }) { $1 }
        guard wanted.isPlain, own.isEmpty else { return render(wanted, own, asked: true) }
        // A crowd that waited for the same calls gets one rendering.
        if let entry = hot.waited(for: wanted.request.path, now: .now()) {
            return Representations.choose(entry.response, for: wanted.request, replay: nil)
        }
        var wanted = wanted
        wanted.changes = hot.changes
        return render(wanted, own, asked: true)
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

// MARK: - The answer

extension BalancesRoute {
    /// - Parameters:
    ///   - own: the answers that the rows everybody shares cannot show.
    ///   - asked: whether a provider was asked, by this request or by one that it joined.
    private func render(_ wanted: BalancesRequest, _ own: [Int: Answer], asked: Bool) -> Response {
        let now = refresher.now
        var wanted = wanted
        // A table shows what a rendered row no longer has; it is for people, and its rows are not kept.
        if wanted.wantsText { wanted.table = wanted.indices.map { row($0, own, wanted.runways[$0]) } }
        let document = BalancesDocument(
            generatedAt: now, page: wanted.query.limit == nil ? nil : .init(next: wanted.next),
            rows: wanted.table?.map { BalancesDocument.Row($0, now: now) }
                ?? wanted.indices.map { index in
                    if own[index] != nil || wanted.query.includesRunway {
                        return BalancesDocument.Row(row(index, own, wanted.runways[index]), now: now)
                    }
                    return rows.row(directory[index].position, now: now) { _ in row(index, own) }
                })
        if wanted.directives.freshness == .cachedOnly, !document.hasValue { return nothingCached(wanted, document) }
        if let missing = firstUnmet(wanted, now) { return requirementUnmet(wanted, document, missing, now, asked: asked) }

        switch document.outcome {
        case .ok: return found(wanted, document, asked: asked)
        case .wait(let wait):
            return failure(
                wanted, document, asked: asked, status: 503, code: "no_reading", title: "No provider may be asked now",
                detail: "Each account waits for a cooldown or an open circuit to end.", retryAfter: wait)
        case .timedOut:
            return failure(
                wanted, document, asked: asked, status: 504, code: "timeout", title: "No provider answered in time",
                detail: "A late answer is still taken in: asking again soon may find it.")
        case .failed:
            return failure(
                wanted, document, asked: asked, status: 502, code: "no_reading", title: "No provider gave a reading",
                detail: "Each row of balances says why.")
        }
    }

    private func row(_ index: Int, _ own: [Int: Answer], _ runways: [Runway]? = nil) -> BalanceRow {
        let entry = directory[index]
        let view = own[index]?.view
        return BalanceRow(
            id: entry.id, title: entry.definition.title, lowLimit: entry.low, view: view ?? refresher.view(entry.upstream),
            otherwise: view == nil ? nil : Problem(code: .timeout), runways: runways.map { ($0, refresher.now.wall) })
    }

    private func found(_ wanted: BalancesRequest, _ document: BalancesDocument, asked: Bool) -> Response {
        if let table = wanted.table {
            let headers = self.headers(document, contentType: Self.plainText, asked: asked)
            let prepared = Representations.prepare(
                Self.text(table, document.generatedAt), headers: headers, ageBase: .now(), forms: .plain,
                cache: document.cacheUse(asked: asked))
            return Representations.choose(prepared, for: wanted.request, replay: nil)
        }
        var body = document.json
        if wanted.query.isPretty { body = Self.pretty(body) }
        let headers = self.headers(document, contentType: "application/json", asked: asked)
        // The same rows are the same answer, whenever it was made: only generated_at differs then.
        let prepared = Representations.prepare(
            body, tag: EntityTag.weak(document.parts), headers: headers, ageBase: .now(),
            forms: wanted.isPlain ? .all : .plain, cache: document.cacheUse(asked: asked))
        let replay = wanted.isPlain ? publish(prepared, wanted, document, asked: asked) : nil
        return Representations.choose(prepared, for: wanted.request, replay: replay)
    }

    /// Keeps the answer for everybody who asks this path next, until a row changes or its provider may be asked again.
    private func publish(_ prepared: PreparedResponse, _ wanted: BalancesRequest, _ document: BalancesDocument, asked: Bool)
        -> Replay?
    {
        guard let quietUntil = document.quietUntil, quietUntil > document.generatedAt.monotonic else { return nil }
        let replay = Replay(validity: Validity(), until: .at(quietUntil, seenFrom: document.generatedAt))
        let entry = HotEntry(response: prepared, replay: replay)
        let isKept = hot.publish(entry, for: wanted.request.path, since: wanted.changes, waited: asked)
        // A later answer on the same connection is a hit, and says so.
        return isKept && !asked ? replay : nil
    }

    private func headers(_ document: BalancesDocument, contentType: String, asked: Bool) -> HeaderFields {
        var headers: HeaderFields = [
            "content-type": contentType,
            "cache-control": document.isComplete ? "private, max-age=\(document.maxAge.flooredSeconds)" : "no-store",
            "bursar-complete": document.isComplete ? "true" : "false",
            "vary": "accept, accept-encoding" + vary
        ]
        headers["cache-status"] =
            (asked ? CacheStatus.forwarded(.miss, status: nil, stored: document.isFresh) : .hit(ttl: nil, detail: nil)).field
        return headers
    }

    /// For people: our own compact JSON read again and laid out.
    private static func pretty(_ json: [UInt8]) -> [UInt8] {
        (try? JSONReader.read(json, limits: JSONLimits(bytes: json.count))).map { JSONWriter.pretty($0) } ?? json
    }

    private static let plainText = "text/plain; charset=utf-8"

    private static func text(_ table: [BalanceRow], _ now: Moment) -> [UInt8] {
        Array(BalanceTable(table.map(\.tableLine)).text(now: now.wall).utf8)
    }
}

// MARK: - Failures

extension BalancesRoute {
    private func firstUnmet(_ wanted: BalancesRequest, _ now: Moment) -> Int? {
        wanted.required.first { refresher.view(directory[$0].upstream).status != .fresh }
    }

    private func requirementUnmet(
        _ wanted: BalancesRequest, _ document: BalancesDocument, _ index: Int, _ now: Moment, asked: Bool
    ) -> Response {
        let hold = refresher.view(directory[index].upstream).hold
        return failure(
            wanted, document, asked: asked, status: 503, code: "requirement_unmet",
            title: "A required account has no fresh value",
            detail: "\(directory[index].id) is required and not fresh.",
            retryAfter: hold.map { now.monotonic.duration(to: $0.until.monotonic) })
    }

    private func nothingCached(_ wanted: BalancesRequest, _ document: BalancesDocument) -> Response {
        failure(
            wanted, document, asked: false, status: 504, code: "nothing_cached", title: "Nothing is cached",
            detail: "The request said only-if-cached, and no reading is cached (RFC 9111 5.2.1.7).")
    }

    private func failure(
        _ wanted: BalancesRequest, _ document: BalancesDocument, asked: Bool, status: Int, code: String, title: String,
        detail: String,
        retryAfter: Duration? = nil
    ) -> Response {
        var problem = ProblemDocument(
            code: code, title: title, status: status, detail: detail, requestID: wanted.request.id.description)
        problem.extensions = [
            ("generated_at", Array("\"\(document.generatedAt.wall.rfc3339)\"".utf8)), ("balances", document.rowsArray)
        ]
        // A page without a value is no reason to end there.
        if wanted.query.limit != nil {
            problem.extensions.append(("next", wanted.next.map { Array("\"\($0)\"".utf8) } ?? Array("null".utf8)))
        }
        var headers: HeaderFields = [
            "bursar-complete": document.isComplete ? "true" : "false", "vary": "accept, accept-encoding" + vary
        ]
        headers["cache-status"] = (asked ? CacheStatus.forwarded(.miss, status: nil, stored: false) : .refused(nil)).field
        if let retryAfter { headers["retry-after"] = String(max(1, retryAfter.secondsRoundedUp)) }
        var response = Answers.problem(problem, headers: headers)
        if let table = wanted.table {
            headers["cache-control"] = "no-store"
            headers["content-type"] = Self.plainText
            response = Response(
                status: status, headers: headers, bytes: Self.text(table, document.generatedAt) + Array("\n\(detail)\n".utf8))
        }
        response.cache = .missed
        return response
    }
}

extension Answer {
    /// Whether it belongs to its request alone: the view that everybody shares cannot say whose patience ended, or that the
    /// budget stood in the way of this demand, and a reading that is over in a moment may be gone from it before this is rendered.
    fileprivate var isOwn: Bool {
        switch source {
        case .waitedOut, .blocked(.limited), .blocked(.tableFull): view.status == .unavailable
        case .fetched, .collapsed:
            view.fetchedAt.map { $0.monotonic.duration(to: view.validUntil) < .seconds(1) } ?? false
        case .held, .cachedStale, .blocked: false
        }
    }
}

extension RequestDirectives {
    var demand: Demand {
        switch freshness {
        case .anyCached: .anyCached
        case .newerThan(let seconds): .newerThan(age: .seconds(seconds))
        case .newest: .newest
        case .cachedOnly: .cachedOnly
        }
    }
}
