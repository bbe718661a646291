package import BursarModel

/// What a caller may see: everything, or what an operator named. *Value.*
///
/// What is not in it does not exist for that caller: no row, no name in a message, no series, no definition.
package enum Visibility: Sendable, Hashable {
    case everything
    /// All accounts of some providers, and some single accounts of others.
    case only(providers: Set<ProviderID>, accounts: Set<AccountID>)

    package static let nothing = Visibility.only(providers: [], accounts: [])

    package func covers(_ account: AccountID) -> Bool {
        switch self {
        case .everything: true
        case .only(let providers, let accounts): providers.contains(account.provider) || accounts.contains(account)
        }
    }

    /// Whether the provider exists, be it for one account only.
    package func covers(_ provider: ProviderID) -> Bool {
        switch self {
        case .everything: true
        case .only(let providers, let accounts):
            providers.contains(provider) || accounts.contains { $0.provider == provider }
        }
    }

    /// Whether figures of the provider that are not told apart by account may be shown.
    package func coversAll(of provider: ProviderID) -> Bool {
        switch self {
        case .everything: true
        case .only(let providers, _): providers.contains(provider)
        }
    }
}
