import BursarCatalog
import BursarConfiguration
import BursarModel
import BursarUpstream

/// One configured account, with everything that a route needs of it. *Value.*
struct AccountEntry: Sendable {
    let id: AccountID
    let definition: ProviderDefinition
    let upstream: UpstreamAccount
    /// Below this available amount the row says so.
    let low: ExactDecimal?
    /// Its place in the configuration, which is that of its row, in whatever directory it stands.
    let position: Int
    /// Nil: asked only when a caller asks.
    let refresh: RefreshConfiguration?
    /// `${env:NAME}`: where its key comes from, for people.
    var keySource = ""
}

/// The configured accounts in configuration order, and the ways to find one. *Immutable after start; any thread.*
struct AccountDirectory: Sendable {
    let entries: [AccountEntry]
    private let indexByID: [AccountID: Int]
    private let indicesByProvider: [ProviderID: [Int]]
    private let indicesByKey: [CredentialKey: [Int]]

    init(_ entries: [AccountEntry]) {
        self.entries = entries
        indexByID = Dictionary(entries.indices.map { (entries[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
        indicesByProvider = Dictionary(grouping: entries.indices) { entries[$0].id.provider }
        indicesByKey = Dictionary(grouping: entries.indices) { entries[$0].upstream.key }
    }

    subscript(index: Int) -> AccountEntry { entries[index] }

    func index(of id: AccountID) -> Int? { indexByID[id] }
    /// Of the text of an account's id, `provider/account`.
    func index(ofCursor text: String) -> Int? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let provider = ProviderID(parts[0]), let account = AccountName(parts[1]) else { return nil }
        return indexByID[AccountID(provider: provider, account: account)]
    }

    func indices(of provider: ProviderID) -> [Int] { indicesByProvider[provider] ?? [] }

    /// Several accounts may hold the same credential: they then share its reading and its cooldown.
    func indices(of key: CredentialKey) -> [Int] { indicesByKey[key] ?? [] }

    /// The account that a provider route without `@account` means: the one named `default`, else the provider's first.
    func defaultIndex(of provider: ProviderID) -> Int? {
        indexByID[AccountID(provider: provider, account: .default)] ?? indices(of: provider).first
    }

    /// The providers that have an account, in configuration order.
    var providers: [ProviderID] {
        var seen: Set<ProviderID> = []
        return entries.map(\.id.provider).filter { seen.insert($0).inserted }
    }
}

// MARK: - Choosing rows

extension AccountDirectory {
    /// A name that does not exist, with what does.
    struct UnknownName: Error, Equatable {
        let detail: String
    }

    /// The rows that a path and its filters ask for, in configuration order.
    /// - Throws: for a name that does not exist.
    func select(provider: String?, account: String?, query: BalancesQuery) throws(UnknownName) -> [Int] {
        var chosen = Array(entries.indices)
        for names in [provider.map { [$0] }, query.providers].compactMap({ $0 }) {
            let providers = Set(try names.map { name throws(UnknownName) in try knownProvider(name, among: chosen) })
            chosen = chosen.filter { providers.contains(entries[$0].id.provider) }
        }
        for names in [account.map { [$0] }, query.accounts].compactMap({ $0 }) {
            let accounts = Set(try names.map { name throws(UnknownName) in try knownAccount(name, among: chosen) })
            chosen = chosen.filter { accounts.contains(entries[$0].id.account) }
        }
        return chosen
    }

    /// Which rows `require=` names: `tensorpix` all of a provider's, `tensorpix/main` one. Each once, in configuration order.
    func required(_ names: [String]) throws(UnknownName) -> [Int] {
        var chosen: Set<Int> = []
        for name in Set(names) {
            let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let provider = try knownProvider(String(parts[0]), among: entries.indices)
            guard parts.count == 2 else {
                chosen.formUnion(indices(of: provider))
                continue
            }
            guard let account = AccountName(parts[1]), let index = indexByID[AccountID(provider: provider, account: account)]
            else {
                throw unknownAccount(String(parts[1]), among: indices(of: provider))
            }
            chosen.insert(index)
        }
        return chosen.sorted()
    }

    private func knownProvider(_ name: String, among indices: some Collection<Int>) throws(UnknownName) -> ProviderID {
        if let id = ProviderID(name), indices.contains(where: { entries[$0].id.provider == id }) { return id }
        throw UnknownName(
            detail: "No account of \(Self.shown(name, ProviderID(name) != nil, else: "that provider")) is configured. "
                + Self.list("Providers with accounts", providers.map(\.name)))
    }

    private func knownAccount(_ name: String, among indices: [Int]) throws(UnknownName) -> AccountName {
        if let account = AccountName(name), indices.contains(where: { entries[$0].id.account == account }) { return account }
        throw unknownAccount(name, among: indices)
    }

    private func unknownAccount(_ name: String, among indices: [Int]) -> UnknownName {
        UnknownName(
            detail: "There is no account \(Self.shown(name, AccountName(name) != nil, else: "of that name")) here. "
                + Self.list("Accounts", indices.map { entries[$0].id.description }))
    }

    /// Only what has the form of a name and cannot be a key: one that was pasted into a URL shall not come back with the answer.
    private static func shown(_ name: String, _ isName: Bool, else fallback: String) -> String {
        isName && ShowableText.allows(name) ? "\"\(name)\"" : fallback
    }

    /// At most twenty names: a list of thousands helps nobody.
    private static func list(_ what: String, _ names: [String]) -> String {
        if names.isEmpty { return "\(what): none." }
        let shown = names.prefix(20).joined(separator: ", ")
        return "\(what): \(shown)\(names.count > 20 ? " and \(names.count - 20) more" : "")."
    }
}

// MARK: - Paths

extension AccountDirectory {
    /// The paths whose ready answers show the account.
    func paths(showing index: Int) -> [String] {
        let id = entries[index].id, template = entries[index].definition.path
        // A path with parameters is asked for as it is documented or, by an unmodified client, with its values.
        let filled = entries[index].upstream.documentedPath ?? template
        return ["/v1/balances", "/v1/balances/\(id.provider)", "/v1/balances/\(id.provider)/\(id.account)"]
            + (filled == template ? [template] : [template, filled]).flatMap {
                ["/providers/\(id.provider)\($0)", "/providers/\(id.provider)@\(id.account)\($0)"]
            }
    }

    /// Every segment of a path that answers to something: our own words, and names of definitions and accounts.
    func knownSegments(_ catalog: Catalog) -> Set<Substring> {
        var segments: Set<Substring> = [
            "v1", "balances", "history", "guard", "claims", "explain", "providers", "status", "cooldowns", "admin", "reload", "livez", "readyz", "metrics", "openapi.json",
            "app.js", "style.css", "icon.svg"
        ]
        for definition in catalog.definitions {
            segments.insert(definition.id.name[...])
            segments.formUnion(definition.path.split(separator: "/"))
        }
        for entry in entries {
            segments.insert(entry.id.account.name[...])
            segments.insert("\(entry.id.provider)@\(entry.id.account)"[...])
        }
        return segments
    }
}
