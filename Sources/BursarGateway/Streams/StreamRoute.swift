import BursarHTTP
import BursarModel
import BursarStream

/// `GET /v1/balances/stream`: the rows that the caller may see, and each change of them. *Immutable; any thread.*
struct StreamRoute: Route {
    private let directory: AccountDirectory
    private let rows: RowTable
    private let hub: StreamHub
    private let places: StreamPlaces

    init(_ parts: RouteParts) {
        (directory, rows) = (parts.directory, parts.rows)
        (hub, places) = (parts.process.streams, parts.process.streamPlaces)
    }

    func respond(to call: RouteCall) -> Reply {
        let request = call.request
        let filter: StreamFilter
        do {
            filter = try self.filter(request)
        } catch let error as BalancesQuery.Refusal {
            return .now(Answers.badRequest(request, detail: error.detail))
        } catch let error as AccountDirectory.UnknownName {
            return .now(Answers.unknownName(request, detail: error.detail))
        } catch {
            return .now(Answers.badRequest(request, detail: "The query string is not well-formed."))
        }
        guard let place = places.take(request.connection.client) else { return .now(full(request)) }
        guard directory.entries.count > BalancesRoute.rowsOnEventLoop, !request.isHead else {
            return .now(stream(request, filter, place))
        }
        return .later {
            hub.prepare(directory, rows)
            return stream(request, filter, place)
        }
    }

    private func stream(_ request: Request, _ filter: StreamFilter, _ place: StreamPlace) -> Response {
        let headers = request.headers
        let directives = RequestDirectives(cacheControl: headers.all("cache-control"), pragma: [], prefer: [])
        let subscriber = StreamSubscriber(
            hub, place, credential: CallerCredential(request), filter: filter, asks: directives.freshness != .cachedOnly,
            cursor: StreamCursor(
                lastEventID: headers["last-event-id"].flatMap { StreamID($0) }, retry: .random(in: Self.retry)))
        return Response(
            status: 200,
            headers: [
                "content-type": "text/event-stream", "cache-control": "no-store",
                // nginx, and what has learned it from nginx, then passes each piece on as it comes.
                "x-accel-buffering": "no"
            ], producer: subscriber)
    }

    /// Milliseconds. Spread, because a restart sends everybody back at once.
    private static let retry = 2_000...5_000

    private func full(_ request: Request) -> Response {
        Answers.problem(
            ProblemDocument(
                code: .tooManyStreams, title: "No place for another stream", status: 503,
                detail: "As many streams are open as limits.streams or limits.streams_per_peer allows. "
                    + "Ask /v1/balances now and then instead, or try again.",
                requestID: request.id.description),
            headers: ["retry-after": "10"])
    }
}

// MARK: - The query

extension StreamRoute {
    /// The filters of the list. What else the list takes makes no sense here, and the table of routes has none of it.
    private func filter(_ request: Request) throws -> StreamFilter {
        guard let parameters = Query(request.query) else {
            throw BalancesQuery.Refusal(detail: "The query string is not well-formed: an escape is broken or it is no UTF-8.")
        }
        let query = try BalancesQuery(parameters)
        // Only for a name that does not exist.
        _ = try directory.select(provider: nil, account: nil, query: query)
        return StreamFilter(providers: query.providers.map { Set($0.names) }, accounts: query.accounts.map { Set($0.names) })
    }
}
