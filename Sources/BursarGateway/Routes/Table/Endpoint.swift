/// One entry of the table of routes: a path, what may be asked there, and what answers. *Immutable; any thread.*
final class Endpoint: Sendable {
    /// A method of a path. *Value.*
    struct Operation: Sendable {
        let method: String
        let access: Access
        /// Its `operationId` in docs/openapi.yaml; nil where each provider's definition describes it.
        let id: String?
        /// The query parameters that it takes; another one is 400.
        let query: QueryNames

        /// HEAD is answered wherever GET is.
        static func get(_ id: String?, for access: Access = .clients, takes query: QueryNames = .pretty) -> Operation {
            Operation(method: "GET", access: access, id: id, query: query)
        }

        static func post(_ id: String?, for access: Access = .clients, takes query: QueryNames = .pretty) -> Operation {
            Operation(method: "POST", access: access, id: id, query: query)
        }

        static func put(_ id: String?, for access: Access = .clients, takes query: QueryNames = .pretty) -> Operation {
            Operation(method: "PUT", access: access, id: id, query: query)
        }

        /// It answers without a body.
        static func delete(_ id: String?, for access: Access = .clients) -> Operation {
            Operation(method: "DELETE", access: access, id: id, query: [])
        }
    }

    let pattern: PathPattern
    /// `http.route` of OpenTelemetry, which is the pattern. The page's files are one route, or each would have series of its own.
    let label: String
    /// Whether its answers may stand ready in the ``HotTable``.
    let isKeptHot: Bool
    let operations: [Operation]
    let route: any Route.Type
    /// As `Allow` lists them.
    let methods: [String]

    /// - Parameter operations: at least one.
    init(
        _ pattern: String, _ route: any Route.Type, isKeptHot: Bool = false, _ operations: Operation...
    ) {
        self.pattern = PathPattern(pattern)
        label = route == PageRoute.self ? "/" : pattern
        self.isKeptHot = isKeptHot
        self.operations = operations
        self.route = route
        methods = operations.flatMap { $0.method == "GET" ? ["GET", "HEAD"] : [$0.method] } + ["OPTIONS"]
    }

    /// Who may ask with this method. One that is not answered is for those whom the first operation is for: only they learn that.
    func access(for method: String) -> Access { (operation(for: method) ?? operations.first)?.access ?? .clients }

    /// What a query may have with this method.
    func query(for method: String) -> QueryNames { operation(for: method)?.query ?? .anything }

    private func operation(for method: String) -> Operation? {
        let method = method == "HEAD" ? "GET" : method
        return operations.first { $0.method == method }
    }
}

/// Who may ask. *Value.* Without clients in the configuration all but what is for admins is open to everyone who gets here.
enum Access: Sendable, Hashable {
    /// Also without a credential, and with a wrong one: health, because probes have none; the page, because it is the same in every
    /// installation.
    case everyone
    /// Also without a credential. A wrong one is told.
    case everyoneUnlessWrong
    case clients
    /// Clients, whose token may also stand where the provider's key would; a refusal is the provider's documented one.
    case clientsOfProvider
    /// Who may change the gateway: see ``AdminGuard``.
    case admins
    /// The same, and only who may see every account: the answer names them.
    case adminsOfEverything

    /// Whether a request that has no caller is answered all the same.
    func isOpen(_ refusal: CallerRefusal) -> Bool {
        switch self {
        case .everyone: true
        case .everyoneUnlessWrong: refusal == .missing
        case .clients, .clientsOfProvider, .admins, .adminsOfEverything: false
        }
    }
}
