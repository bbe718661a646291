import BursarHTTP
import BursarModel
import Synchronization

extension MetricsRoute {
    /// What tells series apart that a scraper sees. *Value.*
    private struct Labelled: Hashable, Comparable {
        let route: String?
        let method: String
        let status: Int
        let isSecure: Bool
        let version: String

        init(_ series: RequestSeries) {
            route = series.route == .other ? nil : series.route.text
            method = series.method.label
            status = series.status
            isSecure = series.isSecure
            version = series.version.metricLabel
        }

        /// Where the client left before an answer, there is no status; where no route answers, none of its name.
        var labels: MetricLabels {
            MetricLabels([("http_request_method", method)]).with("http_route", route)
                .with("http_response_status_code", status == 0 ? nil : String(status))
                .with("url_scheme", isSecure ? "https" : "http").with("network_protocol_version", version)
        }

        static func < (left: Labelled, right: Labelled) -> Bool {
            (left.route ?? "", left.method, left.status, left.version, left.isSecure ? 1 : 0)
                < (right.route ?? "", right.method, right.status, right.version, right.isSecure ? 1 : 0)
        }
    }

    func writeRequests(_ text: inout PrometheusText) {
        text.family(
            "http_server_request_duration_seconds", .histogram,
            "Requests answered, from the complete head to the last byte's hand-over. Repetitions that a connection answers by itself are not timed: they are in the first bucket, with nothing in the sum."
        )
        for (series, total) in process.requests.totals(by: Labelled.init).sorted(by: { $0.key < $1.key }) {
            text.histogram(
                series.labels, bounds: RequestHistogram.bounds, counts: total.counts, total: total.duration)
        }
        writeActive(&text)
        writeCache(&text)
        text.family("bursar_http_connections", .gauge, "Connections that are open.")
        text.sample(value: String(process.counters.connectionsOpen.load(ordering: .relaxed)))
        text.family("bursar_http_connections_total", .counter, "Connections accepted.")
        text.sample(value: String(process.counters.connectionsAccepted.load(ordering: .relaxed)))
        text.family("bursar_stream_subscribers", .gauge, "Streams of balances that are read.")
        text.sample(value: String(process.streams.subscriberCount))
        text.family("bursar_http_limits_total", .counter, "How often a limit or an error ended or refused something.")
        for event in ServerCounters.Event.allCases where process.counters[event] > 0 {
            text.sample([("event", event.label)], String(process.counters[event]))
        }
    }

    private func writeActive(_ text: inout PrometheusText) {
        text.family("http_server_active_requests", .gauge, "Requests whose answers are being made or read.")
        for method in RequestMethod.allCases {
            for isSecure in [false, true] {
                let count = process.counters.activeRequests.count(method, isSecure: isSecure)
                // The two that everybody watches, with TLS or without, are always there, so that a series does not come and go.
                guard count != 0 || method == .get else { continue }
                text.sample(
                    [("http_request_method", method.label), ("url_scheme", isSecure ? "https" : "http")], String(count))
            }
        }
    }

    /// Of answers that show readings, counted with their requests.
    private func writeCache(_ text: inout PrometheusText) {
        let uses = process.requests.totals(by: \.cache)
        func count(_ use: CacheUse) -> Int { uses[use]?.requests ?? 0 }
        text.family("bursar_cache_requests_total", .counter, "Answers that show readings, or say that there are none.")
        text.sample(value: String(count(.fresh) + count(.stale) + count(.missed)))
        text.family("bursar_cache_hits_total", .counter, "Of these, made of what was held, without waiting for a provider.")
        text.sample(value: String(count(.fresh) + count(.stale)))
        text.family("bursar_cache_stale_total", .counter, "Of the hits, those that show something past its ttl.")
        text.sample(value: String(count(.stale)))
    }
}

extension HTTPVersion {
    /// As OpenTelemetry writes `network.protocol.version`.
    fileprivate var metricLabel: String {
        switch self {
        case .http1_0: "1.0"
        case .http1_1: "1.1"
        case .http2: "2"
        }
    }
}
