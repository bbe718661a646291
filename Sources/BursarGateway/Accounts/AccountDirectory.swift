import BursarCatalog
import BursarConfiguration
import BursarModel
import BursarText
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
    /// What is told of it.
    var alerts: [AlertRule] = []
}

/// The configured accounts in configuration order, and the ways to find one. *Immutable after start; any thread.*
struct AccountDirectory: Sendable {
    let entries: [AccountEntry]
    private let indexByID: [AccountID: Int]
    private let indicesByProvider: [ProviderID: [Int]]
    private let indicesByAccount: [AccountName: [Int]]
    private let indicesByKey: [CredentialKey: [Int]]

    init(_ entries: [AccountEntry]) {
        self.entries = entries
        indexByID = Dictionary(entries.indices.map { (entries[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
        indicesByProvider = Dictionary(grouping: entries.indices) { entries[$0].id.provider }
        indicesByAccount = Dictionary(grouping: entries.indices) { entries[$0].id.account }
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
    ///
    /// It runs on an event loop, with names that a caller may repeat as often as a query is long: one step a name and one an account.
    /// - Throws: for a name that does not exist.
    func select(provider: String?, account: String?, query: BalancesQuery) throws(UnknownName) -> [Int] {
        var chosen: Set<Int>?
        for names in [provider.map { [$0] }, query.providers?.names].compactMap({ $0 }) {
            chosen = try narrowed(chosen, names) { name throws(UnknownName) in indices(of: try knownProvider(name, in: chosen)) }
        }
        for names in [account.map { [$0] }, query.accounts?.names].compactMap({ $0 }) {
            chosen = try narrowed(chosen, names) { name throws(UnknownName) in
                guard let account = AccountName(name), let indices = indicesByAccount[account], intersects(indices, chosen) else {
                    throw unknownAccount(name, among: chosen.map { $0.sorted() } ?? Array(entries.indices))
                }
                return indices
            }
        }
        return chosen?.sorted() ?? Array(entries.indices)
    }

    /// The chosen rows that one of the names means; names are there once each.
    private func narrowed(
        _ chosen: Set<Int>?, _ names: [String], _ indices: (String) throws(UnknownName) -> [Int]
    ) throws(UnknownName) -> Set<Int> {
        var named: Set<Int> = []
        for name in names { named.formUnion(try indices(name)) }
        return chosen.map { named.intersection($0) } ?? named
    }

    private func intersects(_ indices: [Int], _ chosen: Set<Int>?) -> Bool {
        chosen.map { chosen in indices.contains { chosen.contains($0) } } ?? !indices.isEmpty
    }

    /// Which rows `require=` names: `tensorpix` all of a provider's, `tensorpix/main` one. Each once, in configuration order.
    func required(_ list: BalancesQuery.NameList) throws(UnknownName) -> [Int] {
        var chosen: Set<Int> = []
        for name in list.names {
            let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let provider = try knownProvider(String(parts[0]), in: nil)
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

    /// - Parameter chosen: the rows of the path's provider; nil where it names none.
    private func knownProvider(_ name: String, in chosen: Set<Int>?) throws(UnknownName) -> ProviderID {
        if let id = ProviderID(name), intersects(indices(of: id), chosen) { return id }
        // No other name fits here, so that is said of every one: whether there is such a provider is not told.
        if let first = chosen?.min() {
            throw UnknownName(detail: "This path is about \(entries[first].id.provider); leave provider= out.")
        }
        throw UnknownName(
            detail: "No account of \(Self.shown(name, ProviderID(name) != nil, else: "that provider")) is configured. "
                + AccountChoice.list("Providers with accounts", providers.map(\.name), count: providers.count))
    }

    private func unknownAccount(_ name: String, among indices: [Int]) -> UnknownName {
        UnknownName(
            detail: "There is no account \(Self.shown(name, AccountName(name) != nil, else: "of that name")) here. "
                + AccountChoice.list(
                    "Accounts", indices.prefix(AccountChoice.mostShown).map { entries[$0].id.description }, count: indices.count))
    }

    /// Only what has the form of a name and cannot be a key: one that was pasted into a URL shall not come back with the answer.
    private static func shown(_ name: String, _ isName: Bool, else fallback: String) -> String {
        isName && ShowableText.allows(name) ? "\"\(name)\"" : fallback
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
        var segments = RouteTable.shared.words
        for id in catalog.ids { segments.insert(id.name[...]) }
        for definition in catalog.compiledDefinitions { segments.formUnion(definition.path.split(separator: "/")) }
        for entry in entries {
            segments.insert(entry.id.account.name[...])
            segments.insert("\(entry.id.provider)@\(entry.id.account)"[...])
        }
        return segments
    }
}
