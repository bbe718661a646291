import BursarCatalog

/// The bounds of what a configuration may say. *Constants.*
package enum ConfigurationLimits {
    /// 10,000 accounts of a generous 800 bytes each.
    static let fileBytes = 8 << 20
    static let document = LocatedLimits(bytes: fileBytes, depth: 16, nodes: 1_000_000)
    /// Of which there are some twenty. A file with more is no configuration, and is read no further.
    static let topLevelKeys = 1_000
    /// A week: longer than that, a balance is no balance.
    static let ttl = Duration.milliseconds(1)...Duration.seconds(7 * 24 * 3_600)
    /// Zero serves nothing stale.
    static let staleFor = Duration.zero...Duration.seconds(366 * 24 * 3_600)
    /// No caller waits five minutes for a balance, and each wait holds a connection.
    static let timeout = Duration.milliseconds(10)...Duration.seconds(300)
    /// More often than each ten seconds is a caller's `no-cache`, which budgets bound.
    static let refresh = Duration.seconds(10)...Duration.seconds(7 * 24 * 3_600)
    static let refreshFor = Duration.seconds(10)...Duration.seconds(366 * 24 * 3_600)
    static let drainDelay = Duration.zero...Duration.seconds(600)
    static let drainDeadline = Duration.milliseconds(100)...Duration.seconds(3_600)
    static let connections = 1...1_000_000
    static let requestsPerConnection = 1...1_000_000_000
    /// Of clients: below a tenth of a second an honest one on a slow line is cut off.
    static let clientTime = Duration.milliseconds(100)...Duration.seconds(3_600)
    static let proxies = 1_000
    /// Bundles of hundreds of authorities stay below this.
    static let pemBytes = 4 << 20
    static let listeners = 64
    static let hosts = 1_000
    static let clients = 10_000
    /// Two while one replaces the other; more where many machines share a client.
    static let tokensOfClient = 100
    static let identitiesOfClient = 1_000
    static let allowed = 10_000
    static let parameterBytes = 128
    package static let targets = 100
    static let rules = 100
    static let perHour = 1...1_000
    static let webhookSecrets = 4
    /// A shorter path is a word that stands elsewhere, too, and would be blanked there.
    static let shortestSecretPath = 16
    /// A program that tells somebody something ends within a minute.
    static let commandTimeout = Duration.seconds(1)...Duration.seconds(60)
    static let runway = Duration.seconds(3_600)...Duration.seconds(200 * 24 * 3_600)
    /// Sooner, every backoff would be told.
    static let unavailable = Duration.seconds(60)...Duration.seconds(30 * 24 * 3_600)
    static let repeats = Duration.seconds(3_600)...Duration.seconds(30 * 24 * 3_600)
}
