import BursarEngine
import BursarModel

/// A store that ends with the process: the rules of the contract suite without a database, and what is behind a store that fails on demand.
/// *Actor.*
actor MemoryStore: SnapshotStore {
    private let bounds: HistoryBounds
    private var identity: Secret?
    private var credentials: [CredentialKey: StoredCredential] = [:]
    private var changes: [AccountID: [WallTime: HistoryEntry]] = [:]
    private var missingSince: [AccountID: WallTime] = [:]

    init(bounds: HistoryBounds = HistoryBounds()) { self.bounds = bounds }

    func open(identity wanted: Secret?) async throws(StoreFault) -> StoreContents {
        var random = SystemRandomNumberGenerator()
        if let wanted, let identity, !identity.constantTimeEquals(wanted) { credentials = [:] }
        let kept = wanted ?? identity ?? Secret((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        identity = kept
        return StoreContents(identity: kept, credentials: Array(credentials.values))
    }

    func write(_ batch: StoreBatch) async throws(StoreFault) {
        for credential in batch.saved { credentials[credential.key] = credential }
        for key in batch.removed { credentials[key] = nil }
        for entry in batch.history {
            changes[entry.account, default: [:]][entry.at] = entry
            // Thinned seldom, as every implementation may: it costs a look at all of the account's changes.
            if changes[entry.account, default: [:]].count > bounds.longest - bounds.slack { thin(entry.account) }
        }
        if let accounts = batch.accounts { name(accounts, now: batch.now) }
    }

    func probe() async throws(StoreFault) {}

    func history(of account: AccountID) async throws(StoreFault) -> [HistoryEntry] {
        (changes[account] ?? [:]).values.sorted { $0.at < $1.at }
    }

    func close() async {}

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
