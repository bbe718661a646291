import BursarHTTP
import BursarModel
import Logging
import NIOCore

/// Hears of every finished request: counts it, and writes its line. *Immutable; any thread.*
struct AccessLog: RequestObserver {
    let counts: RequestCounts
    /// Nil where `log: {access: false}`.
    let logger: Logger?

    func requestCompleted(_ record: RequestRecord) {
        counts.count(RouteLabel(path: record.path), status: record.status)
        guard let logger, logger.logLevel <= .info else { return }
        logger.info(
            "request",
            metadata: [
                "request_id": "\(record.id)", "method": "\(record.method)", "path": "\(Self.shown(record.path))",
                "status": "\(record.status)", "bytes": "\(record.bytes)", "duration_us": "\(record.duration.nanoseconds / 1_000)",
                "peer": "\(record.peer)", "protocol": "\(record.version.text)"
            ])
    }

    /// A path is the caller's text: it is cut, and the handler scrubs it before anything is written.
    private static func shown(_ path: String) -> String { path.utf8.count <= 256 ? path : String(path.prefix(256)) + "…" }
}
