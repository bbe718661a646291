import BursarEngine
import BursarInsight
import BursarModel
import BursarSQLite

/// The tables `account` and `history`. *Value;* used inside a transaction of the store.
///
/// Thinned when it is added to: age counts from the change that landed last, so an account without a new one has nothing to thin.
struct HistoryTable: Sendable {
    let bounds: HistoryBounds
    /// Ids by name: an account's never changes while it exists.
    private var ids: [AccountID: Int64] = [:]
    /// The change that landed last of each account, whatever its time: what the next one is counted against.
    private var newest: [Int64: HistoryEntry] = [:]
    /// Changes added since an account was thinned last.
    private var added: [Int64: Int] = [:]

    /// A clock that is corrected by less is waited for.
    private static let smallestStepBack: Duration = .seconds(60)

    init(bounds: HistoryBounds) { self.bounds = bounds }

    mutating func append(_ entry: HistoryEntry, _ db: Database) throws {
        let id = try id(of: entry.account, db)
        let previous = try newest[id] ?? last(id, entry.account, before: entry.at, db)
        try CounterTable.count(
            entry, after: previous, id: id,
            recent: {
                let since = entry.at.advanced(by: .milliseconds(-SpendCounters.lookBack.milliseconds))
                let recent = try entries(of: entry.account, HistoryRange(before: entry.at, after: since), db)
                guard let previous, recent.last?.at != previous.at else { return recent }
                return recent + [previous]
            }, db)
        newest[id] = entry
        try db.run(
            "INSERT OR REPLACE INTO history (account, at, as_of, provider_low, amounts, until) VALUES (?, ?, ?, ?, ?, ?)",
            [
                id, entry.at.milliseconds, entry.asOf?.milliseconds, entry.providerSaysLow, AmountsText.write(entry.amounts),
                entry.until > entry.at ? entry.until.milliseconds : nil
            ])
        try db.run("UPDATE account SET landed = ? WHERE id = ?", [entry.at.milliseconds, id])
        // An account that this process has not thinned yet may have had all its slack used up by the one before.
        let count = (added[id] ?? bounds.slack) + 1
        added[id] = count > bounds.slack ? 0 : count
        if count > bounds.slack { try thin(id, landed: entry.at, db) }
    }

    /// What landed last of an account was seen again. Nothing where it has no change.
    mutating func confirm(_ account: AccountID, at time: WallTime, _ db: Database) throws {
        let id = try id(of: account, db)
        guard let landed = try landed(id, before: time, db) else { return }
        let sql = "UPDATE history SET until = ?2 WHERE account = ?1 AND at = ?3 AND coalesce(until, at) < ?2"
        try db.run(sql, [id, time.milliseconds, landed])
        guard db.changes == 0, let last = try last(id, account, before: time, db) else { return }
        // Seen again before it was seen: the clock was set back. The same amounts begin anew where it stands now, and what was
        // written under the other clock stays: nobody can tell which of the two was wrong.
        guard time.duration(to: last.until) > Self.smallestStepBack else { return }
        let again = HistoryEntry(
            account: account, at: time, asOf: last.asOf, providerSaysLow: last.providerSaysLow, amounts: last.amounts)
        try append(again, db)
    }

    /// The change that landed last. The time alone does not say which: that of a clock that was ahead is the newest for years.
    private func last(_ id: Int64, _ account: AccountID, before next: WallTime, _ db: Database) throws -> HistoryEntry? {
        guard let landed = try landed(id, before: next, db) else { return nil }
        let sql = "SELECT at, as_of, provider_low, amounts, until FROM history WHERE account = ? AND at = ?"
        return try db.first(sql, [id, landed]).flatMap { row in try? read(RowReading(row), account) }
    }

    /// Its time. Where it was not put down, as by an earlier version, or is not there: the newest that is no later than what lands next, or
    /// the newest.
    private func landed(_ id: Int64, before next: WallTime, _ db: Database) throws -> Int64? {
        if let entry = newest[id] { return entry.at.milliseconds }
        let sql = """
            SELECT coalesce((SELECT at FROM history WHERE account = ?1 AND at = landed),
            (SELECT max(at) FROM history WHERE account = ?1 AND at <= ?2),
            (SELECT max(at) FROM history WHERE account = ?1)) FROM account WHERE id = ?1
            """
        return try integers(sql, [id, next.milliseconds], db).first
    }

