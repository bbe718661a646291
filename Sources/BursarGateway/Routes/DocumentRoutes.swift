import BursarCatalog
import BursarHTTP
import Synchronization

/// What does not change while the gateway runs: the page, `/v1/providers`, `/openapi.json`. *Immutable; any thread.*
final class DocumentRoutes: Sendable {
    private let page = Page.shared
    private let providersDocument: PreparedResponse
    private let makeOpenAPI: @Sendable () -> [UInt8]
    /// Made when first asked for: reading the YAML costs more than the rest of the start.
    private let openAPIDocument = Mutex<PreparedResponse?>(nil)

    private let vary: String

    /// - Parameter vary: see ``Scope/vary``.
    init(catalog: Catalog, directory: AccountDirectory, hasClients: Bool, vary: String) {
        self.vary = vary
        providersDocument = Self.document(ProvidersRoute.json(catalog, directory), vary: vary)
        makeOpenAPI = { OpenAPIDocument.json(catalog, hasClients: hasClients) }
    }

    func page(_ path: String, _ request: Request) -> Response? {
        page[path].map { Held.choose($0, for: request, replay: nil) }
    }

    func providers(_ request: Request) -> Response { Held.choose(providersDocument, for: request, replay: nil) }

    func openAPI(_ request: Request) -> Reply {
        if let held = openAPIDocument.withLock({ $0 }) { return .now(Held.choose(held, for: request, replay: nil)) }
        return .later {
            let made = Self.document(self.makeOpenAPI(), vary: self.vary)
            self.openAPIDocument.withLock { $0 = made }
            return Held.choose(made, for: request, replay: nil)
        }
    }

    private static func document(_ json: [UInt8], vary: String) -> PreparedResponse {
        Held.prepare(
            json,
            headers: [
                "content-type": "application/json", "cache-control": "no-cache", "vary": "accept-encoding" + vary
            ],
            ageBase: nil, forms: .all)
    }
}
