import BursarCatalog
package import BursarModel

/// A gateway's JSON as `bursar balances` reads it: what the table needs, nothing else. *Value.*
package struct BalancesAnswer: Sendable {
    package let generatedAt: WallTime
    package let lines: [BalanceTable.Line]

    /// Nil for anything that is no balances document.
    package init?(json: [UInt8]) {
        guard let document = try? JSONReader.readWhole(json),
            case .array(let rows)? = document["balances"]
        else { return nil }
        // A problem document that carries rows has no time of its own: ages are then counted from the newest reading.
        let lines = rows.compactMap(Self.line)
        guard lines.count == rows.count else { return nil }
        self.lines = lines
        generatedAt =
            document["generated_at"]?.time ?? lines.compactMap(\.fetchedAt).max()
            ?? WallTime(milliseconds: 0)
    }

    /// Whatever answered may not be a gateway: nothing that it says may command the reader's terminal.
    private static func shown(_ value: JSONValue?) -> String? { value?.text.map { TerminalText.shown($0) } }

    private static func line(_ row: JSONValue) -> BalanceTable.Line? {
        guard let provider = shown(row["provider"]), let account = shown(row["account"]),
            let status = row["status"]?.text.flatMap({ RowStatus(rawValue: $0) }),
            case .array(let amounts)? = row["amounts"]
        else { return nil }
        return BalanceTable.Line(
            provider: provider, account: account, status: status,
            amounts: amounts.compactMap { amount in
                guard let kind = shown(amount["kind"]), let value = shown(amount["value"]), let unit = shown(amount["unit"])
                else { return nil }
                return .init(kind, value, unit, part: shown(amount["part"]))
            },
            leads: row["available"]?.text != nil || amounts.first?["kind"] != .string(AmountKind.available.rawValue),
            low: row["low"] == .bool(true),
            fetchedAt: row["fetched_at"]?.time,
            problem: shown(row["problem"]?["title"]),
            retryAt: row["problem"]?["retry_at"]?.time,
            runway: row["runway"].map { shown($0[0]?["words"]) ?? "-" })
    }
}
