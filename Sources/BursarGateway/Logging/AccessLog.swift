import BursarConfiguration
import BursarHTTP
import BursarModel
import Logging
import NIOCore
import Synchronization

/// Hears of every finished request: counts it, and writes its line. *Immutable but for a Mutex; any thread.*
final class AccessLog: RequestObserver {
    let counts: RequestCounts
    let logger: Logger
    let current: CurrentServing
    /// When the next line on a refused PROXY header may be written: whoever comes without one comes again and again.
    private let nextNotice = Mutex(NIODeadline.uptimeNanoseconds(0))

    private static let noticeInterval = TimeAmount.minutes(1)

    init(counts: RequestCounts, logger: Logger, current: CurrentServing) {
        self.counts = counts
        self.logger = logger
        self.current = current
    }

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

    func proxyHeaderRefused(peer: Peer, listener: String) {
        let now = NIODeadline.now()
        let isDue = nextNotice.withLock { next in
            guard now >= next else { return false }
            next = now + Self.noticeInterval
            return true
        }
        guard isDue else { return }
        logger.notice(
            "a connection was closed: proxy_protocol names its peer, and it sent no PROXY header",
            metadata: ["peer": "\(peer)", "listener": "\(listener)"])
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
