import BursarCatalog
import BursarModel

/// What accounts are read against. *Value.*
struct AccountContext {
    let catalog: Catalog
    /// False when a definition of `providers:` could not be read: an unknown provider may be that one, and is reported only where its name
    /// is near a known one.
    let isCatalogComplete: Bool
    let defaults: AccountDefaults
    var targets: [TargetConfiguration] = []
    var areTargetsRead = true
    /// What is told of an account that says nothing else.
    var alerts: [WrittenRule] = []
}

/// What is written of an account; nil where nothing is. *Value.*
struct WrittenAccount {
    var ttl: Duration?
    var staleFor: Duration?
    var timeout: Duration?
    /// `.some(nil)` is `off`.
    var refresh: Duration??
    var low: ExactDecimal?
    var baseURL: String?
    var parameters: [String: String] = [:]
    /// Nil: the rules for all.
    var alerts: [WrittenRule]?
}

extension ConfigurationKey {
    static let accountNames = [
        "provider", "name", "key", "user", "ttl", "stale_for", "timeout", "refresh", "low", "base_url", "parameters",
        "alerts"
    ]
}

extension ConfigurationParser {
    mutating func accounts(_ entry: Entry, _ context: AccountContext) -> [AccountConfiguration] {
        guard !entry.node.isNull else { return [] }
        guard case .sequence(let nodes) = entry.node.content else {
            problems.error(at(entry.node), "accounts must be a list: each account begins with \"- provider: …\"")
            return []
        }
        var accounts: [AccountConfiguration] = []
        var places: [AccountID: ConfigurationPlace] = [:]
        for node in nodes {
            guard let account = account(node, context, &places) else { continue }
            accounts.append(account)
        }
        reportSharedKeys(accounts)
        return accounts
    }

    private mutating func account(
        _ node: LocatedNode, _ context: AccountContext, _ places: inout [AccountID: ConfigurationPlace]
    ) -> AccountConfiguration? {
        guard !node.isNull, let entries = entries(of: node, in: .account) else {
            if node.isNull { problems.error(at(node), "an account needs provider and key") }
            return nil
        }
        let definition = definition(entries["provider"], in: node, context)
        let name = accountName(entries["name"])
        if let definition, let name { reportDuplicate(AccountID(provider: definition.id, account: name), entries, node, &places) }

        var written = WrittenAccount()
        written.ttl = duration(entries["ttl"], "ttl", in: ConfigurationLimits.ttl)
        written.staleFor = duration(entries["stale_for"], "stale_for", in: ConfigurationLimits.staleFor)
        written.timeout = duration(entries["timeout"], "timeout", in: ConfigurationLimits.timeout)
        written.refresh = entries["refresh"].map { refresh($0) }
        written.low = amount(entries["low"], "low")
        written.baseURL = baseURL(entries["base_url"], definition)?.description
        written.parameters = parameters(entries["parameters"], of: definition, in: node)
        written.alerts = alerts(entries["alerts"], targets: context.targets, areTargetsRead: context.areTargetsRead)
        guard let credential = credential(entries, of: definition, in: node), let definition, let name else { return nil }
        return account(name, definition, credential, written, context, at: at(node))
    }

    /// The one place where an account is made: what is not written is as the defaults and the definition say.
    mutating func account(
        _ name: AccountName, _ definition: ProviderDefinition, _ credential: Credential, _ written: WrittenAccount,
        _ context: AccountContext, at place: ConfigurationPlace
    ) -> AccountConfiguration {
        let defaults = context.defaults
        let alerts =
            if let own = written.alerts { rules(own, of: definition) } else { rules(forAll: context.alerts, of: definition) }
        return AccountConfiguration(
            id: AccountID(provider: definition.id, account: name), definition: definition, secret: credential.secret,
            password: credential.password, secretReference: credential.reference, secretFile: credential.file,
            ttl: written.ttl ?? max(defaults.ttl, definition.ttl ?? .zero), staleFor: written.staleFor ?? defaults.staleFor,
            timeout: written.timeout ?? defaults.timeout,
            refresh: defaults.refreshing(each: written.refresh ?? defaults.refresh), low: written.low,
            baseURL: written.baseURL ?? definition.origin(parameters: written.parameters) ?? definition.origin,
            isBaseURLOverridden: written.baseURL != nil, parameters: written.parameters, alerts: alerts, place: place)
    }

