import BursarEngine
import BursarModel

/// What is to be written to the store. *Value*, inside ``StoreKeeper``.
///
/// Bounded whatever happens to the store: one mark a credential, and ``mostChanges`` changes, of which the oldest goes first.
struct PendingWrites: Sendable {
    /// Credentials by key, with the accounts that have each, in configuration order.
    private(set) var accounts: [CredentialKey: [AccountID]] = [:]
    /// Credentials whose state is to be written.
    private(set) var dirty: Set<CredentialKey> = []
    /// Credentials without an account: nil is to be removed; what is not, keeps the penalty that still runs.
    private(set) var leaving: [CredentialKey: StoredCredential?] = [:]
    private(set) var changes: [HistoryEntry] = []
    /// When the newest change in the store was seen again, of accounts that have none in ``changes``.
    private(set) var confirmed: [AccountID: WallTime] = [:]
    /// Where each account's newest change stands in ``changes``, counted from the first one ever.
    private var newest: [AccountID: Int] = [:]
    private var dropped = 0
    /// The configuration's accounts, where the store has not been told yet.
    private(set) var named: [AccountID]?
    private var order: [AccountID] = []
    private var lastReadings: [CredentialKey: NumberedReading] = [:]
    var droppedChanges: UInt64 { UInt64(dropped) }

    /// The last reading of a credential, to see whether the next one differs.
    private struct NumberedReading {
        let reading: Reading
        let number: UInt64
        let at: WallTime
    }

    /// About 4 MB: two changes of each of 10,000 accounts, and hours of the changes of a few.
    static let mostChanges = 20_000

    var isEmpty: Bool { dirty.isEmpty && leaving.isEmpty && changes.isEmpty && confirmed.isEmpty && named == nil }

    /// The configuration names these. Returns the first account of each credential that it named before and names no longer.
    mutating func name(_ entries: [(key: CredentialKey, account: AccountID)]) -> [CredentialKey: AccountID] {
        var named: [CredentialKey: [AccountID]] = [:]
        for entry in entries { named[entry.key, default: []].append(entry.account) }
        var gone: [CredentialKey: AccountID] = [:]
        for (key, accounts) in accounts where named[key] == nil { gone[key] = accounts.first }
        accounts = named
        order = entries.map(\.account)
        self.named = order
        for key in gone.keys {
            lastReadings[key] = nil
            dirty.remove(key)
        }
        for key in named.keys { leaving[key] = nil }
        return gone
    }

    /// A credential without an account. A penalty that still runs stays, without the reading: to take an account out and put it
    /// back must not free it (so does the machine, see ``RefreshMachine/credentialRemoved(_:now:)``).
    mutating func markRemoved(_ stored: StoredCredential?, _ key: CredentialKey, now: WallTime) {
        guard accounts[key] == nil else { return }
        leaving[key] = .some(stored?.penalty(at: now))
    }

    /// Something of a credential changed. Returns whether that is to be written.
    mutating func touched(_ key: CredentialKey) -> Bool {
        guard accounts[key] != nil else { return false }
        dirty.insert(key)
        return true
    }

    /// The reading may be the same as the last one.
    /// - Parameter number: rises with each change; they may arrive in the wrong order.
    /// - Returns: whether something is to be written.
    mutating func readingArrived(_ key: CredentialKey, _ reading: Reading, at: WallTime, number: UInt64) -> Bool {
        guard let named = accounts[key] else { return false }
        dirty.insert(key)
        let before = lastReadings[key]
        if let before, before.number > number { return true }
        lastReadings[key] = NumberedReading(reading: reading, number: number, at: at)
        if let before, before.reading.saysTheSame(as: reading) {
            for account in named { confirm(account, at) }
            return true
        }
        for account in named { append(reading, of: account, at) }
        dropSurplus()
        return true
    }

    private mutating func append(_ reading: Reading, of account: AccountID, _ at: WallTime) {
        newest[account] = dropped + changes.count
        changes.append(
            HistoryEntry(
                account: account, at: at, asOf: reading.asOf, providerSaysLow: reading.providerSaysLow, amounts: reading.amounts))
    }

    private mutating func confirm(_ account: AccountID, _ time: WallTime) {
        if let place = newest[account], changes.indices.contains(place - dropped) {
            changes[place - dropped].until = max(changes[place - dropped].until, time)
        } else {
            confirmed[account] = max(confirmed[account] ?? time, time)
        }
    }

    /// A credential's reading as the store has it: not a change.
    mutating func restored(_ key: CredentialKey, _ reading: Reading, at: WallTime) {
        if accounts[key] != nil, lastReadings[key] == nil {
            lastReadings[key] = NumberedReading(reading: reading, number: 0, at: at)
        }
    }

    /// Takes all of it out. Not the last readings: shared, the next one that lands would copy them all.
    mutating func take() -> PendingWrites {
        var taken = PendingWrites()
        (taken.accounts, taken.dirty, taken.leaving, taken.changes, taken.named) = (accounts, dirty, leaving, changes, named)
        taken.confirmed = confirmed
        confirmed = [:]
        newest = [:]
        dirty = []
        leaving = [:]
        changes = []
        named = nil
        return taken
    }

    /// Puts back what could not be written, older than what came since.
    mutating func putBack(_ taken: PendingWrites) {
        dirty.formUnion(taken.dirty.filter { accounts[$0] != nil })
        leaving.merge(taken.leaving.filter { accounts[$0.key] == nil }) { newer, _ in newer }
        named = named ?? taken.named
        let (later, since) = (confirmed, changes)
        (confirmed, changes, newest) = (taken.confirmed, taken.changes, [:])
        for (place, change) in changes.enumerated() { newest[change.account] = dropped + place }
        for (account, time) in later { confirm(account, time) }
        for change in since {
            newest[change.account] = dropped + changes.count
            changes.append(change)
        }
        dropSurplus()
    }

    /// Whatever the store does not hold is to be written, as all is to one that was begun anew.
    mutating func storeReopened(keeping isKept: (CredentialKey) -> Bool) {
        let missing = accounts.keys.filter { !isKept($0) }
        dirty.formUnion(missing)
        named = order
        for key in missing { putDownLastReading(of: key) }
        dropSurplus()
    }

    /// The history of a store that was begun anew begins with what is known, and not with whatever changes next.
    private mutating func putDownLastReading(of key: CredentialKey) {
        guard let last = lastReadings[key] else { return }
        for account in accounts[key] ?? [] where newest[account] == nil { append(last.reading, of: account, last.at) }
    }

    private mutating func dropSurplus() {
        let surplus = changes.count - Self.mostChanges
        guard surplus > 0 else { return }
        changes.removeFirst(surplus)
        dropped += surplus
    }
}

extension StoredCredential {
    /// What stays of it without an account, as long as a hold runs: all but the reading.
    func penalty(at now: WallTime) -> StoredCredential? {
        guard let hold = snapshot.hold, hold.left(at: now) > .zero else { return nil }
        return StoredCredential(key: key, account: account, snapshot: snapshot.withoutReading)
    }
}

extension Reading {
    /// Equal for a history: amounts to the digit, and low. The provider's own time moves on without a change.
    fileprivate func saysTheSame(as other: Reading) -> Bool {
        providerSaysLow == other.providerSaysLow && amounts.saysTheSame(as: other.amounts)
    }
}
