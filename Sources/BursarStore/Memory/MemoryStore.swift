package import BursarEngine
package import BursarModel

/// A store that ends with the process: `store: memory`, the demo and tests. *Actor*, never on a request's path.
///
/// It is also what the contract suite is tried against first: the rules without a database.
package actor MemoryStore: SnapshotStore {
    private let bounds: HistoryBounds
    private var identity: Secret?
    private var credentials: [CredentialKey: StoredCredential] = [:]
    private var changes: [AccountID: [WallTime: HistoryEntry]] = [:]
    private var missingSince: [AccountID: WallTime] = [:]

    package init(bounds: HistoryBounds = HistoryBounds()) { self.bounds = bounds }

    package func open(identity wanted: Secret?) async throws(StoreFault) -> StoreContents {
        var random = SystemRandomNumberGenerator()
        if let wanted, let identity, !identity.constantTimeEquals(wanted) { credentials = [:] }
        let kept = wanted ?? identity ?? Secret((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        identity = kept
        return StoreContents(identity: kept, credentials: Array(credentials.values))
    }

    package func write(_ batch: StoreBatch) async throws(StoreFault) {
        for credential in batch.saved { credentials[credential.key] = credential }
        for key in batch.removed { credentials[key] = nil }
        for entry in batch.history {
            changes[entry.account, default: [:]][entry.at] = entry
            // Thinned seldom, as every implementation may: it costs a look at all of the account's changes.
            if changes[entry.account, default: [:]].count > bounds.longest - bounds.slack { thin(entry.account) }
        }
        if let accounts = batch.accounts { name(accounts, now: batch.now) }
    }

    package func probe() async throws(StoreFault) {}

    package func history(of account: AccountID) async throws(StoreFault) -> [HistoryEntry] {
        (changes[account] ?? [:]).values.sorted { $0.at < $1.at }
    }

    package func close() async {}

    private func thin(_ account: AccountID) {
        guard let entries = changes[account] else { return }
        let kept = bounds.kept(entries.keys)
        changes[account] = entries.filter { kept.contains($0.key) }
    }

    private func name(_ accounts: [AccountID], now: WallTime) {
        let named = Set(accounts)
        for account in changes.keys {
            missingSince[account] = named.contains(account) ? nil : min(missingSince[account] ?? now, now)
        }
        for (account, since) in missingSince where since.duration(to: now) >= HistoryBounds.grace {
            changes[account] = nil
            missingSince[account] = nil
        }
    }
}
