import BursarConfiguration
import BursarModel

/// What a stream shows: all that its caller may see, or what of it the query names. Streams that show the same share a log. *Value.*
struct StreamView: Hashable, Sendable {
    let visibility: Visibility
    /// Nil: all.
    let providers: Set<String>?
    let accounts: Set<String>?

    init(_ visibility: Visibility, _ filter: StreamFilter) {
        self.visibility = visibility
        providers = filter.providers
        accounts = filter.accounts
    }

    /// A name that is not there any more means nothing: it may come back with the next reload.
    func shows(_ id: AccountID) -> Bool {
        visibility.covers(id) && providers?.contains(id.provider.name) ?? true && accounts?.contains(id.account.name) ?? true
    }
}

/// `provider=` and `account=` of a stream's query. *Value.*
struct StreamFilter: Hashable, Sendable {
    var providers: Set<String>?
    var accounts: Set<String>?
}