    /// Nil where it is off.
    mutating func refresh(_ entry: Entry) -> Duration? {
        if entry.node.text?.lowercased() == "off" { return nil }
        return duration(entry, "refresh", in: ConfigurationLimits.refresh)
    }

    private mutating func definition(_ entry: Entry?, in node: LocatedNode, _ context: AccountContext)
        -> ProviderDefinition?
    {
        guard let entry else {
            problems.error(at(node), "an account needs provider; known are " + context.catalog.knownNames)
            return nil
        }
        guard let text = text(entry.node, "provider", expected: "a provider's id") else { return nil }
        if let id = ProviderID(text), let definition = context.catalog[id] { return definition }
        let near = context.catalog.nearestName(to: text)
        let isCertain = context.isCatalogComplete || ProviderID(text) == nil
        if isCertain || near != nil {
            problems.error(
                at(entry.node),
                "unknown provider \(QuotableName.quoted(text, near: near))"
                    + (isCertain ? "" : ", unless a definition that cannot be read has that name"), meant: near,
                otherwise: "known are \(context.catalog.knownNames); further definitions are loaded with providers:")
        }
        return nil
    }

    private mutating func accountName(_ entry: Entry?) -> AccountName? {
        guard let entry else { return .default }
        return name(entry, reason: ": it stands in URLs").flatMap { AccountName($0) }
    }

    private mutating func reportDuplicate(
        _ id: AccountID, _ entries: [String: Entry], _ node: LocatedNode, _ places: inout [AccountID: ConfigurationPlace]
    ) {
        let place = at(entries["name"]?.node ?? entries["provider"]?.node ?? node)
        guard let first = places[id] else {
            places[id] = place
            return
        }
        let shown = ShowableText.allows(id.account.name) ? "\(id)" : "this account"
        problems.error(
            place, "\(shown) is already configured in line \(first.line); give each account of a provider a name of its own")
    }

    private mutating func baseURL(_ entry: Entry?, _ definition: ProviderDefinition?) -> BaseURL? {
        guard let entry else { return nil }
        guard let text = text(entry.node, "base_url", expected: "a URL such as https://api.example.com") else { return nil }
        let place = at(entry.node)
        do throws(BaseURL.Refusal) {
            let url = try BaseURL(parsing: text)
            guard url.isEncrypted || url.isLoopback else {
                problems.error(
                    place, "base_url is plain http to another machine, where anyone on the way could read the key; use https://")
                return nil
            }
            if !url.isEncrypted {
                problems.finding(.plainHTTP, place, "base_url is plain http: the key reaches whatever holds that port")
            }
            if let definition, !url.isLoopback, let own = try? BaseURL(parsing: definition.origin), own.host != url.host {
                problems.finding(.foreignBaseURL, place, "the key goes to another host than the provider's own, \(own.host)")
            }
            return url
        } catch {
            problems.error(place, "base_url " + error.words)
            return nil
        }
    }

    /// Two accounts with one key are one credential upstream. Found through a hash that is keyed anew in each process.
    private mutating func reportSharedKeys(_ accounts: [AccountConfiguration]) {
        var seen: [SharedKeySlot: AccountConfiguration] = [:]
        for account in accounts {
            let slot = SharedKeySlot(
                provider: account.id.provider, baseURL: account.baseURL, hash: account.secret.hashForComparison)
            if let first = seen[slot], first.secret.constantTimeEquals(account.secret), first.parameters == account.parameters {
                problems.finding(
                    .sharedKey, account.secretReference.place,
                    "the same key as the account in line \(first.place.line): one call serves both")
            } else {
                seen[slot] = account
            }
        }
    }
}

private struct SharedKeySlot: Hashable {
    let provider: ProviderID
    let baseURL: String
    let hash: Int
}

extension Secret {
    /// Not an identity: ``constantTimeEquals(_:)`` decides.
    fileprivate var hashForComparison: Int {
        withExposedBytes { bytes in
            var hasher = Hasher()
            hasher.combine(bytes: bytes)
            return hasher.finalize()
        }
    }
}

extension BaseURL.Refusal {
    /// Ends a sentence that begins with `base_url`.
    var words: String {
        switch self {
        case .scheme: "must begin with https:// (or http:// to this machine)"
        case .userInformation: "must not hold a user or password; the credential belongs to key"
        case .query: "must not have a query"
        case .fragment: "must not have a fragment"
        case .host: "has no valid host"
        case .port: "has no valid port; a port is a number from 1 to 65535"
        case .path: "has a character or a segment in its path that does not belong there"
        case .tooLong: "is too long"
        }
    }
}
