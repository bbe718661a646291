import BursarBasics
import BursarCatalog
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarStore
import BursarUpstream

/// `GET /v1/balances/{provider}/{account}/history`: the changes of an account's amounts, as JSON or CSV, in pages. *Immutable; any thread.*
struct HistoryRoute: Route {
    private let directory: AccountDirectory
    private let store: StoreKeeper?
    private let refresher: Refresher

    init(_ parts: RouteParts) {
        directory = parts.directory
        store = parts.process.store
        refresher = parts.refresher
    }

    private static let known = ["since", "until", "step", "format", "limit", "after", "pretty"]
    static let longestPage = 10_000
    static let defaultPage = 1_000

    private struct HistoryRequest: Sendable {
        let account: AccountID
        let since: WallTime
        let until: WallTime
        let step: Duration?
        let isCSV: Bool
        let limit: Int
        let after: WallTime?
    }

    func respond(to call: RouteCall) -> Reply {
        let request = call.request
        let wanted: HistoryRequest
        do {
            let indices = try directory.select(
                provider: call.name("provider"), account: call.name("account"), query: .everything)
            guard let index = indices.first else {
                return .now(Answers.unknownName(request, detail: "There is no such account."))
            }
            wanted = try understand(request, directory[index].id)
        } catch let error as AccountDirectory.UnknownName {
            return .now(Answers.unknownName(request, detail: error.detail))
        } catch let error as InsightQuery.Refusal {
            return .now(Answers.badRequest(request, detail: error.detail))
        } catch {
            return .now(Answers.badRequest(request, detail: "The query string is not well-formed."))
        }
        guard let store else {
            return .now(
                InsightAnswers.unavailable(
                    request, code: "no_history", detail: "This gateway keeps no history: its configuration says store: memory."))
        }
        return .later { await answer(wanted, request, store) }
    }

    private func understand(_ request: Request, _ account: AccountID) throws(InsightQuery.Refusal) -> HistoryRequest {
        let query = try InsightQuery(request.query, known: Self.known)
        let now = refresher.now.wall
        let until = try query.time("until", now: now) ?? now
        let since = try query.time("since", now: now) ?? until.advanced(by: .seconds(-7 * 86_400))
        guard since < until else { throw .init(detail: "The window ends before it begins: since must be earlier than until.") }
        let step = try query.duration("step")
        let limit = try query.number("limit", 1...Self.longestPage) ?? Self.defaultPage
        if let step {
            guard step > .zero else { throw .init(detail: "step must be longer than 0.") }
            let points = since.duration(to: until).milliseconds / max(1, step.milliseconds)
            guard points <= Int64(Self.longestPage) else {
                throw .init(
                    detail:
                        "That step gives \(points) points; at most \(Self.longestPage) are answered. Take a longer step or a shorter window."
                )
            }
        }
        let format = query.text("format") ?? "json"
        guard ["json", "csv"].contains(format) else { throw .init(detail: "format takes json or csv.") }
        let after = try query.time("after", now: now)
        return HistoryRequest(
            account: account, since: since, until: until, step: step, isCSV: format == "csv", limit: limit, after: after)
    }

    private func answer(_ wanted: HistoryRequest, _ request: Request, _ store: StoreKeeper) async -> Response {
        var page: [HistoryEntry]
        do throws(StoreFault) {
            page = try await store.history(
                of: wanted.account,
                in: HistoryRange(
                    since: wanted.since, before: wanted.until, after: wanted.step == nil ? wanted.after : nil,
                    limit: wanted.step == nil ? wanted.limit + 1 : nil))
        } catch {
            return InsightAnswers.unavailable(request, code: "no_history", detail: "The store \(error.words).")
        }
        var next: WallTime?
        if let step = wanted.step {
            page = HistorySteps.take(page, every: step, from: wanted.since, to: wanted.until)
        } else if page.count > wanted.limit {
            page.removeLast(page.count - wanted.limit)
            next = page.last?.at
        }
        return wanted.isCSV ? csv(page, next) : json(page, wanted, next)
    }

    private func json(_ page: [HistoryEntry], _ wanted: HistoryRequest, _ next: WallTime?) -> Response {
        var json = JSONText(reserving: 256 + page.count * 192)
        json.object { json in
            json.string("schema", "bursar.history.v1")
            json.string("provider", wanted.account.provider.name)
            json.string("account", wanted.account.account.name)
            json.string("since", wanted.since.rfc3339)
            json.string("until", wanted.until.rfc3339)
            json.array("entries") { json in
                for entry in page {
                    json.object { json in
                        json.string("at", entry.at.rfc3339)
                        json.string("until", entry.until.rfc3339)
                        // As in a row: which of the amounts was its own then.
                        let own = entry.amounts.ownAvailable
                        json.string("available", own?.value.description)
                        json.string("unit", own?.unit.name)
                        json.array("amounts") { json in
                            for amount in entry.amounts { amount.write(into: &json) }
                        }
                    }
                }
            }
            json.string("next", next?.rfc3339)
        }
        return Answers.json(json.bytes)
    }

    private func csv(_ page: [HistoryEntry], _ next: WallTime?) -> Response {
        var text = HistoryCSV.header
        for entry in page {
            let times = "\(entry.at.rfc3339),\(entry.until.rfc3339)"
            for amount in entry.amounts {
                text += "\(times),\(amount.kind.rawValue),\(amount.value),\(amount.unit),\(amount.part?.name ?? "")\r\n"
            }
        }
        var headers: HeaderFields = ["content-type": "text/csv; charset=utf-8; header=present", "cache-control": "no-store"]
        if let next { headers["bursar-next"] = next.rfc3339 }
        return Response(status: 200, headers: headers, bytes: Array(text.utf8))
    }
}

/// One entry a step, and none where nobody knew: a gap stays a gap. Pure.
enum HistorySteps {
    /// The amounts as they were at each of `from`, `from + step` …, where an entry covers that time.
    static func take(_ entries: [HistoryEntry], every step: Duration, from: WallTime, to: WallTime) -> [HistoryEntry] {
        let length = max(1, step.milliseconds)
        var taken: [HistoryEntry] = []
        var index = 0
        var time = from.milliseconds
        while time <= to.milliseconds {
            while index + 1 < entries.count, entries[index + 1].at.milliseconds <= time { index += 1 }
            if index < entries.count, entries[index].at.milliseconds <= time, time <= entries[index].until.milliseconds {
                let entry = entries[index]
                let point = WallTime(milliseconds: time)
                taken.append(
                    HistoryEntry(
                        account: entry.account, at: point, until: point, asOf: entry.asOf, providerSaysLow: entry.providerSaysLow,
                        amounts: entry.amounts))
            }
            time += length
        }
        return taken
    }
}

/// Answers that the insight routes share. Pure.
enum InsightAnswers {
    static func unavailable(_ request: Request, code: String, detail: String) -> Response {
        Answers.problem(
            ProblemDocument(
                code: code, title: "This cannot be answered now", status: 503, detail: detail, requestID: request.id.description))
    }
}
