import BursarCatalog

/// The rows of a gateway as its stream tells them to a client: `bursar balances --watch`. *Value.* What it is told is not trusted.
package struct StreamedRows: Sendable {
    private var rows: [(name: String, json: JSONValue)] = []
    /// Why the stream ends, once it says so.
    package private(set) var farewell: String?

    package init() {}

    /// What one event came to, for whoever prints each. *Value.*
    package struct Change: Sendable {
        /// Rows as one line of JSON each; a row that has gone has `"status":"gone"` and nothing more.
        package let lines: [[UInt8]]
    }

    /// Takes in an event; nil where it is none that this knows.
    package mutating func heard(_ event: String, _ data: String) -> Change? {
        let bytes = Array(data.utf8)
        guard let json = try? JSONReader.read(bytes, limits: JSONLimits(bytes: bytes.count)) else { return nil }
        switch event {
        case "snapshot":
            guard let all = json["balances"]?.elements else { return nil }
            rows = all.compactMap { row in Self.name(row).map { ($0, row) } }
            return Change(lines: rows.map { JSONWriter.compact($0.json) })
        case "row":
            guard let name = Self.name(json) else { return nil }
            if let index = rows.firstIndex(where: { $0.name == name }) {
                rows[index].json = json
            } else {
                rows.append((name, json))
            }
            return Change(lines: [JSONWriter.compact(json)])
        case "gone":
            guard let name = Self.name(json), let provider = json["provider"], let account = json["account"] else { return nil }
            rows.removeAll { $0.name == name }
            return Change(lines: [JSONWriter.compact(["provider": provider, "account": account, "status": "gone"])])
        case "bye":
            farewell = json["reason"]?.text ?? "unknown"
            return nil
        default: return nil
        }
    }

    /// The lines of the table, as of the whole document.
    package var tableLines: [BalanceTable.Line] {
        let document: JSONValue = ["balances": .array(rows.map(\.json))]
        return BalancesDocument.Decoded(json: JSONWriter.compact(document))?.lines ?? []
    }

    private static func name(_ row: JSONValue) -> String? {
        guard let provider = row["provider"]?.text, let account = row["account"]?.text else { return nil }
        return "\(provider)/\(account)"
    }
}
