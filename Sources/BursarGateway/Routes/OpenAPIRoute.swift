import BursarCatalog
import BursarConfiguration
import BursarHTTP
import BursarModel

/// `GET /openapi.json`. *Immutable; any thread.*
struct OpenAPIRoute: Route {
    private let ofThoseInUse: MadeDocument
    private let ofAll: MadeDocument

    init(_ parts: RouteParts) {
        let (catalog, directory) = (parts.catalog, parts.directory)
        let hasClients = !parts.configuration.clients.isEmpty
        ofThoseInUse = MadeDocument(vary: parts.vary) {
            let ids = Set(directory.entries.map(\.id.provider)).union(catalog.addedIDs)
            return OpenAPIDocument.json(catalog.ids.filter(ids.contains).compactMap { catalog[$0] }, hasClients: hasClients)
        }
        ofAll = MadeDocument(vary: parts.vary) { OpenAPIDocument.json(catalog.definitions, hasClients: hasClients) }
    }

    /// With `?all`, the routes of every definition; without, of those that have an account here or a file of the operator.
    func respond(to call: RouteCall) -> Reply {
        let wantsAll = Query(call.request.query)?.parameters.contains { $0.name == "all" } ?? false
        return (wantsAll ? ofAll : ofThoseInUse).reply(to: call)
    }
}
