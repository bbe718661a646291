/// The routes as metrics and logs name them: a closed set, so that no caller can make series. *Value.*
enum RouteLabel: Int, Sendable, CaseIterable {
    case balances, provider, providers, status, cooldown, reload, live, ready, openAPI, metrics, page, other, history, guarding,
        claims, explain

    init(path: String) {
        switch Route(path: path) {
        case .balances: self = .balances
        case .provider: self = .provider
        case .providers: self = .providers
        case .status: self = .status
        case .cooldown: self = .cooldown
        case .reload: self = .reload
        case .live: self = .live
        case .ready: self = .ready
        case .openAPI: self = .openAPI
        case .metrics: self = .metrics
        case .history: self = .history
        case .guarding: self = .guarding
        case .claims, .claim: self = .claims
        case .explain: self = .explain
        case .page(let path): self = path == "/" ? .page : .other
        case nil: self = .other
        }
    }

    var label: String { self == .guarding ? "guard" : String(describing: self) }
}
