import BursarCatalog
import BursarEngine
package import BursarHTTP
package import BursarModel
package import BursarUpstream
package import Logging
import NIOCore
import NIOPosix

/// The running gateway: everything that `serve` starts, and the order in which it starts and stops. *Immutable; any thread.*
package final class Gateway: Sendable {
    private let server: HTTPServer
    private let refresher: Refresher
    private let readiness: Readiness
    private let drain: DrainConfiguration
    private let logger: Logger

    /// Wires a configuration that was checked. Nothing listens and nobody is asked before ``start()``.
    /// - Parameters:
    ///   - scrubber: knows the configured credentials from here on; give the one that the logger's handler has.
    ///   - clock: nil: the system's.
    package init(
        _ configuration: Configuration, scrubber: ScrubberBox, logger: Logger, clock: (any UpstreamClock)? = nil
    ) throws(TLSError) {
        scrubber.configure(configuration.secrets)
        let group = MultiThreadedEventLoopGroup.singleton
        let keys = CredentialKeys.random()
        let directory = AccountDirectory(
            configuration.accounts.map { AccountEntry($0, keys: keys) })
        let hot = HotTable()
        let clock = clock ?? SystemClock(eventLoopGroup: group)
        let upstreamMetrics = UpstreamMetrics()
        let rows = RowTable(count: directory.entries.count)

        let refresher = Refresher(
            seed: UInt64.random(in: .min ... .max), clock: clock,
            transport: HTTPTransport(eventLoopGroup: group), scrubber: scrubber, logger: logger,
            metrics: upstreamMetrics
        ) { change in
            for index in directory.indices(of: change.key) {
                rows.invalidate(index)
                hot.invalidate(directory.paths(showing: index))
            }
        }

        let readiness = Readiness()
        let counters = ServerCounters()
        let counts = RequestCounts()
        let responder = GatewayResponder(
            hot: hot, hosts: HostGuard(patterns: configuration.hosts),
            balances: BalancesRoute(directory: directory, refresher: refresher, rows: rows, hot: hot),
            providers: ProviderRoute(
                catalog: configuration.catalog, directory: directory, refresher: refresher, hot: hot, scrubber: scrubber,
                passthrough: configuration.passthrough ? PassThrough(keys: keys, defaults: configuration.defaults) : nil),
            health: HealthRoutes(readiness: readiness),
            documents: DocumentRoutes(catalog: configuration.catalog, directory: directory),
            metrics: MetricsRoute(
                directory: directory, refresher: refresher, upstream: upstreamMetrics, requests: counts, server: counters,
                startedAt: clock.now.wall))
        self.server = HTTPServer(
            configuration: try ServerConfiguration(configuration, logger: logger), responder: responder,
            observer: AccessLog(
                counts: counts, logger: configuration.log.access ? logger : nil,
                knownSegments: directory.knownSegments(configuration.catalog)),
            http2: HTTP2Protocol(), group: group,
            counters: counters)
        self.refresher = refresher
        self.readiness = readiness
        self.drain = configuration.drain
        self.logger = logger
    }

    /// Opens the listeners; the gateway is ready when this returns.
    /// - Returns: the addresses as they really are, also where port 0 was asked for; with `https://` before one with TLS.
    package func start() async throws -> [String] {
        try await server.start()
        // What the runtime does at its first connection is done before the first caller waits for it.
        await refresher.warmUp()
        readiness.becomes(.ready)
        let addresses = server.addresses.map { $0.isSecure ? $0.url ?? $0.description : $0.description }
        logger.notice("listening", metadata: ["addresses": "\(addresses.joined(separator: " "))", "version": "\(bursarVersion)"])
        return addresses
    }

    /// Closes every connection, whatever is under way: what ``stop()`` still waits for ends with it.
    package func stopNow() async {
        readiness.becomes(.draining)
        logger.notice("stopping now")
        await server.stop()
    }

    /// Not ready, then no new connections, then requests under way, then upstream calls: all under one absolute deadline.
    package func stop() async {
        let deadline = NIODeadline.now() + drain.deadline.timeAmount
        readiness.becomes(.draining)
        logger.notice("draining", metadata: ["deadline_s": "\(drain.deadline.components.seconds)"])
        if drain.delay > .zero {
            // Time for a balancer to notice /readyz. Cancelled (a second signal): no more time.
            try? await Task.sleep(for: min(drain.delay, drain.deadline))
        }
        await server.drain(by: deadline)
        await refresher.shutdown()
        logger.notice("stopped")
    }
}

extension AccountEntry {
    init(_ account: AccountConfiguration, keys: CredentialKeys) {
        let policy = RefreshPolicy(
            ttl: account.ttl, staleFor: account.staleFor, timeout: account.timeout,
            budget: account.definition.callBudget)
        self.init(
            id: account.id, definition: account.definition,
            upstream: UpstreamAccount(
                id: account.id, definition: account.definition, baseURL: account.baseURL, secret: account.secret,
                parameters: account.parameters, policy: policy, keys: keys),
            low: account.low)
    }
}
