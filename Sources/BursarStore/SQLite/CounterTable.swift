import BursarEngine
import BursarInsight
import BursarModel
import BursarSQLite

/// The table `counter`: what was spent and added of each unit of an account. Used inside a transaction of the store.
///
/// Written with the change that it counts, in the same transaction: neither is ever there without the other.
enum CounterTable {
    /// Counts one change.
    /// - Parameters:
    ///   - previous: the change before it, which sets the first figures where nothing was counted.
    ///   - recent: gives the changes of the last ``SpendCounters/lookBack`` up to `previous`; asked for only where a figure rose.
    static func count(
        _ entry: HistoryEntry, after previous: HistoryEntry?, id: Int64, recent: () throws -> [HistoryEntry], _ db: Database
    ) throws {
        var past: [Observation]?
        for unit in SpendCounters.units(entry.amounts) {
            var (counters, since) = try read(id, unit, db) ?? (.zero, entry.at)
            if let previous {
                if past == nil {
                    let isRise = SpendCounters.rises(previous.amounts, entry.amounts)
                    past = (isRise ? try recent() : [previous]).map(Observation.init)
                }
                let before = counters
                counters.count(Observation(entry), after: past ?? [], unit: unit)
                if counters == before, try read(id, unit, db) != nil { continue }
            }
            since = min(since, entry.at)
            try db.run(
                "INSERT OR REPLACE INTO counter (account, unit, since, spent, topped_up, refunded) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    id, unit.name, since.milliseconds, counters.spent.description, counters.toppedUp.description,
                    counters.refunded.description
                ])
        }
    }

    private static func read(_ id: Int64, _ unit: AmountUnit, _ db: Database) throws -> (SpendCounters, WallTime)? {
        let sql = "SELECT spent, topped_up, refunded, since FROM counter WHERE account = ? AND unit = ?"
        guard let row = try db.first(sql, [id, unit.name]) else { return nil }
        var reading = RowReading(row)
        // What cannot be read begins anew: a counter that starts at 0 again is what its readers expect of a reset.
        return try? (counters(&reading), reading.time())
    }

    private static func counters(_ row: inout RowReading) throws(UnreadableRow) -> SpendCounters {
        let values = [try row.text(), try row.text(), try row.text()].map { ExactDecimal($0) }
        guard let spent = values[0], let toppedUp = values[1], let refunded = values[2] else { throw UnreadableRow() }
        return SpendCounters(spent: spent, toppedUp: toppedUp, refunded: refunded)
    }

    static func all(_ db: Database) throws -> [StoredCounters] {
        let sql = """
            SELECT provider, name, unit, spent, topped_up, refunded, since FROM counter
            JOIN account ON account.id = counter.account ORDER BY provider, name, unit
            """
        var all: [StoredCounters] = []
        try db.run(sql) { row in
            if let counters = try? stored(RowReading(row)) { all.append(counters) }
        }
        return all
    }

    private static func stored(_ row: RowReading) throws(UnreadableRow) -> StoredCounters {
        var row = row
        let account = AccountID(provider: try some(ProviderID(try row.text())), account: try some(AccountName(try row.text())))
        let unit = try some(AmountUnit(try row.text()))
        return StoredCounters(account: account, unit: unit, counters: try counters(&row), since: try row.time())
    }
}

extension Observation {
    init(_ entry: HistoryEntry) { self.init(at: entry.at, until: entry.until, amounts: entry.amounts) }
}
