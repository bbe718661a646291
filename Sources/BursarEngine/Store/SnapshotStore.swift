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

    /// The changes of an account's readings within a range, oldest first; empty for an account that is not known.
    func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry]

    /// What was spent and added of each account and unit, since it was counted first. Longer than its history, and exact.
    func counters() async throws(StoreFault) -> [StoredCounters]

    /// Whether it is certain that nothing was ever kept here; for a store that could not be opened.
    func holdsNothing() async -> Bool

    func close() async
}

extension SnapshotStore {
    package func holdsNothing() async -> Bool { false }

    /// All of it.
    package func history(of account: AccountID) async throws(StoreFault) -> [HistoryEntry] {
        try await history(of: account, in: HistoryRange())
    }
}

/// A part of an account's history. *Value.* A page ends at ``limit``; the next one begins after the last entry's time.
package struct HistoryRange: Sendable, Hashable {
    /// Entries that were still confirmed at this time or later.
    package var since: WallTime?
    /// Entries from before this time.
    package var before: WallTime?
    /// Entries of after this time: where the last page ended.
    package var after: WallTime?
    package var limit: Int?

    package init(since: WallTime? = nil, before: WallTime? = nil, after: WallTime? = nil, limit: Int? = nil) {
        self.since = since
        self.before = before
        self.after = after
        self.limit = limit
    }
}

/// One unit's counters. *Value.*
package struct StoredCounters: Sendable, Equatable {
    package let account: AccountID
    package let unit: AmountUnit
    package let counters: SpendCounters
    /// When counting began.
    package let since: WallTime

    package init(account: AccountID, unit: AmountUnit, counters: SpendCounters, since: WallTime) {
        self.account = account
        self.unit = unit
        self.counters = counters
        self.since = since
    }
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
    /// When the same amounts were confirmed last. Between this and the next entry nobody knows.
    package var until: WallTime
    /// The provider's own time of the figures.
    package let asOf: WallTime?
    package let providerSaysLow: Bool?
    package let amounts: [Amount]

    /// - Parameter until: nil where it was seen once.
    package init(
        account: AccountID, at: WallTime, until: WallTime? = nil, asOf: WallTime?, providerSaysLow: Bool?, amounts: [Amount]
    ) {
        self.account = account
        self.at = at
        self.until = max(at, until ?? at)
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
    /// When the change of each account that landed last was confirmed; the last of before this batch's own changes.
    package var confirmed: [AccountID: WallTime]
    package var history: [HistoryEntry]
    /// Claims as they are now; those that ended before ``now`` are forgotten.
    package var claims: [Claim]
    /// What changed of alerts: event, delivery and state together.
    package var alerts: AlertChanges
    /// Where the configuration changed: all accounts that it names. The history of any other one is forgotten a while after it
    /// was named last (``HistoryBounds/grace``).
    package var accounts: [AccountID]?
    /// When this is written, as the wall clock stands.
    package var now: WallTime

    package init(
        saved: [StoredCredential] = [], removed: [CredentialKey] = [], confirmed: [AccountID: WallTime] = [:],
        history: [HistoryEntry] = [], claims: [Claim] = [], alerts: AlertChanges = AlertChanges(), accounts: [AccountID]? = nil,
        now: WallTime
    ) {
        self.saved = saved
        self.removed = removed
        self.confirmed = confirmed
        self.claims = claims
        self.alerts = alerts
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
    /// Those that have not ended by their own time.
    package let claims: [Claim]
    /// False: there may be claims, and they could not be read.
    package let knowsClaims: Bool
    /// What was told, and what is still to be.
    package let alerts: AlertRecords
    /// The same of these.
    package let knowsAlerts: Bool
    /// How many rows could not be read whole. What could not was passed over: a part of one, or all of it.
    package let unreadable: Int
    /// Where this was begun anew because what stood here was broken: the name under which that was kept.
    package let movedAside: String?
    /// Not nil: this can be read, and not written, for that reason.
    package let readOnly: StoreFault?

    /// - Parameters:
    ///   - claims: nil where they could not be read.
    ///   - alerts: nil where they could not be read.
    package init(
        identity: Secret, credentials: [StoredCredential], claims: [Claim]? = [], alerts: AlertRecords? = AlertRecords(),
        unreadable: Int = 0, movedAside: String? = nil,
        readOnly: StoreFault? = nil
    ) {
        self.identity = identity
        self.credentials = credentials
        self.claims = claims ?? []
        knowsClaims = claims != nil
        self.alerts = alerts ?? AlertRecords()
        knowsAlerts = alerts != nil
        self.unreadable = unreadable
        self.movedAside = movedAside
        self.readOnly = readOnly
    }
}
