import BursarBasics
import BursarCatalog
import BursarModel

/// What the top level of a file says, but for its accounts, clients and definitions. *Value.* Options of the command line are not in it yet.
struct RootSettings {
    var listen: [(ListenerSettings, ConfigurationPlace)] = []
    var tls: TLSSettings?
    var proxies = ProxyConfiguration()
    var limits = ServerLimits()
    var passthrough = true
    var allowAnonymous = false
    var hosts: [HostPattern] = []
    /// Nil: the standard place.
    var store: StoreConfiguration?
    var storePlace: ConfigurationPlace?
    var defaults = AccountDefaults()
    var corsOrigins: [String] = []
    /// Whether the file has `clients`, readable or not.
    var hasClients = false
    var log = LogConfiguration()
    var drain = DrainConfiguration()
    var upstream = UpstreamConfiguration()
    var targets: [TargetConfiguration] = []
    /// False where a target has no name that could be read. An unknown name in a rule may then be meant for it, and is not reported.
    var areTargetsRead = true
    /// Whether each rule for all is known as it was meant: else nothing is said of targets that none tells.
    var areAlertsRead = true
    var alerts: [WrittenRule] = []
}

extension ConfigurationKey {
    static let rootNames = [
        "listen", "accounts", "defaults", "providers", "passthrough", "allow_anonymous", "hosts", "log", "drain", "store",
        "tls", "trusted_proxies", "proxy_protocol", "limits", "secrets", "upstream", "clients", "cors", "targets"
    ]
    static let secretsNames = ["exec"]
}

extension ConfigurationParser {
    /// Reads every section of the top level but accounts, clients and definitions.
    mutating func settings(_ root: [String: Entry]) -> RootSettings {
        var settings = RootSettings()
        let errorsBefore = problems.errorCount
        settings.listen = listen(root["listen"])
        let areListenersRead = problems.errorCount == errorsBefore
        settings.tls = tls(root["tls"])
        settings.proxies.trusted = ranges(root["trusted_proxies"], "trusted_proxies")
        settings.proxies.proxyProtocol = ranges(root["proxy_protocol"], "proxy_protocol")
        settings.limits = limits(root["limits"])
        resolver.runsCommands = allowsCommands(root["secrets"])
        checkUse(of: root["tls"], by: settings.listen, areAllRead: areListenersRead)
        settings.passthrough = boolean(root["passthrough"], "passthrough") ?? settings.passthrough
        settings.allowAnonymous = boolean(root["allow_anonymous"], "allow_anonymous") ?? settings.allowAnonymous
        settings.hosts = hosts(root["hosts"])
        settings.store = store(root["store"])
        settings.storePlace = root["store"].map { at($0.node) }
        settings.hasClients = root["clients"] != nil
        settings.corsOrigins = origins(root["cors"])
        settings.targets = targets(root["targets"])
        settings.areTargetsRead = unreadTargets.areAllNamed
        settings.defaults = defaults(root["defaults"], &settings)
        settings.log = log(root["log"])
        settings.drain = drain(root["drain"])
        settings.upstream = upstream(root["upstream"])
        return settings
    }

    private mutating func hosts(_ entry: Entry?) -> [HostPattern] {
        let element = "a host name such as bursar.internal or *.corp.example"
        var hosts: [HostPattern] = []
        for (text, place) in texts(entry, "hosts", element: element, atMost: ConfigurationLimits.hosts) ?? [] {
            if let host = HostPattern(text) {
                if !hosts.contains(host) { hosts.append(host) }
            } else if text == "*" {
                problems.error(place, "* would switch the check of Host off, which stops DNS rebinding; name the hosts")
            } else {
                problems.error(place, "an element of hosts must be \(element), without scheme, port or path")
            }
        }
        return hosts
    }

    /// Reads `secrets`: whether commands may be run to get keys.
    private mutating func allowsCommands(_ entry: Entry?) -> Bool {
        guard let entry, let entries = entries(of: entry.node, in: .secrets) else { return false }
        return boolean(entries["exec"], "exec") ?? false
    }
}
