import BursarCatalog
import BursarModel

/// What `bursar history` prints: a line of characters for the row's own amount, one line an amount of each entry (or a day, where
/// that was asked for), and what was spent. *Value.*
package struct HistoryAnswer: Sendable {
    package let text: String

    package init?(json: [UInt8]) {
        guard let document = AnswerDocument.read(json, schema: "bursar.history.v1"), let entries = document["entries"]?.elements
        else { return nil }
        var text = ""
        if let days = document["days"]?.elements {
            text += SpentText.table(of: days)
        } else {
            let line = Sparkline.text(Self.own(entries))
            if entries.count > 1, !line.isEmpty { text += line + "\n" }
            if !entries.isEmpty { text += Self.table(of: entries) }
            if let next = document["next"]?.text.map(TerminalText.shown) {
                text += "There is more after \(next): go on with `--since \(next)`.\n"
            }
        }
        let spent = document["spent"]?.elements
        if entries.isEmpty, document["step_seconds"]?.integer != nil, document["days"] == nil {
            // Between the points of a step there may be entries: what was spent is made of them.
            let more = spent?.isEmpty == false ? "; without --step the changes are listed" : ""
            text += "At none of these times the amounts are known\(more).\n"
        } else if entries.isEmpty, spent?.isEmpty ?? true {
            text += "Nothing is known of this time.\n"
        } else if entries.isEmpty {
            // With days nobody looks for entries.
            if document["days"] == nil { text += "No entry falls into this time.\n" }
        } else if spent?.isEmpty == true {
            text += "What was spent is not known: no available amount was seen.\n"
        }
        self.text = text + SpentText.lines(of: spent ?? [])
    }

    /// The times stand once an entry. Where each was seen for one moment, as the points of a step are, one time says all.
    private static func table(of entries: [JSONValue]) -> String {
        let isMoments = entries.allSatisfy { $0["at"]?.text == $0["until"]?.text }
        var rows: [[String]] = []
        for entry in entries {
            let times = (isMoments ? ["at"] : ["at", "until"]).map { UTCText.second(entry[$0]?.text) }
            let amounts = entry["amounts"]?.elements ?? []
            for (index, amount) in amounts.enumerated() {
                let kind = amount["kind"]?.text
                let name = [amount["unit"]?.text, amount["part"]?.text, kind == AmountKind.available.rawValue ? nil : kind]
                rows.append(
                    (index == 0 ? times : times.map { _ in "" }) + [
                        TerminalText.shown(amount["value"]?.text ?? "-"),
                        TerminalText.shown(name.compactMap(\.self).joined(separator: " "))
                    ])
            }
            if amounts.isEmpty { rows.append(times + ["-"]) }
        }
        let times = isMoments ? ["SEEN (UTC)"] : ["FIRST SEEN (UTC)", "LAST SEEN (UTC)"]
        return TextTable.text(times.map { .init($0) } + [.init("AMOUNT", isNumber: true), .init("UNIT")], rows)
    }

    /// The row's own amount of each entry, in the unit that it had last; nil where it was unknown, unlimited or in another unit.
    private static func own(_ entries: [JSONValue]) -> [ExactDecimal?] {
        let unit = entries.compactMap { $0["unit"]?.text }.last
        return entries.map { entry in
            entry["unit"]?.text == unit ? entry["available"]?.text.flatMap { ExactDecimal($0) } : nil
        }
    }
}
