import BursarCatalog
package import BursarConfiguration
import BursarEngine
package import BursarHTTP
package import BursarModel
package import BursarStore
package import BursarUpstream
import CProcess
package import Logging
import NIOCore
import NIOPosix

/// The running gateway: everything that `serve` starts, and the order in which it starts and stops. *Immutable; any thread.*
package final class Gateway: Sendable {
    private let server: HTTPServer
    private let process: ProcessParts
    private let current: CurrentServing
    private let reloader: Reloader
    private let background: BackgroundRefresh
    private let keyFiles: SecretFileWatch
    private let lifecycle: Lifecycle
    private let logger: Logger

    /// Wires a configuration that was checked. Nothing listens and nobody is asked before ``start()``.
    /// - Parameters:
    ///   - scrubber: knows the configured credentials from here on; give the one that the logger's handler has.
    ///   - reread: reads the configuration again, for a reload; may block. Nil: there is nothing that could be read.
    ///   - onEvent: for a service manager; any thread, must not block.
    ///   - store: what ``openStore(_:logger:clock:pace:)`` gave; the gateway closes it when it stops.
    ///   - clock: nil: the system's.
    package init(
        _ configuration: Configuration, scrubber: ScrubberBox, logger: Logger,
        reread: (@Sendable () -> ConfigurationResult)? = nil, onEvent: @escaping @Sendable (LifecycleEvent) -> Void = { _ in },
        store: StoreKeeper? = nil, clock: (any UpstreamClock)? = nil
    ) throws(TLSError) {
        scrubber.configure(configuration.secrets)
        let group = MultiThreadedEventLoopGroup.singleton
        let clock = clock ?? SystemClock(eventLoopGroup: group)
        let upstreamMetrics = UpstreamMetrics()
        let relay = ChangeRelay()
        let refresher = Refresher(
            seed: UInt64.random(in: .min ... .max), clock: clock,
            transport: HTTPTransport(eventLoopGroup: group, settings: UpstreamSettings(configuration.upstream)),
            scrubber: scrubber, logger: logger, metrics: upstreamMetrics,
            onChange: { change in
                relay.changed(change)
                store?.changed(change.key, change.view, number: change.number)
            },
            onCall: { key in store?.touched(key) })
        let process = ProcessParts(
            keys: store.map { CredentialKeys(processKey: $0.identity) } ?? .random(), refresher: refresher, scrubber: scrubber,
            readiness: Readiness(), counters: ServerCounters(),
            requests: RequestCounts(), upstream: upstreamMetrics, reloads: ReloadCounts(startedAt: clock.now.wall),
            callers: CallerRecords(), store: store, startedAt: clock.now.wall,
            insight: InsightParts(
                runways: RunwayBook(store: store, refresher: refresher), claims: ClaimBook(store: store)))
        let serving = Serving(configuration, process: process)
        relay.send(to: serving)
        let current = CurrentServing(serving, clock: { clock.now })
        var identity: TLSIdentity?
        if let tls = configuration.tls { identity = try TLSIdentity(tls, logger: logger) }
        let background = BackgroundRefresh(refresher: refresher, clock: clock, runways: process.insight.runways)
        let keyFiles = SecretFileWatch(logger: logger)
        let lifecycle = Lifecycle(onEvent)
        let reloader = Reloader(
            read: reread, process: process, current: current, relay: relay, background: background, keyFiles: keyFiles,
            identity: identity,
            logger: logger, lifecycle: lifecycle)
        self.server = HTTPServer(
            configuration: ServerConfiguration(configuration, identity: identity),
            responder: GatewayResponder(
                current: current, health: HealthRoutes(readiness: process.readiness, store: store),
                admin: AdminRoutes(reloader: reloader, process: process), callers: process.callers, clock: { refresher.now }),
            observer: AccessLog(counts: process.requests, logger: logger, current: current),
            http2: HTTP2Protocol(), group: group, counters: process.counters,
            onCrowdLeft: { Task.detached { bursar_give_back_memory() } })
        self.process = process
        self.current = current
        self.reloader = reloader
        self.background = background
        self.keyFiles = keyFiles
        self.lifecycle = lifecycle
        self.logger = logger
    }

    /// Opens the listeners; the gateway is ready when this returns.
    /// - Returns: the addresses as they really are, also where port 0 was asked for; with `https://` before one with TLS.
    package func start() async throws -> [String] {
        // Before anyone can ask: what was kept is shown as stale, and nobody is asked too soon for it.
        process.store?.begin(current.value.directory, refresher: process.refresher, logger: logger)
        try await server.start()
        // What the runtime does at its first connection is done before the first caller waits for it.
        await process.refresher.warmUp()
        background.follow(current.value.directory)
        keyFiles.onChange { [weak reloader] in Task { await reloader?.reloadForKeys() } }
        keyFiles.follow(current.value.configuration.secretFiles)
        bursar_let_go_of_code()
        process.readiness.becomes(.ready)
        lifecycle.tell(.ready)
        let addresses = server.addresses.map { $0.isSecure ? $0.url ?? $0.description : $0.description }
        logger.notice("listening", metadata: ["addresses": "\(addresses.joined(separator: " "))", "version": "\(bursarVersion)"])
        return addresses
    }

    /// Reads the configuration again and puts it in force; one that is wrong changes nothing.
    /// - Parameter trigger: what asked for it, for the log.
    @discardableResult
    package func reload(_ trigger: StaticString) async -> ReloadOutcome { await reloader.reload(trigger) }

    /// Returns when every event loop has taken a turn and the refresher has answered: what a watchdog wants to know.
    package func takeTurn() async {
        for loop in server.eventLoopGroup.makeIterator() { try? await loop.submit {}.get() }
        _ = process.refresher.callsUnderWay
    }

    /// How many rows were rendered since the configuration was put in force.
    package var rowsRendered: Int { current.value.rows.renderedCount }

    /// Closes every connection, whatever is under way: what ``stop()`` still waits for ends with it.
    package func stopNow() async {
        process.readiness.becomes(.draining)
        logger.notice("stopping now")
        await server.stop()
    }

    /// Not ready, then no new connections, then requests under way, then upstream calls: all under one absolute deadline.
    package func stop() async {
        let drain = current.value.configuration.drain
        lifecycle.tell(.stopping)
        let deadline = NIODeadline.now() + drain.deadline.timeAmount
        process.readiness.becomes(.draining)
        logger.notice("draining", metadata: ["deadline_s": "\(drain.deadline.components.seconds)"])
        if drain.delay > .zero {
            // Time for a balancer to notice /readyz. Cancelled (a second signal): no more time.
            try? await pause(for: min(drain.delay, drain.deadline))
        }
        background.stop()
        keyFiles.stop()
        await server.drain(by: deadline)
        await process.refresher.shutdown()
        await process.store?.shutdown()
        logger.notice("stopped")
    }
}
