package import BursarModel

/// Where the state of configured credentials outlives the process: the port that a store implements. *Any thread.*
///
/// Values only, and never a credential: a credential is named by its keyed digest (``CredentialKey``), whose key is the store's
/// ``StoreContents/identity``. What an implementation must do is written down as tests: the contract suite, which each passes.
/// Asynchronous, so that an engine over a network fits as well as a file; no function here may block the caller's thread.
package protocol SnapshotStore: Sendable {
    /// Makes the store usable and gives all that it keeps. Also after a fault, to try again; what was open is closed first.
    /// - Parameter identity: what this process names credentials by already; nil at the start, where the store's own is taken, or
    ///   made. A store that has another one takes this over, and lets go of its credentials, which nobody could match any more.
    func open(identity: Secret?) async throws(StoreFault) -> StoreContents

    /// All of a batch, or nothing of it. After it returns, a process that is killed loses none of it.
    func write(_ batch: StoreBatch) async throws(StoreFault)

    /// Whether what was opened is still there, for a store that nobody writes to: throws where it is not.
    func probe() async throws(StoreFault)

    /// The changes of an account's readings, oldest first; empty for an account that is not known. Nothing that is served reads them yet;
    /// they are kept for who asks how long a balance will last, and this is how tests see what is kept.
    func history(of account: AccountID) async throws(StoreFault) -> [HistoryEntry]

    func close() async
}

/// A credential as it stands in a store. *Value.*
package struct StoredCredential: Sendable, Equatable {
    package let key: CredentialKey
    /// The first account that has it: for people who look into the store. Nothing is found by it.
    package let account: AccountID
    package let snapshot: CredentialSnapshot

    package init(key: CredentialKey, account: AccountID, snapshot: CredentialSnapshot) {
        self.key = key
        self.account = account
        self.snapshot = snapshot
    }
}

/// A reading that differs from the one before it. *Value.* It belongs to the account and not to the credential: a new key of the
/// same account goes on with its history.
package struct HistoryEntry: Sendable, Equatable {
    package let account: AccountID
    /// When the reading landed. An account has at most one entry a moment; a later one with the same time takes its place.
    package let at: WallTime
    /// The provider's own time of the figures.
    package let asOf: WallTime?
    package let providerSaysLow: Bool?
    package let amounts: [Amount]

    package init(account: AccountID, at: WallTime, asOf: WallTime?, providerSaysLow: Bool?, amounts: [Amount]) {
        self.account = account
        self.at = at
        self.asOf = asOf
        self.providerSaysLow = providerSaysLow
        self.amounts = amounts
    }
}

/// What one transaction writes. *Value.* In the order of its fields.
package struct StoreBatch: Sendable, Equatable {
    /// Replaces what is kept of these credentials.
    package var saved: [StoredCredential]
    /// Forgets these; one that is not known is no error.
    package var removed: [CredentialKey]
    package var history: [HistoryEntry]
    /// Where the configuration changed: all accounts that it names. The history of any other one is forgotten a while after it
    /// was named last (``HistoryBounds/grace``).
    package var accounts: [AccountID]?
    /// When this is written, as the wall clock stands.
    package var now: WallTime

    package init(
        saved: [StoredCredential] = [], removed: [CredentialKey] = [], history: [HistoryEntry] = [],
        accounts: [AccountID]? = nil, now: WallTime
    ) {
        self.saved = saved
        self.removed = removed
        self.history = history
        self.accounts = accounts
        self.now = now
    }
}

/// What a store gives when it opens. *Value.*
package struct StoreContents: Sendable {
    /// 32 random bytes, made when the store was: the key of the digests.
    package let identity: Secret
    package let credentials: [StoredCredential]
    /// How many rows could not be read whole. What could not was passed over: a part of one, or all of it.
    package let unreadable: Int
    /// Where this was begun anew because what stood here was broken: the name under which that was kept.
    package let movedAside: String?
    /// Not nil: this can be read, and not written, for that reason.
    package let readOnly: StoreFault?

    package init(
        identity: Secret, credentials: [StoredCredential], unreadable: Int = 0, movedAside: String? = nil,
        readOnly: StoreFault? = nil
    ) {
        self.identity = identity
        self.credentials = credentials
        self.unreadable = unreadable
        self.movedAside = movedAside
        self.readOnly = readOnly
    }
}
