import BursarCatalog
import BursarHTTP
import BursarModel
import Synchronization

/// What does not change while the gateway runs: the page, `/v1/providers`, `/openapi.json`. *Immutable; any thread.*
final class DocumentRoutes: Sendable {
    private let page = Page.shared
    /// Each is made when it is first asked for: reading the YAML of all definitions costs more than the rest of the start.
    private let providersDocument: MadeDocument
    private let openAPIDocument: MadeDocument
    private let wholeOpenAPIDocument: MadeDocument

    private let vary: String

    /// - Parameter vary: see ``Scope/vary``.
    init(catalog: Catalog, directory: AccountDirectory, hasClients: Bool, vary: String) {
        self.vary = vary
        providersDocument = MadeDocument { Self.document(ProvidersRoute.json(catalog, directory), vary: vary) }
        openAPIDocument = MadeDocument {
            let ids = Set(directory.entries.map(\.id.provider)).union(catalog.addedIDs)
            return Self.document(
                OpenAPIDocument.json(catalog.ids.filter(ids.contains).compactMap { catalog[$0] }, hasClients: hasClients),
                vary: vary)
        }
        wholeOpenAPIDocument = MadeDocument {
            Self.document(OpenAPIDocument.json(catalog.definitions, hasClients: hasClients), vary: vary)
        }
    }

    func page(_ path: String, _ request: Request) -> Response? {
        page[path].map { Representations.choose($0, for: request, replay: nil) }
    }

    func providers(_ request: Request) -> Reply { providersDocument.reply(to: request) }

    /// With `?all`, the routes of every definition; without, of those that have an account here or a file of the operator.
    func openAPI(_ request: Request) -> Reply {
        let wantsAll = Query(request.query)?.parameters.contains { $0.name == "all" } ?? false
        return (wantsAll ? wholeOpenAPIDocument : openAPIDocument).reply(to: request)
    }

    private static func document(_ json: [UInt8], vary: String) -> PreparedResponse {
        Representations.prepare(
            json,
            headers: [
                "content-type": "application/json", "cache-control": "no-cache", "vary": "accept-encoding" + vary
            ],
            ageBase: nil, forms: .all)
    }
}

/// A document that is made once, by whoever asks first, and away from the event loop. *Mutex; any thread.*
private final class MadeDocument: Sendable {
    private let made = Mutex<PreparedResponse?>(nil)
    private let make: @Sendable () -> PreparedResponse

    init(_ make: @escaping @Sendable () -> PreparedResponse) { self.make = make }

    func reply(to request: Request) -> Reply {
        if let ready = made.withLock({ $0 }) { return .now(Representations.choose(ready, for: request, replay: nil)) }
        return .later {
            let ready = self.make()
            self.made.withLock { $0 = ready }
            return Representations.choose(ready, for: request, replay: nil)
        }
    }
}
