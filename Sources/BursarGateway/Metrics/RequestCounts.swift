import BursarHTTP
import NIOCore

/// The routes as metrics and logs name them: a closed set, so that no caller can make series. *Value.*
enum RouteLabel: Int, Sendable, CaseIterable {
    case balances, provider, providers, status, cooldown, reload, live, ready, openAPI, metrics, page, other, history, guarding,
        claims, explain, alerts

    init(path: String) {
        switch Route(path: path) {
        case .balances: self = .balances
        case .provider: self = .provider
        case .providers: self = .providers
        case .status: self = .status
        case .cooldown: self = .cooldown
        case .reload: self = .reload
        case .live: self = .live
        case .ready: self = .ready
        case .openAPI: self = .openAPI
        case .metrics: self = .metrics
        case .history: self = .history
        case .guarding: self = .guarding
        case .claims, .claim: self = .claims
        case .explain: self = .explain
        case .alerts, .alertTest, .alertMute: self = .alerts
        case .page(let path): self = path == "/" ? .page : .other
        case nil: self = .other
        }
    }

    var label: String { self == .guarding ? "guard" : String(describing: self) }
}

/// How many requests each route answered with each status. *Atomic*; any thread: an event loop adds one and goes on.
final class RequestCounts: Sendable {
    /// Statuses that this server sends; anything else counts as 0 ("other").
    static let statuses = [
        0, 200, 201, 204, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 413, 421, 422, 429, 431, 500, 501, 502, 503, 504, 505
    ]

    private let cells: [RequestCounter]
    private let columnByStatus: [Int: Int]

    init() {
        cells = (0..<RouteLabel.allCases.count * Self.statuses.count).map { _ in RequestCounter() }
        columnByStatus = Dictionary(uniqueKeysWithValues: Self.statuses.enumerated().map { ($1, $0) })
    }

    func count(_ route: RouteLabel, status: Int) { counter(route, status: status).tick() }

    func counter(_ route: RouteLabel, status: Int) -> RequestCounter {
        cells[route.rawValue * Self.statuses.count + (columnByStatus[status] ?? 0)]
    }

    /// The counts that are not zero.
    var all: [(route: RouteLabel, status: Int, count: Int)] {
        RouteLabel.allCases.flatMap { route in
            Self.statuses.indices.compactMap { column in
                let count = cells[route.rawValue * Self.statuses.count + column].count
                return count == 0 ? nil : (route, Self.statuses[column], count)
            }
        }
    }
}
