import BursarConfiguration
import BursarModel
import BursarUpstream

/// Calls to providers.
extension MetricsRoute {
    /// What tells series apart that a scraper sees: several providers may be asked at one server. *Value.*
    private struct Labelled: Hashable, Comparable {
        let method: String
        let server: UpstreamServer
        let status: Int?
        let errorType: String?

        var labels: MetricLabels {
            MetricLabels([
                ("http_request_method", method), ("server_address", server.address), ("server_port", String(server.port))
            ]).with("http_response_status_code", status.map(String.init)).with("error_type", errorType)
        }

        static func < (left: Labelled, right: Labelled) -> Bool {
            (left.server.address, left.server.port, left.method, left.status ?? 0, left.errorType ?? "")
                < (right.server.address, right.server.port, right.method, right.status ?? 0, right.errorType ?? "")
        }
    }

    func writeUpstream(_ text: inout PrometheusText) {
        let calls = process.upstream.snapshot().filter { visibility.coversAll(of: $0.key.provider) }
        var byProvider: [ProviderID: (calls: Int, failures: [ProblemCode: Int])] = [:]
        var bySeries: [Labelled: UpstreamCallCount] = [:]
        for (kind, count) in calls {
            byProvider[kind.provider, default: (0, [:])].calls += count.count
            if let failure = kind.failure { byProvider[kind.provider]?.failures[failure.code, default: 0] += count.count }
            let series = Labelled(
                method: kind.method, server: kind.server, status: kind.status, errorType: kind.failure?.errorType)
            bySeries[series, default: UpstreamCallCount()].add(count)
        }
        let providers = byProvider.sorted { $0.key < $1.key }
        text.family("bursar_upstream_calls_total", .counter, "Calls to providers that have ended.")
        for (provider, counts) in providers { text.sample([("provider", provider.name)], String(counts.calls)) }
        text.family("bursar_upstream_failures_total", .counter, "Of these, those that gave no reading, by the problem's code.")
        for (provider, counts) in providers {
            for (code, count) in counts.failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text.sample([("provider", provider.name), ("code", code.rawValue)], String(count))
            }
        }
        text.family("http_client_request_duration_seconds", .histogram, "How long calls to providers took.")
        for (series, count) in bySeries.sorted(by: { $0.key < $1.key }) {
            text.histogram(series.labels, bounds: UpstreamMetrics.bounds, counts: count.buckets, total: count.total)
        }
    }
}
