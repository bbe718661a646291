import BursarEngine
import BursarInsight
import BursarModel

/// A store that ends with the process: the rules of the contract suite without a database, and what is behind a store that fails on demand.
/// *Actor.*
actor MemoryStore: SnapshotStore {
    private let bounds: HistoryBounds
    private var identity: Secret?
    private var credentials: [CredentialKey: StoredCredential] = [:]
    private var changes: [AccountID: [WallTime: HistoryEntry]] = [:]
    private var landed: [AccountID: [HistoryEntry]] = [:]
    private var counted: [AccountID: [AmountUnit: StoredCounters]] = [:]
    private var claims: [String: Claim] = [:]
    private var alerts = AlertRecords()
    private var missingSince: [AccountID: WallTime] = [:]

    init(bounds: HistoryBounds = HistoryBounds()) { self.bounds = bounds }

    func open(identity wanted: Secret?) async throws(StoreFault) -> StoreContents {
        var random = SystemRandomNumberGenerator()
        if let wanted, let identity, !identity.constantTimeEquals(wanted) { credentials = [:] }
        let kept = wanted ?? identity ?? Secret((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        identity = kept
        return StoreContents(
            identity: kept, credentials: Array(credentials.values), claims: claims.values.sorted { $0.id < $1.id },
            alerts: alerts)
    }

    func write(_ batch: StoreBatch) async throws(StoreFault) {
        for credential in batch.saved { credentials[credential.key] = credential }
        for key in batch.removed { credentials[key] = nil }
        for (account, time) in batch.confirmed {
            guard let last = landed[account]?.last?.at, let entry = changes[account]?[last] else { continue }
            if time.duration(to: entry.until) > .seconds(60) {
                append(
                    HistoryEntry(
                        account: account, at: time, asOf: entry.asOf, providerSaysLow: entry.providerSaysLow,
                        amounts: entry.amounts))
            } else {
                changes[account]?[last]?.until = max(entry.until, time)
            }
        }
        alerts.apply(batch.alerts)
        for claim in batch.claims { claims[claim.id] = claim }
        if !batch.claims.isEmpty { claims = claims.filter { $0.value.expiresAt > batch.now } }
        for entry in batch.history { append(entry) }
        if let accounts = batch.accounts { name(accounts, now: batch.now) }
    }

    func probe() async throws(StoreFault) {}

    func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] {
        let entries = (changes[account] ?? [:]).values.sorted { $0.at < $1.at }.filter { entry in
            (range.since.map { entry.until >= $0 } ?? true) && (range.before.map { entry.at < $0 } ?? true)
                && (range.after.map { entry.at > $0 } ?? true)
        }
        return Array(entries.prefix(range.limit ?? entries.count))
    }

    func counters() async throws(StoreFault) -> [StoredCounters] {
        counted.values.flatMap(\.values).sorted { ($0.account, $0.unit.name) < ($1.account, $1.unit.name) }
    }

    private func append(_ entry: HistoryEntry) {
        count(entry)
        changes[entry.account, default: [:]][entry.at] = entry
        // Thinned seldom, as every implementation may: it costs a look at all of the account's changes.
        if changes[entry.account, default: [:]].count > bounds.longestLine { thin(entry.account, landed: entry.at) }
    }

    private func count(_ entry: HistoryEntry) {
        let past = landed[entry.account, default: []].map { Observation(at: $0.at, until: $0.until, amounts: $0.amounts) }
        for unit in SpendCounters.units(entry.amounts) {
            let before = counted[entry.account]?[unit]
            var counters = before?.counters ?? .zero
            counters.count(
                Observation(at: entry.at, until: entry.until, amounts: entry.amounts), after: past, unit: unit)
            counted[entry.account, default: [:]][unit] = StoredCounters(
                account: entry.account, unit: unit, counters: counters, since: before?.since ?? entry.at)
        }
        landed[entry.account, default: []].append(entry)
    }

    func close() async {}

    private func thin(_ account: AccountID, landed: WallTime) {
        guard let entries = changes[account] else { return }
        let kept = bounds.kept(entries.keys, landed: landed)
        changes[account] = entries.filter { kept.contains($0.key) }
    }

    private func name(_ accounts: [AccountID], now: WallTime) {
        let named = Set(accounts)
        for account in changes.keys {
            missingSince[account] = named.contains(account) ? nil : min(missingSince[account] ?? now, now)
        }
        for (account, since) in missingSince where since.duration(to: now) >= HistoryBounds.grace {
            changes[account] = nil
            counted[account] = nil
            landed[account] = nil
            missingSince[account] = nil
        }
    }
}
