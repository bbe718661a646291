import BursarBasics
import BursarCatalog
import BursarClient
package import BursarConfiguration
import BursarDelivery
import BursarEngine
package import BursarHTTP
import BursarModel
package import BursarProcess
package import BursarStore
package import BursarUpstream
import CProcess
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The running gateway: everything that `serve` starts, and the order in which it starts and stops. *Immutable but for a Mutex; any thread.*
package final class Gateway: Sendable {
    private let server: HTTPServer
    let process: ProcessParts
    private let current: CurrentConfiguration
    private let reloader: Reloader
    private let background: BackgroundRefresh
    private let keyFiles: SecretFileWatch
    private let lifecycle: Lifecycle
    private let logger: Logger
    /// When everything is to have ended; nil before ``stop()``.
    private let ending = Mutex<NIODeadline?>(nil)

    /// Wires a configuration that was checked. Nothing listens and nobody is asked before ``start()``.
    /// - Parameters:
    ///   - log: its scrubber knows the configured credentials from here on.
    ///   - reread: reads the configuration again, for a reload; may block. Nil: there is nothing that could be read.
    ///   - onEvent: for a service manager; any thread, must not block.
    ///   - store: what ``openStore(_:logger:clock:pace:)`` gave; the gateway closes it when it stops.
    ///   - clock: nil: the system's.
    package init(
        _ configuration: Configuration, log: LogOutput,
        reread: (@Sendable () -> ConfigurationResult)? = nil, onEvent: @escaping @Sendable (LifecycleEvent) -> Void = { _ in },
        store: StoreKeeper? = nil, clock: (any UpstreamClock)? = nil
    ) throws(TLSError) {
        let (scrubber, logger) = (log.scrubber, log.logger)
        scrubber.configure(configuration.secrets)
        let group = MultiThreadedEventLoopGroup.singleton
        let clock = clock ?? SystemClock(eventLoopGroup: CallLoop.group)
        let upstreamMetrics = UpstreamMetrics()
        let relay = ChangeRelay()
        let refresher = Refresher(
            seed: UInt64.random(in: .min ... .max), clock: clock,
            transport: HTTPTransport(eventLoopGroup: CallLoop.group, settings: UpstreamSettings(configuration.upstream)),
            scrubber: scrubber, logger: logger, metrics: upstreamMetrics, sendsTraces: configuration.upstream.sendsTraces,
            onChange: { change in
                relay.show(change)
                store?.changed(change.key, change.view, number: change.number)
                relay.judge(change)
            },
            onCall: { key in store?.touched(key) })
        let streams = StreamHub(refresher: refresher)
        let keys = store.map { CredentialKeys(processKey: $0.identity) } ?? .random()
        let runways = RunwayBook(store: store, refresher: refresher)
        let courier = Courier(
            clients: UpstreamSettings(configuration.upstream).clients(
                on: group, connectionsPerOrigin: Self.deliveryConnections, bodyLimit: Courier.bodyLimit),
            now: { clock.now.wall })
        let process = ProcessParts(
            keys: keys, refresher: refresher, scrubber: scrubber,
            readiness: Readiness(), counters: ServerCounters(),
            requests: RequestCounts(on: group), upstream: upstreamMetrics, reloads: ReloadCounts(startedAt: clock.now.wall),
            callers: CallerRecords(), store: store, log: log.target, startedAt: clock.now.wall,
            insight: InsightParts(
                runways: runways, claims: ClaimBook(store: store)),
            streams: streams, streamPlaces: StreamPlaces(configuration.limits),
            alerts: AlertDesk(
                store: store, refresher: refresher, runways: runways, courier: courier, clock: clock, keys: keys, logger: logger))
        let active = ActiveConfiguration(configuration, process: process)
        relay.shows(with: active, streams)
        relay.judges(with: process.alerts)
        let current = CurrentConfiguration(active, clock: { clock.now })
        streams.follow(active)
        var identity: TLSIdentity?
        if let tls = configuration.tls { identity = try TLSIdentity(tls, logger: logger) }
        let background = BackgroundRefresh(refresher: refresher, clock: clock, runways: process.insight.runways)
        let keyFiles = SecretFileWatch(logger: logger)
        let lifecycle = Lifecycle(onEvent)
        let reloader = Reloader(
            read: reread, process: process, current: current, relay: relay, background: background, keyFiles: keyFiles,
            identity: identity,
            logger: logger, lifecycle: lifecycle)
        let descriptors = DescriptorLimit.raise(
            connections: configuration.limits.connections, accounts: configuration.accounts.count)
        if let warning = descriptors.warning { logger.warning("\(warning)") }
        self.server = HTTPServer(
            configuration: ServerConfiguration(configuration, identity: identity, connections: descriptors.connections),
            responder: GatewayResponder(
                current: current, reloader: reloader, callers: process.callers, clock: { refresher.now }),
            observer: AccessLog(counts: process.requests, output: log, current: current),
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

    /// Each target has one message at a time and a test beside it, and all may be of one host: one that hangs keeps no other waiting.
    private static let deliveryConnections = 2 * ConfigurationLimits.targets

    /// Opens the listeners; the gateway is ready when this returns.
    /// - Returns: the addresses as they really are, also where port 0 was asked for; with `https://` before one with TLS.
    package func start() async throws -> [String] {
        // Before anyone can ask: what was kept is shown as stale, and nobody is asked too soon for it.
        process.store?.begin(current.value.directory, refresher: process.refresher, logger: logger)
        try await server.start()
        await warmUp()
        process.alerts.follow(current.value.configuration, current.value.directory)
        background.follow(current.value.directory)
        keyFiles.onChange { [weak reloader] in reloader?.reloadForKeys() }
        keyFiles.follow(current.value.configuration.secretFiles)
        process.readiness.becomes(.ready)
        lifecycle.tell(.ready)
        let addresses = server.addresses.map { $0.isSecure ? $0.url ?? $0.description : $0.description }
        logger.notice("listening", metadata: ["addresses": "\(addresses.joined(separator: " "))", "version": "\(bursarVersion)"])
        return addresses
    }

    /// Does what the first caller would otherwise wait for: code comes back into memory, the runtime looks up what it needs.
    private func warmUp() async {
        bursar_let_go_of_code()  // first: what is used below is what serving needs
        await process.refresher.warmUp(with: current.value.configuration.accounts.lazy.map(\.definition))
    }

    /// Reads the configuration again and puts it in force; one that is wrong changes nothing.
    /// - Parameter trigger: what asked for it, for the log.
    @discardableResult
    package func reload(_ trigger: StaticString) async -> ReloadOutcome { await reloader.reload(trigger) }

    /// The same for whoever does not look at the outcome, and has to end when its task does, whatever the reading waits for.
    package func beginReload(_ trigger: StaticString) async {
        await Patience.wait(until: nil) { [reloader] in _ = await reloader.reload(trigger) }
    }

    /// Returns when every event loop has taken a turn and the refresher has answered: what a watchdog wants to know.
    package func checkLiveness() async {
        for loop in server.eventLoopGroup.makeIterator() { try? await loop.submit {}.get() }
        try? await CallLoop.group.next().submit {}.get()
        _ = process.refresher.callsUnderWay
    }

    /// How many rows were rendered since the configuration was put in force.
    package var rowsRendered: Int { current.value.rows.renderedCount }

    /// Closes every connection, whatever is under way: what ``stop()`` still waits for ends with it.
    package func stopNow() async {
        ending.withLock { $0 = .now() }
        process.readiness.becomes(.draining)
        logger.notice("stopping now")
        await server.stop()
    }

    /// Not ready, then no new connections, then requests under way, then upstream calls, then the store: all under one absolute
    /// deadline, at which nothing is waited for any more, whatever it hangs on. Cancelled (a second signal): now.
    package func stop() async {
        let drain = current.value.configuration.drain
        lifecycle.tell(.stopping)
        let deadline = NIODeadline.now() + drain.deadline.timeAmount
        ending.withLock { $0 = $0 ?? deadline }
        // What requests and calls may take leaves some of it to those behind them.
        let share = min(TimeAmount.seconds(1), .nanoseconds(drain.deadline.timeAmount.nanoseconds / 4))
        process.readiness.becomes(.draining)
        logger.notice("draining", metadata: ["deadline_s": "\(drain.deadline.components.seconds)"])
        if drain.delay > .zero {
            // Time for a balancer to notice /readyz. Cancelled (a second signal): no more time.
            try? await Task.sleep(for: min(drain.delay, drain.deadline))
        }
        background.stop()
        process.streams.stop()
        keyFiles.stop()
        await server.drain(by: deadline - share)
        let refresher = process.refresher
        if !(await Patience.wait(until: deadline - .nanoseconds(share.nanoseconds / 2)) { await refresher.shutdown() }) {
            logger.warning("stopping: calls to providers do not end, and are left")
        }
        let alerts = process.alerts
        if !(await Patience.wait(until: deadline - .nanoseconds(share.nanoseconds / 4)) { await alerts.stop() }) {
            logger.warning("stopping: alerts under way are left; the next start tries them again")
        }
        if let store = process.store, !(await close(store, by: deadline)) {
            logger.error("stopping: the store does not close, and is left; what it had not kept yet is lost")
        }
        logger.notice("stopped")
    }

    /// Writes what is not kept yet. Who is in a hurry waits for a store that works, and not for one that hangs.
    private func close(_ store: StoreKeeper, by deadline: NIODeadline) async -> Bool {
        guard Task.isCancelled else { return await Patience.wait(until: deadline) { await store.shutdown() } }
        let soon = min(deadline, NIODeadline.now() + .milliseconds(500))
        return await Patience.wait(until: soon, endsWithTask: false) { await store.shutdown() }
    }

    /// What a stop leaves to whatever still has to end behind it: the log. Never nothing.
    package var timeToEnd: Duration {
        let left = ending.withLock { $0 }.map { $0 - .now() } ?? .zero
        return .nanoseconds(max(left, TimeAmount.milliseconds(200)).nanoseconds)
    }
}
