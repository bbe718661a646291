import BursarModel
import BursarSQLite

/// The table `claim`. Used inside a transaction of the store.
enum ClaimTable {
    private static let columns = "id, provider, account, unit, amount, owner, key, made_at, expires_at, released"

    static func write(_ claims: [Claim], now: WallTime, _ db: Database) throws {
        guard !claims.isEmpty else { return }
        for claim in claims {
            try db.run(
                "INSERT OR REPLACE INTO claim (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    claim.id, claim.account.provider.name, claim.account.account.name, claim.unit.name, claim.amount.description,
                    claim.owner, claim.key, claim.madeAt.milliseconds, claim.expiresAt.milliseconds, claim.isReleased
                ])
        }
        try db.run("DELETE FROM claim WHERE expires_at <= ?", [now.milliseconds])
    }

    /// Rows that cannot be read are counted.
    static func load(_ db: Database) throws -> (claims: [Claim], unreadable: Int) {
        var claims: [Claim] = []
        var unreadable = 0
        try db.run("SELECT \(columns) FROM claim ORDER BY made_at, id") { row in
            do throws(UnreadableRow) { claims.append(try read(RowReading(row))) } catch { unreadable += 1 }
        }
        return (claims, unreadable)
    }

    private static func read(_ row: RowReading) throws(UnreadableRow) -> Claim {
        var row = row
        let id = try row.text()
        let account = AccountID(provider: try some(ProviderID(try row.text())), account: try some(AccountName(try row.text())))
        let unit = try some(AmountUnit(try row.text()))
        let amount = try some(ExactDecimal(try row.text()))
        guard !amount.isNegative else { throw UnreadableRow() }
        return Claim(
            id: id, account: account, unit: unit, amount: amount, owner: try row.text(), key: try row.text(),
            madeAt: try row.time(), expiresAt: try row.time(), isReleased: try some(row.optionalFlag()))
    }
}
