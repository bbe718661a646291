import BursarHTTP
import BursarModel
import Logging
import NIOCore

/// Hears of every finished request: counts it, and writes its line. *Immutable; any thread.*
struct AccessLog: RequestObserver {
    let counts: RequestCounts
    let logger: Logger
    let current: CurrentServing

    /// Without a line to write, a repetition is a number and nothing else. A reload ends every answer that is repeated, so what
    /// the configuration says is asked again.
    func counter(ofRepeated path: String, status: Int) -> RequestCounter? {
        if current.view().serving.configuration.log.access, logger.logLevel <= .info { return nil }
        return counts.counter(RouteLabel(path: path), status: status)
    }

    func requestCompleted(_ record: RequestRecord) {
        counts.count(RouteLabel(path: record.path), status: record.status)
        let serving = current.view().serving
        guard serving.configuration.log.access, logger.logLevel <= .info else { return }
        logger.info(
            "request",
            metadata: [
                "request_id": "\(record.id)", "method": "\(record.method)",
                "path": "\(shown(record.path, serving.knownSegments))",
                "status": "\(record.status)", "bytes": "\(record.bytes)", "duration_us": "\(record.duration.nanoseconds / 1_000)",
                "peer": "\(record.peer)", "protocol": "\(record.version.text)"
            ])
    }

    /// A path is the caller's text, and callers paste keys into URLs that no scrubber can know yet: what is none of our words is
    /// shown as `…`.
    private func shown(_ path: String, _ knownSegments: Set<Substring>) -> String {
        if path.utf8.count > 512 { return "…" }
        return path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.isEmpty || knownSegments.contains(segment) ? segment : "…"
        }.joined(separator: "/")
    }
}
