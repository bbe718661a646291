import BursarConfiguration
import BursarHTTP
import BursarModel
import BursarProcess
import Logging
import NIOCore
import Synchronization

/// Hears of every finished request: counts it, and writes its line. *Immutable but for a Mutex; any thread.*
final class AccessLog: RequestObserver {
    private let counts: RequestCounts
    private let output: LogOutput
    private let logger: Logger
    private let current: CurrentConfiguration
    /// Whoever comes without a PROXY header comes again and again.
    private let refusedHeaders = NoticePace()
    private let failedAccepts = NoticePace()

    init(counts: RequestCounts, output: LogOutput, current: CurrentConfiguration) {
        self.counts = counts
        self.output = output
        logger = output.logger
        self.current = current
    }

    /// Without a line to write, a repetition is a number and nothing else. A reload ends every answer that is repeated, so what
    /// the configuration says is asked again.
    func counter(ofRepeated record: RequestRecord) -> RequestCounter? {
        let view = current.view()
        if writesLines(view.active) { return nil }
        return view.accessLines.requests(counts).histogram(RequestSeries(record)).quickest
    }

    /// By the level, which does not change while the process runs.
    var wantsTraces: Bool { output.level <= .info }

    func requestCompleted(_ record: RequestRecord) {
        let view = current.view()
        view.accessLines.note(
            record, counts, writesLines(view.active) ? output : nil, knownSegments: view.active.knownSegments)
    }

    private func writesLines(_ active: ActiveConfiguration) -> Bool { active.configuration.log.access && output.level <= .info }

    func proxyHeaderRefused(peer: Peer, listener: String) {
        guard refusedHeaders.isDue() else { return }
        logger.notice(
            "a connection was closed: proxy_protocol names its peer, and it sent no PROXY header",
            metadata: ["peer": "\(peer)", "listener": "\(listener)"])
    }

    func acceptFailed(listener: String, reason: String) {
        guard failedAccepts.isDue() else { return }
        logger.warning(
            "a connection could not be accepted; those that wait are, in a moment",
            metadata: ["listener": "\(listener)", "reason": "\(reason)"])
    }
}

/// A line a minute of what may happen a thousand times in it. *Mutex; any thread.*
private final class NoticePace: Sendable {
    private let next = Mutex(NIODeadline.uptimeNanoseconds(0))

    func isDue() -> Bool {
        let now = NIODeadline.now()
        return next.withLock { next in
            guard now >= next else { return false }
            next = now + .minutes(1)
            return true
        }
    }
}
