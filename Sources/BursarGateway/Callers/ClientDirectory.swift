import BursarConfiguration
import BursarHTTP
import BursarModel

/// The configured clients, and the ways to recognise one. *Immutable; any thread:* a lookup is one hash of a table and takes no lock.
struct ClientDirectory: Sendable {
    let clients: [Client]
    private let byToken: [TokenDigest: Client]
    private let byCertificateName: [String: Client]
    private let byUserID: [UInt32: Client]

    /// - Parameters:
    ///   - configurations: no two have a digest, a certificate's name or a user in common.
    ///   - scopeOf: the number of the scope that shows a visibility.
    ///   - limiters: those of the configuration before this one by client, so that a reload gives nobody a new quota.
    init(
        _ configurations: [ClientConfiguration], scopeOf: (Visibility) -> Int, limiter: (ClientConfiguration) -> ClientLimiter?
    ) {
        let pairs = configurations.map { ($0, Client($0, scope: scopeOf($0.allow), limiter: limiter($0))) }
        clients = pairs.map(\.1)
        func table<Key: Hashable>(_ keys: KeyPath<ClientConfiguration, [Key]>) -> [Key: Client] {
            Dictionary(
                pairs.flatMap { configuration, client in configuration[keyPath: keys].map { ($0, client) } },
                uniquingKeysWith: { first, _ in first })
        }
        byToken = table(\.tokens)
        byCertificateName = table(\.certificateNames)
        byUserID = table(\.userIDs)
    }

    /// See ``TokenDigest`` for what the time of this tells.
    func client(token: TokenDigest) -> Client? { byToken[token] }

    /// Whom a connection stands for by itself. A certificate whose names belong to several clients stands for none of them.
    func client(of connection: ConnectionInfo) -> Client? {
        if let user = connection.userID, let client = byUserID[user] { return client }
        guard !byCertificateName.isEmpty, let names = connection.certificateNames else { return nil }
        var found: Client?
        for name in names {
            guard let client = byCertificateName[name] else { continue }
            if let found, found !== client { return nil }
            found = client
        }
        return found
    }
}
