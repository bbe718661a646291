package import BursarBasics
package import BursarCatalog
package import BursarModel

/// All that `serve` needs to know, checked: whoever holds one needs no further check. *Value;* a reload builds a new one.
package struct Configuration: Sendable {
    package let origin: ConfigurationOrigin
    /// At least one where nothing is inherited; no two collide.
    package let listeners: [ListenerSettings]
    /// Sockets that the process was started with; served beside ``listeners``.
    package let inherited: [InheritedListener]
    /// Not nil where a listener uses it.
    package let tls: TLSSettings?
    package let proxies: ProxyConfiguration
    package let limits: ServerLimits
    /// In the order of the file, which is the order of rows. May be empty: pass-through and the documents work without any.
    package let accounts: [AccountConfiguration]
    package let defaults: AccountDefaults
    /// The built-in definitions and those of `providers:`.
    package let catalog: Catalog
    /// Whether callers may send a credential of their own on provider routes.
    package let passthrough: Bool
    /// Whether a listener that others can reach may be open to everyone.
    package let allowAnonymous: Bool
    /// Names for the check of `Host`, those of listeners included; addresses and `localhost` need none.
    package let hosts: [HostPattern]
    package let store: StoreConfiguration
    package let log: LogConfiguration
    package let drain: DrainConfiguration
    package let upstream: UpstreamConfiguration
    /// Who is told of alerts.
    package let targets: [TargetConfiguration]

    /// Empty: nobody is told apart, and everyone who reaches a listener may ask.
    package let clients: [ClientConfiguration]
    /// Origins whose pages browsers let read answers.
    package let corsOrigins: [String]
    /// Whether its file says nothing: it is empty, or all of it is comments.
    package var isBlank = false

    /// What the file says as it says it, and what was made of the rest.
    init(
        _ settings: RootSettings, origin: ConfigurationOrigin, listeners: [ListenerSettings], inherited: [InheritedListener],
        accounts: [AccountConfiguration], catalog: Catalog, allowAnonymous: Bool, hosts: [HostPattern], store: StoreConfiguration,
        clients: [ClientConfiguration]
    ) {
        (self.origin, self.listeners, self.inherited) = (origin, listeners, inherited)
        (self.accounts, self.catalog, self.clients) = (accounts, catalog, clients)
        (self.allowAnonymous, self.hosts, self.store) = (allowAnonymous, hosts, store)
        tls = listeners.contains(where: \.usesTLS) ? settings.tls : nil
        proxies = settings.proxies
        limits = settings.limits
        defaults = settings.defaults
        passthrough = settings.passthrough
        log = settings.log
        drain = settings.drain
        upstream = settings.upstream
        targets = settings.targets
        corsOrigins = settings.corsOrigins
    }

    package var listen: [ListenAddress] { listeners.map(\.address) }

    /// Every text that must not leave the process: what the scrubber is told.
    package var secrets: [Secret] { namedSecrets.map(\.secret) }

    /// Files that hold a key: when one changes, everything is read again.
    package var secretFiles: Set<String> { Set(accounts.compactMap(\.secretFile) + targets.flatMap(\.secretFiles)) }

    /// Whether an account of that name has another key now.
    package func hasOtherKeys(than old: Configuration) -> Bool {
        let before = Dictionary(old.accounts.map { ($0.id, $0.secret) }, uniquingKeysWith: { first, _ in first })
        if accounts.contains(where: { account in before[account.id].map { !$0.constantTimeEquals(account.secret) } ?? false }) {
            return true
        }
        return targets.contains { target in
            old.targets.first { $0.name == target.name }.map { !$0.isSame(as: target) } ?? false
        }
    }

    /// The same with whose they are, for messages: `provider/account`.
    package var namedSecrets: [(name: String, secret: Secret)] {
        accounts.flatMap { account in [account.secret, account.password].compactMap(\.self).map { ("\(account.id)", $0) } }
            + upstreamSecrets.map { ("upstream.proxy_password", $0) }
            + targets.flatMap { target in target.secrets.map { ("targets.\(target.name)", $0) } }
    }

    /// Of the way out, which is looked at by a start only: what the process started with stays in use until it ends.
    package var upstreamSecrets: [Secret] { [upstream.proxy?.password].compactMap(\.self) }
}

/// Where a configuration came from. *Value.*
package enum ConfigurationOrigin: Sendable, Equatable {
    /// The path as given, for messages and for a reload.
    case file(path: String)
    /// No file: the definitions' default variables.
    case environment
}

/// A named credential of a provider and how it is to be asked. *Value.* Its `description` has no credential, as ``Secret`` has none.
package struct AccountConfiguration: Sendable {
    package let id: AccountID
    package let definition: ProviderDefinition
    package let secret: Secret
    /// The secret part of a basic credential, whose whole is `user:password`; nil for every other one.
    package let password: Secret?
    /// Where ``secret`` came from, so that it can be read again.
    package let secretReference: SecretReference
    /// The file that ``secret`` stands in, where it came from one.
    package var secretFile: String?
    package let ttl: Duration
    package let staleFor: Duration
    package let timeout: Duration
    /// Nil: asked only when a caller asks.
    package let refresh: RefreshConfiguration?
    /// Below this available amount the row says so.
    package let low: ExactDecimal?
    /// `https://host[:port][/path]` without a closing slash: the definition's origin, or what `base_url` says.
    package let baseURL: String
    /// Whether `base_url` was given.
    package let isBaseURLOverridden: Bool
    /// What the definition's path takes from configuration, by name; complete.
    package let parameters: [String: String]
    /// What is told of it.
    package let alerts: [AlertRule]
    /// Where the account stands, for findings and reloads.
    package let place: ConfigurationPlace
}

/// How an account is refreshed in the background. *Value.*
package struct RefreshConfiguration: Sendable, Equatable {
    package let interval: Duration
    /// An account that nobody asked for within this sleeps; nil: none does, whether anybody asks or not.
    package let whileAskedWithin: Duration?

    /// How often an account without `refresh` is asked for while somebody wants its runway: enough to see its hours.
    package static let forRunways: Duration = .seconds(300)
}
