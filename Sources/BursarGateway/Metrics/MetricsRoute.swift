import BursarConfiguration
import BursarHTTP
import BursarModel
import BursarProcess
import BursarUpstream

/// `GET /metrics`: Prometheus text, made when it is asked for, of what is held. It never asks a provider: a scrape costs nobody anything.
/// Nothing is kept between scrapes, so an account that is gone leaves no series. *Immutable; any thread.*
///
/// Each family stands in docs/monitoring/README.md.
struct MetricsRoute: Route {
    let directory: AccountDirectory
    let process: ProcessParts
    let visibility: Visibility

    init(_ parts: RouteParts) {
        directory = parts.directory
        process = parts.process
        visibility = parts.visibility
    }

    func respond(to call: RouteCall) -> Reply {
        // In a task: ten thousand accounts take a good part of a second, which does not belong on an event loop.
        .later {
            Response(
                status: 200,
                headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store"],
                bytes: await text().bytes)
        }
    }

    func text() async -> PrometheusText {
        var text = PrometheusText()
        writeBuild(&text)
        writeAccounts(&text)
        await writeInsight(&text)
        writeUpstream(&text)
        // What is not told apart by provider is for those for whom everything exists.
        if visibility == .everything {
            writeConfiguration(&text)
            writeStore(&text)
            writeAlerts(&text)
            writeCallers(&text)
            writeRequests(&text)
            writeProcess(&text)
        }
        return text
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

    private func writeConfiguration(_ text: inout PrometheusText) {
        let reloads = process.reloads.value
        text.family("bursar_configuration_reloads_total", .counter, "Attempts to read the configuration again, by outcome.")
        text.sample([("outcome", "applied")], String(reloads.applied))
        text.sample([("outcome", "refused")], String(reloads.refused))
        text.family(
            "bursar_configuration_loaded_timestamp_seconds", .gauge, "When the configuration in force was put in force.")
        text.sample(value: reloads.loadedAt.timestampText)
        text.family(
            "bursar_configuration_last_reload_successful", .gauge,
            "0 where the last attempt was refused: what is in force is not what the file says.")
        text.sample(value: reloads.lastWasRefused ? "0" : "1")
    }

    private func writeProcess(_ text: inout PrometheusText) {
        let statistics = ProcessStatistics.now()
        text.family("process_cpu_seconds_total", .counter, "Processor time, of the program and of the kernel for it.")
        text.sample(value: statistics.processorTime.secondsText)
        text.family("process_resident_memory_bytes", .gauge, "Resident memory.")
        text.sample(value: String(statistics.residentBytes))
        text.family("process_open_fds", .gauge, "Open file descriptors.")
        text.sample(value: String(statistics.openDescriptors))
        text.family("process_max_fds", .gauge, "How many file descriptors there may be.")
        text.sample(value: String(statistics.mostDescriptors))
        text.family("process_threads", .gauge, "Threads.")
        text.sample(value: String(statistics.threads))
        text.family("process_start_time_seconds", .gauge, "Start of the process, since 1970.")
        text.sample(value: process.startedAt.timestampText)
        text.family("bursar_log_lines_dropped_total", .counter, "Log lines that could not be written.")
        text.sample(value: String(process.log.droppedLines))
    }
}