    private func thin(_ id: Int64, landed: WallTime, _ db: Database) throws {
        let times = try integers("SELECT at FROM history WHERE account = ?", [id], db).map(WallTime.init(milliseconds:))
        let kept = bounds.kept(times, landed: landed)
        guard kept.count < times.count else { return }
        for time in times where !kept.contains(time) {
            try db.run("DELETE FROM history WHERE account = ? AND at = ?", [id, time.milliseconds])
        }
    }

    /// The configuration names these accounts and no others.
    mutating func name(_ accounts: [AccountID], now: WallTime, _ db: Database) throws {
        let named = Set(try accounts.map { try id(of: $0, db) })
        let all = try integers("SELECT id FROM account", [], db)
        for id in all where !named.contains(id) {
            try db.run(
                "UPDATE account SET missing_since = ?2 WHERE id = ?1 AND (missing_since IS NULL OR missing_since > ?2)",
                [id, now.milliseconds])
        }
        for id in named {
            try db.run("UPDATE account SET missing_since = NULL WHERE id = ? AND missing_since IS NOT NULL", [id])
        }
        let end = now.milliseconds.subtractingSaturating(HistoryBounds.grace.milliseconds)
        let forgotten = try integers("SELECT id FROM account WHERE missing_since <= ?", [end], db)
        for id in forgotten {
            try db.run("DELETE FROM history WHERE account = ?", [id])
            try db.run("DELETE FROM counter WHERE account = ?", [id])
            try db.run("DELETE FROM account WHERE id = ?", [id])
            added[id] = nil
            newest[id] = nil
        }
        if !forgotten.isEmpty { ids = ids.filter { !forgotten.contains($0.value) } }
    }

    /// Oldest first; rows that cannot be read are passed over.
    func entries(of account: AccountID, _ range: HistoryRange, _ db: Database) throws -> [HistoryEntry] {
        let sql = """
            SELECT at, history.as_of, provider_low, amounts, until FROM history JOIN account ON account.id = history.account
            WHERE provider = ?1 AND name = ?2 AND (?3 IS NULL OR coalesce(until, at) >= ?3) AND (?4 IS NULL OR at < ?4)
            AND (?5 IS NULL OR at > ?5) ORDER BY at LIMIT ?6
            """
        let values: [any SQLiteBindable] = [
            account.provider.name, account.account.name, range.since?.milliseconds, range.before?.milliseconds,
            range.after?.milliseconds, range.limit ?? -1
        ]
        var entries: [HistoryEntry] = []
        try db.run(sql, values) { row in
            if let entry = try? read(RowReading(row), account) { entries.append(entry) }
        }
        return entries
    }

    private func read(_ row: RowReading, _ account: AccountID) throws(UnreadableRow) -> HistoryEntry {
        var row = row
        let at = try row.time()
        let asOf = try row.optionalTime()
        let low = try row.optionalFlag()
        let amounts = try some(AmountsText.read(try row.text()))
        return HistoryEntry(
            account: account, at: at, until: try row.optionalTime(), asOf: asOf, providerSaysLow: low, amounts: amounts)
    }

    private mutating func id(of account: AccountID, _ db: Database) throws -> Int64 {
        if let id = ids[account] { return id }
        let names = [account.provider.name, account.account.name]
        try db.run("INSERT OR IGNORE INTO account (provider, name) VALUES (?, ?)", names)
        let found = try integers("SELECT id FROM account WHERE provider = ? AND name = ?", names, db)
        guard let id = found.first else { throw StoreFault(.corrupt) }
        ids[account] = id
        return id
    }

    /// The first column; what is no integer there is passed over.
    private func integers(_ sql: String, _ values: [any SQLiteBindable], _ db: Database) throws -> [Int64] {
        var integers: [Int64] = []
        try db.run(sql, values) { row in
            if case .integer(let integer)? = row.first { integers.append(integer) }
        }
        return integers
    }
}
