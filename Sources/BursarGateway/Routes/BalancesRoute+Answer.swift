import BursarBasics
import BursarCatalog
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarText
import BursarUpstream
import NIOCore

/// The answer, once it is known what each row shows.
extension BalancesRoute {
    /// - Parameters:
    ///   - own: the answers that the rows everybody shares cannot show.
    ///   - asked: nil where no provider was.
    func render(_ wanted: BalancesRequest, _ own: [Int: Answer], asked: Asked?) -> Response {
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
                wanted, document, asked: asked, status: 503, code: .noReading, title: "No provider may be asked now",
                detail: "Each account waits for a cooldown or an open circuit to end.", retryAfter: wait)
        case .timedOut:
            return failure(
                wanted, document, asked: asked, status: 504, code: .timeout, title: "No provider answered in time",
                detail: "A late answer is still taken in: asking again soon may find it.")
        case .failed:
            return failure(
                wanted, document, asked: asked, status: 502, code: .noReading, title: "No provider gave a reading",
                detail: "Each row of balances says why.")
        }
    }

    private func row(_ index: Int, _ own: [Int: Answer], _ runways: [Runway]? = nil) -> BalanceRow {
        let entry = directory[index]
        let view = own[index]?.view
        return BalanceRow(
            id: entry.id, title: entry.definition.title, lowLimit: entry.low, view: view ?? refresher.view(entry.upstream),
            otherwise: view == nil ? nil : Problem(code: .timeout), now: refresher.now,
            runways: runways.map { ($0, refresher.now.wall) })
    }

    private func found(_ wanted: BalancesRequest, _ document: BalancesDocument, asked: Asked?) -> Response {
        if let table = wanted.table {
            let headers = self.headers(document, contentType: Self.plainText, asked: asked)
            let prepared = Representations.prepare(
                Self.text(table, document.generatedAt), headers: headers, age: AnswerAge(at: .now()), forms: .plain,
                cache: document.cacheUse(asked: asked != nil))
            return Representations.choose(prepared, for: wanted.request, replay: nil)
        }
        var body = document.json
        if wanted.query.isPretty { body = Answers.pretty(body) }
        let headers = self.headers(document, contentType: "application/json", asked: asked)
        // The same rows are the same answer, whenever it was made: only generated_at differs then.
        let prepared = Representations.prepare(
            body, tag: EntityTag.weak(document.parts), headers: headers, age: AnswerAge(at: .now()),
            forms: wanted.isPlain ? .all : .plain, cache: document.cacheUse(asked: asked != nil))
        let replay = wanted.isPlain ? publish(prepared, wanted, document, asked: asked) : nil
        return Representations.choose(prepared, for: wanted.request, replay: replay)
    }

    /// Keeps the answer for everybody who asks this path next, until a row changes or its provider may be asked again.
    private func publish(_ prepared: PreparedResponse, _ wanted: BalancesRequest, _ document: BalancesDocument, asked: Asked?)
        -> Replay?
    {
        guard let quietUntil = document.quietUntil, quietUntil > document.generatedAt.monotonic else { return nil }
        let replay = Replay(validity: Validity(), until: .at(quietUntil, seenFrom: document.generatedAt))
        let entry = HotEntry(response: prepared, replay: replay)
        let isKept = hot.publish(entry, for: wanted.request.path, since: wanted.changes, waited: asked != nil)
        // A later answer on the same connection is a hit, and says so.
        return isKept && asked == nil ? replay : nil
    }

    private func headers(_ document: BalancesDocument, contentType: String, asked: Asked?) -> HeaderFields {
        var headers: HeaderFields = [
            "content-type": contentType,
            "cache-control": document.isComplete ? "private, max-age=\(document.maxAge.flooredSeconds)" : "no-store",
            "bursar-complete": document.isComplete ? "true" : "false",
            "vary": "accept, accept-encoding" + vary
        ]
        headers["cache-status"] =
            (asked.map { .forwarded($0.reason, status: nil, stored: $0.isStored && document.isFresh) }
            ?? CacheStatus.hit(ttl: nil, detail: nil)).field
        return headers
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
        _ wanted: BalancesRequest, _ document: BalancesDocument, _ index: Int, _ now: Moment, asked: Asked?
    ) -> Response {
        let next = refresher.nextAttempt(directory[index].upstream)
        return failure(
            wanted, document, asked: asked, status: 503, code: .requirementUnmet,
            title: "A required account has no fresh value",
            detail: "\(directory[index].id) is required and not fresh.",
            retryAfter: next.map { now.monotonic.duration(to: $0.monotonic) })
    }

    private func nothingCached(_ wanted: BalancesRequest, _ document: BalancesDocument) -> Response {
        failure(
            wanted, document, asked: nil, status: 504, code: .nothingCached, title: "Nothing is cached",
            detail: "The request said only-if-cached, and no reading is cached (RFC 9111 5.2.1.7).")
    }

    private func failure(
        _ wanted: BalancesRequest, _ document: BalancesDocument, asked: Asked?, status: Int, code: GatewayProblem, title: String,
        detail: String,
        retryAfter: Duration? = nil
    ) -> Response {
        var problem = ProblemDocument(
            code: code, title: title, status: status, detail: detail, requestID: wanted.request.id.description)
        let rows = document.rowsArray
        // A page without a value is no reason to end there.
        let (isPage, next) = (wanted.query.limit != nil, wanted.next)
        problem.extensions = { json in
            json.string("generated_at", document.generatedAt.wall.rfc3339)
            json.raw("balances", rows)
            if isPage { json.string("next", next) }
        }
        var headers: HeaderFields = [
            "bursar-complete": document.isComplete ? "true" : "false", "vary": "accept, accept-encoding" + vary
        ]
        headers["cache-status"] =
            (asked.map { .forwarded($0.reason, status: nil, stored: false) } ?? CacheStatus.refused(nil)).field
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
    var isOwn: Bool {
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
