import BursarBasics
import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarInsight
import BursarModel
import BursarStore
import BursarText
import BursarUpstream

/// `GET /v1/balances/{provider}/{account}/history`: the changes of an account's amounts, as JSON or CSV, in pages, and what was spent.
/// *Immutable; any thread.*
struct HistoryRoute: Route {
    private let directory: AccountDirectory
    private let store: StoreKeeper?
    private let refresher: Refresher
    private let configured: StoreConfiguration

    init(_ parts: RouteParts) {
        directory = parts.directory
        store = parts.process.store
        configured = parts.configuration.store
        refresher = parts.refresher
    }

    static let longestPage = 10_000
    static let defaultPage = 1_000
    /// Two years and some: an answer has a bound, also of an account that changes seldom and is kept for longer.
    static let mostDays = 800

    private struct HistoryRequest: Sendable {
        let account: AccountID
        let since: WallTime
        let until: WallTime
        /// Where what can be known ends: `until`, and never later than now.
        let end: WallTime
        let isByDay: Bool
        let step: Duration?
        let isCSV: Bool
        let limit: Int
        let after: WallTime?

        /// What is read of the store. A page of CSV is read alone.
        var range: HistoryRange {
            if isCSV {
                return HistoryRange(
                    since: since, before: until, after: step == nil ? after : nil, limit: step == nil ? limit + 1 : nil)
            }
            // What was seen first at the very end was spent before it.
            return HistoryRange(
                since: since.advanced(by: .milliseconds(-Spending.lookBack.milliseconds)),
                before: until.advanced(by: .milliseconds(1)))
        }
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
                    request, code: .noHistory, detail: "No history is kept here: \(configured.whyNothingIsKept)."))
        }
        return .later { await answer(wanted, request, store) }
    }

    private func understand(_ request: Request, _ account: AccountID) throws(InsightQuery.Refusal) -> HistoryRequest {
        let query = try InsightQuery(request.query)
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
        let end = min(until, now)
        let isByDay = try Self.isByDay(query, isCSV: format == "csv", since.duration(to: end))
        let after = try query.time("after", now: now)
        return HistoryRequest(
            account: account, since: since, until: until, end: end, isByDay: isByDay, step: step, isCSV: format == "csv",
            limit: limit, after: after)
    }

    private static func isByDay(_ query: InsightQuery, isCSV: Bool, _ length: Duration) throws(InsightQuery.Refusal) -> Bool {
        guard let by = query.text("by") else { return false }
        guard by == "day" else { throw .init(detail: "by takes day.") }
        guard !isCSV else { throw .init(detail: "What was spent by day is told as JSON: leave format=csv out.") }
        let days = length.milliseconds / WallTime.day
        guard days <= Int64(mostDays) else {
            throw .init(detail: "That window has \(days) days; at most \(mostDays) are answered. Take a later since.")
        }
        return true
    }

    private func answer(_ wanted: HistoryRequest, _ request: Request, _ store: StoreKeeper) async -> Response {
        let all: [HistoryEntry]
        do throws(StoreFault) {
            all = try await store.history(of: wanted.account, in: wanted.range)
        } catch {
            return InsightAnswers.unavailable(request, code: .noHistory, detail: "The store \(error.words).")
        }
        // What was spent needs some of before the window, and the whole of it, whatever page is asked for.
        var page = all.filter { $0.until >= wanted.since && $0.at < wanted.until }
        var next: WallTime?
        if let step = wanted.step {
            page = HistorySteps.take(page, every: step, from: wanted.since, to: wanted.until)
        } else {
            if let after = wanted.after { page.removeAll { $0.at <= after } }
            if page.count > wanted.limit {
                page.removeLast(page.count - wanted.limit)
                next = page.last?.at
            }
        }
        if wanted.isCSV { return csv(page, next) }
        // In a time that is still to come nothing was spent, and nothing is unknown.
        guard wanted.since < wanted.end else { return json(page, wanted, next, nil) }
        let history = all.map { Observation(at: $0.at, until: $0.until, amounts: $0.amounts) }
        return json(page, wanted, next, Spending(history, since: wanted.since, until: wanted.end))
    }

    private func json(_ page: [HistoryEntry], _ wanted: HistoryRequest, _ next: WallTime?, _ spending: Spending?) -> Response {
        var json = JSONText(reserving: 256 + page.count * 192)
        json.object { json in
            json.string("schema", "bursar.history.v1")
            json.string("provider", wanted.account.provider.name)
            json.string("account", wanted.account.account.name)
            json.string("since", wanted.since.rfc3339)
            json.string("until", wanted.until.rfc3339)
            json.integer("step_seconds", wanted.step.map { Int(clamping: $0.secondsRoundedUp) })
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
            json.array("spent") { json in
                for sum in spending?.whole.sums ?? [] { sum.write(into: &json) }
            }
            if wanted.isByDay {
                json.array("days") { json in
                    for day in spending?.days ?? [] { day.write(into: &json) }
                }
            }
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

extension StoreConfiguration {
    /// Of a process without a store.
    fileprivate var whyNothingIsKept: String {
        switch self {
        case .memory(.chosen): "everything is held in memory, as store: memory says"
        case .memory(.noFolder): "none of STATE_DIRECTORY, XDG_STATE_HOME and HOME names a folder from the root"
        case .sqlite: "it was started without a store, and the one that was configured since is opened by a restart"
        }
    }
}

/// Answers that the insight routes share. Pure.
enum InsightAnswers {
    static func unavailable(_ request: Request, code: GatewayProblem, detail: String) -> Response {
        Answers.problem(
            ProblemDocument(
                code: code, title: "This cannot be answered now", status: 503, detail: detail, requestID: request.id.description))
    }
}
