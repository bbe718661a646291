import BursarCatalog
import BursarEngine
import BursarHTTP
import BursarModel
import BursarUpstream

/// All that follows from one configuration: made whole at the start and by each reload, and swapped whole, so that no request
/// ever sees half of two. *Immutable; any thread:* its tables have locks of their own.
final class Serving: Sendable {
    let configuration: Configuration
    let directory: AccountDirectory
    let rows: RowTable
    let hot: HotTable
    let hosts: HostGuard
    let balances: BalancesRoute
    let providers: ProviderRoute
    let documents: DocumentRoutes
    let metrics: MetricsRoute
    let status: StatusRoute
    /// The path segments that the access log may show.
    let knownSegments: Set<Substring>

    init(_ configuration: Configuration, process: ProcessParts) {
        let directory = AccountDirectory(configuration.accounts.map { AccountEntry($0, keys: process.keys) })
        let rows = RowTable(count: directory.entries.count)
        let hot = HotTable()
        self.configuration = configuration
        self.directory = directory
        self.rows = rows
        self.hot = hot
        hosts = HostGuard(patterns: configuration.hosts)
        balances = BalancesRoute(directory: directory, refresher: process.refresher, rows: rows, hot: hot)
        providers = ProviderRoute(
            catalog: configuration.catalog, directory: directory, refresher: process.refresher, hot: hot,
            scrubber: process.scrubber,
            passthrough: configuration.passthrough ? PassThrough(keys: process.keys, defaults: configuration.defaults) : nil)
        documents = DocumentRoutes(catalog: configuration.catalog, directory: directory)
        status = StatusRoute(directory: directory, process: process)
        metrics = MetricsRoute(directory: directory, process: process)
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
    let startedAt: WallTime
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
