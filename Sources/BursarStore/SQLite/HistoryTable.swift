import BursarEngine
import BursarModel
import Foundation
import GRDB

/// The tables `account` and `history`. *Value;* used inside a transaction of the store.
///
/// Thinned when it is added to: age counts from the newest change, so an account without a new one has nothing to thin.
struct HistoryTable: Sendable {
    let bounds: HistoryBounds
    /// Ids by name: an account's never changes while it exists.
    private var ids: [AccountID: Int64] = [:]
    /// Changes added since an account was thinned last.
    private var added: [Int64: Int] = [:]

    init(bounds: HistoryBounds) { self.bounds = bounds }

    mutating func append(_ entry: HistoryEntry, _ db: Database) throws {
        let id = try id(of: entry.account, db)
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO history (account, at, as_of, provider_low, amounts) VALUES (?, ?, ?, ?, ?)"
        ).execute(
            arguments: [
                id, entry.at.milliseconds, entry.asOf?.milliseconds, entry.providerSaysLow, AmountsText.write(entry.amounts)
            ])
        // An account that this process has not thinned yet may have had all its slack used up by the one before.
        let count = (added[id] ?? bounds.slack) + 1
        added[id] = count > bounds.slack ? 0 : count
        if count > bounds.slack { try thin(id, db) }
    }

    private func thin(_ id: Int64, _ db: Database) throws {
        let times = try integers("SELECT at FROM history WHERE account = ?", [id], db).map(WallTime.init(milliseconds:))
        let kept = bounds.kept(times)
        guard kept.count < times.count else { return }
        let delete = try db.cachedStatement(sql: "DELETE FROM history WHERE account = ? AND at = ?")
        for time in times where !kept.contains(time) { try delete.execute(arguments: [id, time.milliseconds]) }
    }

    /// The configuration names these accounts and no others.
    mutating func name(_ accounts: [AccountID], now: WallTime, _ db: Database) throws {
        let named = Set(try accounts.map { try id(of: $0, db) })
        let all = try integers("SELECT id FROM account", [], db)
        for id in all where !named.contains(id) {
            try db.execute(
                sql: "UPDATE account SET missing_since = ? WHERE id = ? AND (missing_since IS NULL OR missing_since > ?)",
                arguments: [now.milliseconds, id, now.milliseconds])
        }
        for id in named {
            try db.cachedStatement(sql: "UPDATE account SET missing_since = NULL WHERE id = ? AND missing_since IS NOT NULL")
                .execute(arguments: [id])
        }
        let end = now.milliseconds.subtractingSaturating(HistoryBounds.grace.milliseconds)
        let forgotten = try integers("SELECT id FROM account WHERE missing_since <= ?", [end], db)
        for id in forgotten {
            try db.execute(sql: "DELETE FROM history WHERE account = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM account WHERE id = ?", arguments: [id])
            added[id] = nil
        }
        if !forgotten.isEmpty { ids = ids.filter { !forgotten.contains($0.value) } }
    }

    /// Oldest first; rows that cannot be read are passed over.
    func entries(of account: AccountID, _ db: Database) throws -> [HistoryEntry] {
        let sql = """
            SELECT at, history.as_of, provider_low, amounts FROM history JOIN account ON account.id = history.account
            WHERE provider = ? AND name = ? ORDER BY at
            """
        let rows = try Row.fetchCursor(db, sql: sql, arguments: [account.provider.name, account.account.name])
        var entries: [HistoryEntry] = []
        while let row = try rows.next() {
            if let entry = try? read(RowReading(row), account) { entries.append(entry) }
        }
        return entries
    }

    private func read(_ row: RowReading, _ account: AccountID) throws(UnreadableRow) -> HistoryEntry {
        var row = row
        return HistoryEntry(
            account: account, at: try row.time(), asOf: try row.optionalTime(), providerSaysLow: try row.optionalFlag(),
            amounts: try some(AmountsText.read(try row.text())))
    }

    private mutating func id(of account: AccountID, _ db: Database) throws -> Int64 {
        if let id = ids[account] { return id }
        let names: StatementArguments = [account.provider.name, account.account.name]
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO account (provider, name) VALUES (?, ?)").execute(arguments: names)
        let found = try integers("SELECT id FROM account WHERE provider = ? AND name = ?", names, db)
        guard let id = found.first else { throw StoreFault(.corrupt) }
        ids[account] = id
        return id
    }

    /// The first column; what is no integer there is passed over.
    private func integers(_ sql: String, _ arguments: StatementArguments, _ db: Database) throws -> [Int64] {
        let rows = try Row.fetchCursor(try db.cachedStatement(sql: sql), arguments: arguments)
        var values: [Int64] = []
        while let row = try rows.next() {
            var reading = RowReading(row)
            if let value = try? reading.optionalInteger() { values.append(value) }
        }
        return values
    }
}
