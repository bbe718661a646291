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
    /// When the next line on a refused PROXY header may be written: whoever comes without one comes again and again.
    private let nextNotice = Mutex(NIODeadline.uptimeNanoseconds(0))

    private static let noticeInterval = TimeAmount.minutes(1)

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
}
