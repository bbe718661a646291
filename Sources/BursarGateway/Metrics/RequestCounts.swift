import BursarHTTP
import NIOCore
import NIOPosix
import Synchronization

/// What tells the series of `http_server_request_duration_seconds` apart, and whether a cached reading answered. *Value.* Every part is of a
/// closed set, so that no caller can make series.
struct RequestSeries: Hashable, Sendable {
    let route: RouteLabel
    let method: RequestMethod
    /// 0 where the client left before there was an answer.
    let status: Int
    let isSecure: Bool
    let version: HTTPVersion
    /// No label of that metric: the counters of the cache are made of it.
    let cache: CacheUse

    /// Statuses that this server sends. Any other is a provider's, passed on, and counts as its class, as RFC 9110 15 reads it.
    private static let statuses: Set<Int> = [
        0, 200, 201, 204, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 413, 414, 421, 422, 429, 431, 500, 501, 502, 503, 504,
        505
    ]

    init(_ record: RequestRecord) {
        route = RouteTable.shared.label(record.path)
        method = RequestMethod(record.method)
        status = Self.statuses.contains(record.status) ? record.status : record.status / 100 * 100
        isSecure = record.isSecure
        version = record.version
        cache = record.cache
    }
}

/// The series that one event loop has seen. *That event loop* writes; any thread reads, behind a Mutex that the loop takes once for each
/// kind of request.
final class LoopRequests: Sendable {
    /// With room, so that its first request need not make the table.
    private let series = Mutex([RequestSeries: RequestHistogram](minimumCapacity: 8))

    func histogram(_ key: RequestSeries) -> RequestHistogram {
        series.withLock { series in
            if let known = series[key] { return known }
            let new = RequestHistogram()
            series[key] = new
            return new
        }
    }

    var all: [RequestSeries: RequestHistogram] { series.withLock { $0 } }
}

/// How many requests each series answered, and how long they took. *Mutex*; any thread: taken by an event loop when it begins with a
/// configuration, and by whoever reads.
final class RequestCounts: Sendable {
    private struct Loops {
        var byLoop: [ObjectIdentifier: LoopRequests] = [:]
        var others: [LoopRequests] = []
    }

    private let loops: Mutex<Loops>

    /// - Parameter group: of the loops that will count; others are met when they do.
    init(on group: any EventLoopGroup) {
        var known = Loops()
        for loop in group.makeIterator() { known.byLoop[ObjectIdentifier(loop)] = LoopRequests() }
        loops = Mutex(known)
    }

    /// Where this event loop counts, for as long as the process lives. Off an event loop: one that nobody else has.
    func ofThisLoop() -> LoopRequests {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop.map { ObjectIdentifier($0) }
        return loops.withLock { loops in
            if let loop, let known = loops.byLoop[loop] { return known }
            let new = LoopRequests()
            if let loop { loops.byLoop[loop] = new } else { loops.others.append(new) }
            return new
        }
    }

    /// One series of all loops together. *Value.*
    struct Total: Sendable {
        var counts = [Int](repeating: 0, count: RequestHistogram.bounds.count + 1)
        var duration = Duration.zero
        var requests: Int { counts.reduce(0, +) }

        mutating func add(_ histogram: RequestHistogram) {
            for (index, count) in histogram.counts.enumerated() { counts[index] += count }
            duration += histogram.total
        }
    }

    func totals<Key: Hashable>(by key: (RequestSeries) -> Key) -> [Key: Total] {
        let all = loops.withLock { Array($0.byLoop.values) + $0.others }
        var totals: [Key: Total] = [:]
        for loop in all {
            for (series, histogram) in loop.all { totals[key(series), default: Total()].add(histogram) }
        }
        return totals
    }
}
