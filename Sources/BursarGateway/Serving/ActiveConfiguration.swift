import BursarCatalog
import BursarConfiguration
import BursarEngine
import BursarHTTP
import BursarModel
import BursarProcess
import BursarStore
import BursarUpstream

/// All that follows from one configuration: made whole at the start and by each reload, and swapped whole, so that no request
/// ever sees half of two. *Immutable; any thread:* its tables have locks of their own.
final class ActiveConfiguration: Sendable {
    let configuration: Configuration
    /// Every account, whoever may see it.
    let directory: AccountDirectory
    let rows: RowTable
    let hosts: HostGuard
    /// Scopes by visibility; index 0 sees every account.
    let scopes: [Scope]
    let callers: Callers
    let cors: CrossOrigin
    /// The path segments that the access log may show.
    let knownSegments: Set<Substring>

    init(_ configuration: Configuration, process: ProcessParts) {
        let directory = AccountDirectory(
            configuration.accounts.enumerated().map { AccountEntry($1, position: $0, keys: process.keys) })
        let rows = RowTable(count: directory.entries.count)
        self.configuration = configuration
        self.directory = directory
        self.rows = rows
        hosts = HostGuard(patterns: configuration.hosts)
        var visibilities = [Visibility.everything]
        var seen: Set<Visibility> = [.everything, .nothing]
        for client in configuration.clients where seen.insert(client.allow).inserted { visibilities.append(client.allow) }
        // Last, where clients are told apart, for what is open to everyone: it shows nothing that is anybody's.
        if !configuration.clients.isEmpty { visibilities.append(.nothing) }
        let last = visibilities.count - 1
        scopes = visibilities.map { Scope($0, of: directory, configuration, rows: rows, process: process) }
        let numbers = Dictionary(uniqueKeysWithValues: visibilities.enumerated().map { ($1, $0) })
        callers = Callers(
            configuration.clients.isEmpty
                ? nil
                : ClientDirectory(
                    configuration.clients, scopeOf: { numbers[$0] ?? last }, limiter: process.callers.limiter(for:)),
            catalog: configuration.catalog, clock: { process.refresher.now })
        process.callers.keepLimiters(of: configuration.clients)
        cors = CrossOrigin(origins: configuration.corsOrigins, catalog: configuration.catalog)
        knownSegments = directory.knownSegments(configuration.catalog)
    }
}

/// What lives as long as the process, whatever the configuration becomes. *Immutable; any thread:* each part guards itself.
struct ProcessParts: Sendable {
    let keys: CredentialKeys
    let refresher: Refresher
    let scrubber: ScrubberBox
    let readiness: Readiness
    let counters: ServerCounters
    let requests: RequestCounts
    let upstream: UpstreamMetrics
    let reloads: ReloadCounts
    let callers: CallerRecords
    /// Nil where nothing is kept.
    let store: StoreKeeper?
    let log: any LogTarget
    let startedAt: WallTime
    let insight: InsightParts
    let streams: StreamHub
    let streamPlaces: StreamPlaces
    let alerts: AlertDesk
}

extension AccountEntry {
    init(_ account: AccountConfiguration, position: Int, keys: CredentialKeys) {
        let policy = RefreshPolicy(
            ttl: account.ttl, staleFor: account.staleFor, timeout: account.timeout,
            budget: account.definition.callBudget)
        self.init(
            id: account.id, definition: account.definition,
            upstream: UpstreamAccount(
                id: account.id, definition: account.definition, baseURL: account.baseURL, secret: account.secret,
                parameters: account.parameters, policy: policy, keys: keys),
            low: account.low, position: position, refresh: account.refresh, keySource: account.secretReference.source.title,
            alerts: account.alerts)
    }
}
