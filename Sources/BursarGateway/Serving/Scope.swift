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
    /// By endpoint, as ``RouteTable/endpoints`` has them.
    let routes: [any Route]

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
        let parts = RouteParts(
            visibility: visibility, configuration: configuration, catalog: catalog, directory: directory, rows: rows, hot: hot,
            vary: vary,
            process: process)
        routes = RouteTable.shared.routes(of: parts)
    }
}
