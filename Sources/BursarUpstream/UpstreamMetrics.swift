package import BursarModel
import Synchronization

/// Calls of one provider with one outcome. *Value.*
package struct UpstreamCallCount: Sendable, Equatable {
    package let provider: ProviderID
    /// `ok` or a problem code: a closed set, so that labels stay few.
    package let outcome: String
    package var count: UInt64
    package var total: Duration
    /// Calls that took at most ``UpstreamMetrics/bounds`` of the same place; the last place holds those that took longer.
    package var buckets: [UInt64]
}

/// Counts upstream calls, for whoever writes metrics. *Mutex; any thread;* taken once per call.
package final class UpstreamMetrics: Sendable {
    /// A provider answers within tens of milliseconds to seconds; the default timeout is 5 s.
    package static let bounds: [Duration] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000].map {
        .milliseconds($0)
    }

    private struct Key: Hashable {
        let provider: ProviderID
        let outcome: String
    }
    private let counts = Mutex<[Key: UpstreamCallCount]>([:])

    package init() {}

    package func record(provider: ProviderID, outcome: String, took: Duration) {
        let bucket = Self.bounds.firstIndex { took <= $0 } ?? Self.bounds.count
        counts.withLock {
            let empty = UpstreamCallCount(
                provider: provider, outcome: outcome, count: 0, total: .zero,
                buckets: [UInt64](repeating: 0, count: Self.bounds.count + 1))
            $0[Key(provider: provider, outcome: outcome), default: empty].add(took, bucket)
        }
    }

    /// In a stable order.
    package func snapshot() -> [UpstreamCallCount] {
        counts.withLock { Array($0.values) }.sorted { ($0.provider, $0.outcome) < ($1.provider, $1.outcome) }
    }
}

extension UpstreamCallCount {
    fileprivate mutating func add(_ took: Duration, _ bucket: Int) {
        count += 1
        total += took
        buckets[bucket] += 1
    }
}
