import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarModel
import BursarUpstream
import Synchronization

/// `GET /metrics`: Prometheus text, made of what is held. It never asks a provider: a scrape costs nobody anything.
/// *Immutable; any thread.*
struct MetricsRoute: Sendable {
    let directory: AccountDirectory
    let process: ProcessParts
    let visibility: Visibility

    func respond() -> Reply {
        // In a task: counting descriptors reads a directory, which does not belong on an event loop.
        .later {
            Response(
                status: 200,
                headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store"],
                bytes: Array(await text().utf8))
        }
    }

    private func text() async -> String {
        var text = PrometheusText()
        writeBuild(&text)
        writeAccounts(&text)
        await writeInsight(&text)
        writeUpstream(&text)
        // What is not told apart by provider is for those for whom everything exists.
        if visibility == .everything {
            writeReloads(&text)
            writeStore(&text)
            writeAlerts(&text)
            writeCallers(&text)
            writeRequests(&text)
            writeProcess(&text)
        }
        return text.text
    }

    private func writeBuild(_ text: inout PrometheusText) {
        text.family("bursar_build_info", .gauge, "Which program this is.")
        text.sample([("version", bursarVersion)], "1")
    }

    private func writeCallers(_ text: inout PrometheusText) {
        text.family("bursar_callers_refused_total", .counter, "Requests without a right credential of this gateway, by reason.")
        for reason in CallerRefusal.allCases {
            text.sample([("reason", reason.rawValue)], String(process.callers.count(reason)))
        }
        text.family("bursar_callers_limited_total", .counter, "Requests of clients that asked more often than they may.")
        text.sample(value: String(process.callers.limited))
    }

    private func writeReloads(_ text: inout PrometheusText) {
        let reloads = process.reloads.value
        text.family("bursar_configuration_reloads_total", .counter, "Attempts to read the configuration again, by outcome.")
        text.sample([("outcome", "applied")], String(reloads.applied))
        text.sample([("outcome", "refused")], String(reloads.refused))
        text.family("bursar_configuration_loaded_seconds", .gauge, "When the configuration in force was read, since 1970.")
        text.sample(value: String(reloads.loadedAt.milliseconds / 1_000))
    }

    private func writeAccounts(_ text: inout PrometheusText) {
        let now = process.refresher.now
        let views = directory.entries.map { (entry: $0, view: process.refresher.view($0.upstream)) }
        func labels(_ entry: AccountEntry) -> [(name: StaticString, value: String)] {
            [("provider", entry.id.provider.name), ("account", entry.id.account.name)]
        }

        text.family("bursar_balance", .gauge, "Amounts of the held reading, fresh or stale; absent where nothing may be shown.")
        for (entry, view) in views {
            for amount in view.reading?.amounts ?? [] {
                var named = labels(entry) + [("kind", amount.kind.rawValue), ("unit", amount.unit.name)]
                if let part = amount.part { named.append(("part", part.name)) }
                text.sample(named, amount.value.description)
            }
        }
        text.family("bursar_account_status", .gauge, "1 for the status that the account has.")
        for (entry, view) in views {
            for status in RowStatus.allCases {
                text.sample(labels(entry) + [("status", status.rawValue)], view.status == status ? "1" : "0")
            }
        }
        text.family("bursar_account_problem", .gauge, "1 for the problem that the account has; absent without one.")
        for (entry, view) in views {
            if let problem = view.problem { text.sample(labels(entry) + [("code", problem.code.rawValue)], "1") }
        }
        text.family("bursar_reading_age_seconds", .gauge, "Seconds since the held reading was fetched.")
        for (entry, view) in views {
            if let fetchedAt = view.fetchedAt {
                text.sample(labels(entry), String(fetchedAt.monotonic.duration(to: now.monotonic).components.seconds))
            }
        }
        text.family("bursar_account_low", .gauge, "1 where the account is low; absent where that is unknown.")
        for (entry, view) in views {
            let row = BalanceRow(id: entry.id, title: entry.definition.title, lowLimit: entry.low, view: view)
            if let low = row.low { text.sample(labels(entry), low ? "1" : "0") }
        }
    }

    private func writeRequests(_ text: inout PrometheusText) {
        text.family("bursar_http_requests_total", .counter, "Requests answered, by route and status (0: any other).")
        for (route, status, count) in process.requests.all {
            text.sample([("route", route.label), ("status", String(status))], String(count))
        }
        text.family("bursar_http_connections", .gauge, "Connections that are open.")
        text.sample(value: String(process.counters.connectionsOpen.load(ordering: .relaxed)))
        text.family("bursar_http_connections_total", .counter, "Connections accepted.")
        text.sample(value: String(process.counters.connectionsAccepted.load(ordering: .relaxed)))
        text.family("bursar_http_limits_total", .counter, "How often a limit or an error ended or refused something.")
        for event in ServerCounters.Event.allCases where process.counters[event] > 0 {
            text.sample([("event", event.label)], String(process.counters[event]))
        }
    }

    private func writeProcess(_ text: inout PrometheusText) {
        let statistics = ProcessStatistics.now()
        text.family("process_resident_memory_bytes", .gauge, "Resident memory.")
        text.sample(value: String(statistics.residentBytes))
        text.family("process_open_fds", .gauge, "Open file descriptors.")
        text.sample(value: String(statistics.openDescriptors))
        text.family("process_threads", .gauge, "Threads.")
        text.sample(value: String(statistics.threads))
        text.family("bursar_log_lines_dropped_total", .counter, "Log lines that could not be written.")
        text.sample(value: String(process.log.droppedLines))
        text.family("process_start_time_seconds", .gauge, "Start of the process, in seconds since 1970.")
        text.sample(value: String(process.startedAt.milliseconds / 1_000))
    }
}

// MARK: - Calls

extension MetricsRoute {
    private func writeUpstream(_ text: inout PrometheusText) {
        let calls = process.upstream.snapshot().filter { visibility.coversAll(of: $0.provider) }
        text.family("bursar_upstream_calls_total", .counter, "Calls to providers that have ended, by outcome.")
        for call in calls { text.sample(Self.labels(call), String(call.count)) }
        text.family("bursar_upstream_duration_seconds", .histogram, "How long calls to providers took.")
        for call in calls {
            var sum: UInt64 = 0
            for (bound, count) in zip(UpstreamMetrics.bounds, call.buckets) {
                sum += count
                text.sample(Self.labels(call) + [("le", Self.seconds(bound))], suffix: "_bucket", String(sum))
            }
            text.sample(Self.labels(call) + [("le", "+Inf")], suffix: "_bucket", String(call.count))
            text.sample(Self.labels(call), suffix: "_sum", Self.seconds(call.total))
            text.sample(Self.labels(call), suffix: "_count", String(call.count))
        }
    }

    private static func labels(_ call: UpstreamCallCount) -> [(name: StaticString, value: String)] {
        [("provider", call.provider.name), ("outcome", call.outcome)]
    }

    /// "0.25": in milliseconds exactly, without a float.
    private static func seconds(_ duration: Duration) -> String {
        ExactDecimal(Int(duration.milliseconds)).scaled(byPowerOfTen: -3)?.description ?? "0"
    }
}
