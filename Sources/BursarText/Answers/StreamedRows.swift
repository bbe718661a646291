import BursarCatalog

/// The rows of a gateway as a client knows them from its live stream: `bursar balances --watch`. *Value.* The stream is not trusted.
package struct StreamedRows: Sendable {
    private var rows: [(name: String, json: JSONValue)] = []
    /// The reason that the stream gave for its end; nil before.
    package private(set) var farewell: String?

    package init() {}

    /// What one event changed, for a client that prints every change. *Value.*
    package struct Change: Sendable {
        /// The rows that changed, each as one line of JSON. One that is gone has its names and `"status":"gone"`.
        package let lines: [[UInt8]]
    }

    /// Takes in an event.
    /// - Returns: nil for an event that changes no row, for an unknown one, and for one that cannot be read.
    package mutating func heard(_ event: String, _ data: String) -> Change? {
        guard let json = try? JSONReader.readWhole(Array(data.utf8)) else { return nil }
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

    /// The lines of the table of all rows, made as `bursar balances` makes them.
    package var tableLines: [BalanceTable.Line] {
        let document: JSONValue = ["balances": .array(rows.map(\.json))]
        return BalancesAnswer(json: JSONWriter.compact(document))?.lines ?? []
    }

    private static func name(_ row: JSONValue) -> String? {
        guard let provider = row["provider"]?.text, let account = row["account"]?.text else { return nil }
        return "\(provider)/\(account)"
    }
}
