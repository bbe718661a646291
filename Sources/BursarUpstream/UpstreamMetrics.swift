package import BursarModel
import Synchronization

/// Calls that look alike to whoever counts them. *Value.* Every part but the server is of a closed set, so that labels stay few.
package struct UpstreamCallKind: Sendable, Hashable {
    package let provider: ProviderID
    package let server: UpstreamServer
    package let method: String
    /// Nil where no head came.
    package let status: Int?
    /// Why it gave no reading; nil where it gave one.
    package let failure: Failure?

    /// *Value.*
    package struct Failure: Sendable, Hashable {
        package let code: ProblemCode
        /// What OpenTelemetry calls `error.type`: the status where that says it, else a label of ours.
        package let errorType: String

        package init(code: ProblemCode, errorType: String) {
            self.code = code
            self.errorType = errorType
        }
    }

    package init(provider: ProviderID, server: UpstreamServer, method: String, status: Int?, failure: Failure?) {
        self.provider = provider
        self.server = server
        self.method = method
        self.status = status.map(Self.bounded)
        self.failure = failure
    }

    private static let statuses: Set<Int> = [
        200, 201, 202, 204, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 415, 422, 425,
        429,
        500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530
    ]

    /// A status is a provider's choice: one that is not in use counts as its class, as RFC 9110 15 reads it.
    static func bounded(_ status: Int) -> Int { statuses.contains(status) ? status : min(max(status / 100, 1), 5) * 100 }
}

/// Where a call goes. *Value.*
package struct UpstreamServer: Sendable, Hashable {
    package let address: String
    package let port: Int

    /// - Parameter baseURL: as accounts have it: `https://host`, perhaps with a port and a path.
    package init(baseURL: String) {
        let isEncrypted = baseURL.hasPrefix("https://")
        let rest = baseURL.firstRange(of: "://").map { baseURL[$0.upperBound...] } ?? baseURL[...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host: Substring, port: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            (host, port) = (authority[authority.index(after: authority.startIndex)..<end], authority[end...].dropFirst(2))
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count + 1)
        }
        address = String(host)
        self.port = Int(port) ?? (isEncrypted ? 443 : 80)
    }
}

/// How many calls of one kind there were, and how long they took. *Value.*
package struct UpstreamCallCount: Sendable, Equatable {
    package var count = 0
    package var total = Duration.zero
    /// Calls that took at most ``UpstreamMetrics/bounds`` of the same place; the last place holds those that took longer.
    package var buckets = [Int](repeating: 0, count: UpstreamMetrics.bounds.count + 1)

    package init() {}

    package mutating func add(_ other: UpstreamCallCount) {
        count += other.count
        total += other.total
        for index in buckets.indices { buckets[index] += other.buckets[index] }
    }

    fileprivate mutating func add(_ took: Duration) {
        count += 1
        total += took
        buckets[UpstreamMetrics.bounds.firstIndex { took <= $0 } ?? UpstreamMetrics.bounds.count] += 1
    }
}

/// Counts upstream calls, for whoever writes metrics. *Mutex; any thread;* taken once per call.
package final class UpstreamMetrics: Sendable {
    /// OpenTelemetry's for `http.client.request.duration`.
    package static let bounds: [Duration] =
        [5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000].map { .milliseconds($0) }

    private let counts = Mutex<[UpstreamCallKind: UpstreamCallCount]>([:])

    package init() {}

    package func record(_ kind: UpstreamCallKind, took: Duration) {
        counts.withLock { $0[kind, default: UpstreamCallCount()].add(took) }
    }

    package func snapshot() -> [UpstreamCallKind: UpstreamCallCount] { counts.withLock { $0 } }
}
