import BursarCatalog
import BursarConfiguration
import BursarModel
import BursarUpstream

/// The routes as they are for everyone who may see the same, with the answers that stand ready for them. *Immutable; any thread:* its
/// tables have locks of their own.
///
/// Each scope has a directory and a catalog with what it may see and nothing else, so that no route has to remember to leave
/// something out: a name that is not there cannot come up in a row, a message, a count or an entity tag.
final class Scope: Sendable {
    let visibility: Visibility
    let catalog: Catalog
    let directory: AccountDirectory
    let hot = HotTable()
    let balances: BalancesRoute
    let providers: ProviderRoute
    let documents: DocumentRoutes
    let metrics: MetricsRoute
    let status: StatusRoute
    let insight: InsightRoutes
    let alerts: AlertsRoute

    /// What every answer varies by beside its own reasons; begins with a comma where there is anything.
    let vary: String

    /// - Parameters:
    ///   - whole: every account of the configuration.
    ///   - rows: of all accounts; scopes share them.
    init(
        _ visibility: Visibility, of whole: AccountDirectory, _ configuration: Configuration, rows: RowTable,
        process: ProcessParts
    ) {
        self.visibility = visibility
        let directory = visibility == .everything ? whole : AccountDirectory(whole.entries.filter { visibility.covers($0.id) })
        catalog = visibility == .everything ? configuration.catalog : configuration.catalog.filtered { visibility.covers($0) }
        self.directory = directory
        vary =
            (configuration.clients.isEmpty ? "" : ", authorization, \(PresentedToken.ownHeader)")
            + (configuration.corsOrigins.isEmpty ? "" : ", origin")
        balances = BalancesRoute(
            directory: directory, refresher: process.refresher, rows: rows, hot: hot,
            runways: process.insight.runways, vary: vary)
        providers = ProviderRoute(
            catalog: catalog, directory: directory, refresher: process.refresher, hot: hot, scrubber: process.scrubber,
            passthrough: configuration.passthrough ? PassThrough(keys: process.keys, defaults: configuration.defaults) : nil,
            hasClients: !configuration.clients.isEmpty, vary: vary)
        documents = DocumentRoutes(
            catalog: catalog, directory: directory, hasClients: !configuration.clients.isEmpty, vary: vary)
        status = StatusRoute(directory: directory, process: process, showsTargets: visibility == .everything)
        let refresher = process.refresher
        alerts = AlertsRoute(
            directory: directory, desk: process.alerts, showsTargets: visibility == .everything, now: { refresher.now.wall })
        insight = InsightRoutes(directory: directory, process: process)
        metrics = MetricsRoute(directory: directory, process: process, visibility: visibility)
    }
}
