import BursarHTTP
import NIOCore

/// How many requests each route answered with each status. *Atomic*; any thread: an event loop adds one and goes on.
final class RequestCounts: Sendable {
    /// Statuses that this server sends; anything else counts as 0 ("other").
    static let statuses = [
        0, 200, 201, 204, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 413, 421, 422, 429, 431, 500, 501, 502, 503, 504, 505
    ]

    private let cells: [RequestCounter]
    private let columnByStatus: [Int: Int]

    init() {
        cells = (0..<RouteTable.shared.labels.count * Self.statuses.count).map { _ in RequestCounter() }
        columnByStatus = Dictionary(uniqueKeysWithValues: Self.statuses.enumerated().map { ($1, $0) })
    }

    func count(_ route: RouteLabel, status: Int) { counter(route, status: status).tick() }

    func counter(_ route: RouteLabel, status: Int) -> RequestCounter {
        cells[route.place * Self.statuses.count + (columnByStatus[status] ?? 0)]
    }

    /// The counts that are not zero.
    var all: [(route: RouteLabel, status: Int, count: Int)] {
        RouteTable.shared.labels.indices.map(RouteLabel.init(place:)).flatMap { route in
            Self.statuses.indices.compactMap { column in
                let count = cells[route.place * Self.statuses.count + column].count
                return count == 0 ? nil : (route, Self.statuses[column], count)
            }
        }
    }
}
