import BursarCatalog
import BursarModel

/// `clients[].allow`, and `cors`.
extension ConfigurationParser {
    /// Required: whoever leaves out what a client may see has not decided it.
    mutating func allow(_ entry: Entry?, in node: LocatedNode, _ context: ClientContext) -> Visibility? {
        let element = "a provider, provider/account, or \"*\" for everything"
        guard let entry else {
            problems.error(at(node), "a client needs allow, what it may see", otherwise: "expected \(element), or a list of such")
            return nil
        }
        guard let texts = texts(entry, "allow", element: element, atMost: ConfigurationLimits.allowed) else { return nil }
        if texts.isEmpty {
            problems.error(at(entry.node), "allow is empty: the client could see nothing", otherwise: "expected \(element)")
            return nil
        }
        if texts.contains(where: { $0.0 == "*" }) {
            if texts.count > 1 { problems.warning(at(entry.node), "allow has * in it, so the other elements say nothing") }
            return .everything
        }
        var providers: Set<ProviderID> = []
        var accounts: Set<AccountID> = []
        for (text, place) in texts {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let provider = provider(parts[0], place, context) else { continue }
            if parts.count == 1 {
                providers.insert(provider)
            } else if let account = account(parts[1], of: provider, place, context) {
                accounts.insert(account)
            }
        }
        // What is covered by its provider would make a second set of things that shows the same.
        return .only(providers: providers, accounts: accounts.filter { !providers.contains($0.provider) })
    }

    private mutating func provider(_ text: String, _ place: ConfigurationPlace, _ context: ClientContext) -> ProviderID? {
        if let id = ProviderID(text), context.catalog.contains(id) { return id }
        let near = context.catalog.nearestName(to: text)
        let isCertain = context.isComplete || ProviderID(text) == nil
        if isCertain || near != nil {
            problems.error(
                place,
                "allow names an unknown provider, \(QuotableName.quoted(text, near: near))"
                    + (isCertain ? "" : ", unless what cannot be read above has that name"), meant: near,
                otherwise: "known are " + context.catalog.knownNames)
        }
        return nil
    }

    private mutating func account(
        _ text: String, of provider: ProviderID, _ place: ConfigurationPlace, _ context: ClientContext
    ) -> AccountID? {
        let known = context.accounts.filter { $0.provider == provider }
        if let name = AccountName(text) {
            let id = AccountID(provider: provider, account: name)
            if known.contains(id) { return id }
        }
        if context.isComplete || AccountName(text) == nil {
            let names = known.map(\.account.name)
            problems.error(
                place, "allow names an account that \(provider) does not have",
                meant: NearestName.find(text, among: names).map { "\(provider)/\($0)" },
                otherwise: names.isEmpty ? "it has none" : "it has " + names.prefix(20).joined(separator: ", "))
        }
        return nil
    }

    /// Origins as browsers write them (RFC 6454 6.2): lower case, no path, no standard port.
    mutating func origins(_ entry: Entry?) -> [String] {
        let element = "an origin such as https://app.example or http://localhost:3000"
        var origins: [String] = []
        for (text, place) in texts(entry, "cors", element: element, atMost: ConfigurationLimits.hosts) ?? [] {
            if text == "*" {
                problems.error(place, "* would let every web page read balances; name the origins")
                continue
            }
            guard let url = try? BaseURL(parsing: text), url.path.isEmpty, !text.hasSuffix("/") else {
                problems.error(place, "an element of cors must be \(element), without a path")
                continue
            }
            if !origins.contains(url.description) { origins.append(url.description) }
        }
        return origins
    }
}
