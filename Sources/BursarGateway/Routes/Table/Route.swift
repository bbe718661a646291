import BursarCatalog
import BursarConfiguration
import BursarHTTP
import BursarUpstream

/// What answers an endpoint, made once for each ``Scope``. *Immutable; any thread.*
///
/// A new route is one file with a type of this kind and one entry in ``Endpoint/all``.
protocol Route: Sendable {
    init(_ parts: RouteParts)

    /// Called on an event loop: it neither blocks nor waits. The method is one that the table names, the caller one who may ask, and the
    /// query carries no credential, can be read, and has the names alone that the table has.
    func respond(to call: RouteCall) -> Reply

    /// The methods that are answered at this very path, where that depends on the names in it. Nil: those of the table.
    func methods(at match: RouteMatch) -> [String]?

    /// The answer where nothing is at this very path, whatever the method. Nil: something may be.
    func absence(_ request: Request, at match: RouteMatch) -> Response?
}

extension Route {
    func methods(at match: RouteMatch) -> [String]? { nil }
    func absence(_ request: Request, at match: RouteMatch) -> Response? { nil }
}

/// What a route is made of: what its scope may see, and what lives as long as the process. *Immutable; any thread.*
struct RouteParts: Sendable {
    let visibility: Visibility
    let configuration: Configuration
    /// The providers that the scope may see, as the directory has its accounts.
    let catalog: Catalog
    let directory: AccountDirectory
    /// Of all accounts.
    let rows: RowTable
    /// For answers that may stand ready. Keeps nothing for an endpoint that is not ``Endpoint/isKeptHot``.
    var hot: HotTable
    /// See ``Scope/vary``.
    let vary: String
    let process: ProcessParts

    var refresher: Refresher { process.refresher }

    /// The same for an endpoint whose answers never stand ready.
    var keepingNothingHot: RouteParts {
        var parts = self
        parts.hot = HotTable()
        parts.hot.close()
        return parts
    }
}

/// One request, when it is known which endpoint it is for and who asks. *Value.*
struct RouteCall: Sendable {
    let request: Request
    let caller: Caller
    let match: RouteMatch
    /// JSON is to be laid out for people. That is done behind the route, but for an answer that stands ready.
    let isPretty: Bool
    let reloader: Reloader

    /// What a name in the endpoint's pattern stands for. Empty for a name that the pattern does not have.
    func name(_ name: String) -> String { match[name] ?? "" }
}
