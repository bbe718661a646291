import BursarBasics
import BursarCatalog
import BursarModel

/// The whole document, and the way without one.
extension ConfigurationParser {
    mutating func configuration(_ content: FileContent, builtIn: Catalog, _ request: ConfigurationRequest) -> Configuration? {
        knownCatalog = builtIn
        guard let root = document(content), let entries = entries(of: root, in: .root) else { return nil }
        let settings = settings(entries)
        let (catalog, isComplete) = catalog(entries["providers"], builtIn)
        knownCatalog = catalog
        let context = AccountContext(
            catalog: catalog, isCatalogComplete: isComplete, defaults: settings.defaults, targets: settings.targets,
            areTargetsRead: settings.areTargetsRead, alerts: settings.alerts)
        let errorsBefore = problems.errorCount
        // A file that names no accounts at all leaves them to the environment; an empty list means none.
        let accounts = entries["accounts"].map { self.accounts($0, context) } ?? accountsFromEnvironment(context)
        if problems.errorCount == errorsBefore, settings.areTargetsRead, settings.areAlertsRead {
            checkAlerts(accounts, forAll: settings.alerts, settings.targets)
        }
        let clients = clients(
            entries["clients"],
            ClientContext(
                catalog: catalog, accounts: accounts.map(\.id),
                isComplete: isComplete && problems.errorCount == errorsBefore))
        checkIdentities(entries, settings)
        if content.isReadableByAnyone, problems.findings.contains(where: { $0.rule == .literalKey }) {
            problems.finding(
                .configurationReadableByAnyone, ConfigurationPlace(file: file),
                "every user of this machine can read this file, which has a key in it; chmod 600 it")
        }
        if content.isWritableByAnyone {
            problems.finding(
                .configurationWritableByAnyone, ConfigurationPlace(file: file),
                "every user of this machine can change this file, and with it where keys are sent; chmod 600 it")
        } else if content.isReplaceableByAnyone {
            problems.finding(
                .configurationWritableByAnyone, ConfigurationPlace(file: file),
                "every user of this machine can put another file in the place of this one: a folder above it may be written by everyone"
            )
        }
        var configuration = finish(.file(path: file), settings, catalog, accounts, clients, request)
        configuration?.isBlank = entries.isEmpty
        return configuration
    }

    mutating func configurationFromEnvironment(builtIn: Catalog, _ request: ConfigurationRequest) -> Configuration? {
        knownCatalog = builtIn
        let settings = RootSettings()
        let context = AccountContext(catalog: builtIn, isCatalogComplete: true, defaults: settings.defaults)
        let accounts = accountsFromEnvironment(context)
        return finish(.environment, settings, builtIn, accounts, [], request)
    }

    private mutating func finish(
        _ origin: ConfigurationOrigin, _ settings: RootSettings, _ catalog: Catalog, _ accounts: [AccountConfiguration],
        _ clients: [ClientConfiguration], _ request: ConfigurationRequest
    ) -> Configuration? {
        let options = listeners(request.listen.map { ($0, ConfigurationPlace(file: "--listen")) })
        let listen = request.listen.isEmpty ? settings.listen : options
        let inherited = sources.inherited
        let allowAnonymous = settings.allowAnonymous || request.allowAnonymous
        let hosts = settings.hosts + Self.names(of: listen.map(\.0.address)).filter { !settings.hosts.contains($0) }
        checkExposure(
            listen + inherited.map { (ListenerSettings($0.address), ConfigurationPlace(file: "$LISTEN_FDS")) },
            allowAnonymous: allowAnonymous, hasClients: settings.hasClients)
        checkSockets(listen)
        checkUsers(clients, listen.map(\.0.address) + inherited.map(\.address))
        let store = settings.store ?? .standard(sources)
        checkStore(store, settings.storePlace ?? ConfigurationPlace(file: "store"))
        if !store.isKept { checkAlertsWithoutStore(accounts, settings.targets) }
        // Whoever passes sockets has said where to listen.
        let standard = inherited.isEmpty ? [ListenerSettings(.standard)] : []
        return Configuration(
            settings, origin: origin, listeners: listen.isEmpty ? standard : listen.map(\.0), inherited: inherited,
            accounts: accounts, catalog: catalog, allowAnonymous: allowAnonymous, hosts: hosts, store: store, clients: clients)
    }

    /// Whoever names a listener means to call it by that name.
    private static func names(of listeners: [ListenAddress]) -> [HostPattern] {
        listeners.compactMap { address in
            guard case .tcp(let host, _) = address, IPAddress(host) == nil, host != "localhost" else { return nil }
            return HostPattern(host)
        }
    }
}
