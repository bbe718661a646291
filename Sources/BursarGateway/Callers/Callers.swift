import BursarCatalog
import BursarHTTP
import BursarModel
import NIOCore

/// Finds out who asks. *Immutable; any thread.*
///
/// What it costs a hit: a look at the two or three headers that may have the token, one SHA-256, one lookup. No lock, except in the bucket
/// of a client that has a rate.
struct Callers: Sendable {
    /// Nil: no clients are configured.
    let directory: ClientDirectory?
    /// Of the providers in use. For others the catalog is asked.
    private let authByProvider: [Substring: AuthPlan]
    private let catalog: Catalog
    private let clock: @Sendable () -> Moment

    init(_ directory: ClientDirectory?, catalog: Catalog, clock: @escaping @Sendable () -> Moment) {
        self.directory = directory
        self.catalog = catalog
        authByProvider = Dictionary(
            catalog.compiledDefinitions.map { ($0.id.name[...], $0.auth) }, uniquingKeysWith: { first, _ in first })
        self.clock = clock
    }

    func caller(of request: Request) -> Result<Caller, CallerRefusal> {
        guard directory != nil else { return .success(.anyone) }
        let token = PresentedToken.read(request.headers, auth: auth(for: request.path))
        let caller = caller(of: CallerCredential(token: token, connection: request.connection))
        if case .failure(.unknown) = caller, PresentedToken.isMistyped(request.headers) { return .failure(.malformed) }
        return caller
    }

    /// The same for a request that came earlier, such as that of a stream.
    func caller(of credential: CallerCredential) -> Result<Caller, CallerRefusal> {
        guard let directory else { return .success(.anyone) }
        let client: Client
        switch credential.token {
        case .several: return .failure(.several)
        case .malformed: return .failure(.malformed)
        case .foreign: return .failure(.foreign)
        case .token(let digest):
            guard let found = directory.client(token: digest) else { return .failure(.unknown) }
            client = found
        case .none:
            // What the connection shows is asked last: a program that has a token means that one.
            guard let found = directory.client(of: credential.connection) else { return .failure(.missing) }
            client = found
        }
        if client.expires != nil, client.isExpired(at: clock().wall) { return .failure(.expired) }
        return .success(Caller(client: client))
    }

    /// How the provider of a route takes its key; nil on the gateway's own routes.
    private func auth(for path: String) -> AuthPlan? {
        guard path.hasPrefix(ProviderRoute.prefix) else { return nil }
        let rest = path.dropFirst(ProviderRoute.prefix.count)
        if path.utf8.contains(UInt8(ascii: "%")) {
            return (RouteTable.shared.match(path)?["provider"]).flatMap { auth(ofProvider: $0[...]) }
        }
        return auth(ofProvider: rest.prefix { $0 != "/" && $0 != "@" })
    }

    private func auth(ofProvider name: Substring) -> AuthPlan? {
        authByProvider[name] ?? ProviderID(name).flatMap { catalog[$0]?.auth }
    }
}

// MARK: - What a client may do now

extension Callers {
    /// For how long a connection may repeat an answer to this caller without asking who it is: not past its end, and not at all where each
    /// request counts. And for a moment only: its deadline does not count the time of a suspension, nor follow a wall clock that is set.
    func replay(_ replay: Replay, for caller: Caller, now: NIODeadline) -> Replay? {
        var until = min(replay.until, now + CurrentConfiguration.lookInterval)
        if let client = caller.client {
            if client.limiter != nil { return nil }
            if let expires = client.expires { until = min(until, now + clock().wall.duration(to: expires).timeAmount) }
        }
        return Replay(validity: replay.validity, until: until)
    }
}
