import BursarCatalog
import BursarModel

/// What `bursar alert list` prints. *Value.* Whatever answered may not be a gateway: control characters never reach a terminal.
package struct AlertListAnswer: Sendable {
    package let text: String

    package init?(json: [UInt8]) {
        guard let document = try? JSONReader.readWhole(json),
            document["schema"]?.text == "bursar.alerts.v1", let alerts = document["alerts"]?.elements
        else { return nil }
        func shown(_ value: JSONValue?) -> String { TerminalText.shown(value?.text ?? "-") }
        let now = document["generated_at"]?.text.flatMap { WallTime(rfc3339: $0) }
        var rows = [["ACCOUNT", "RULE", "STATE", "VALUE", "SINCE", "MUTED UNTIL"]]
        for alert in Self.byNeed(alerts) {
            let value = alert["value"]?.text.map { value in value + (alert["unit"]?.text.map { " " + $0 } ?? "") }
            rows.append([
                shown(alert["account"]), shown(alert["condition"]), TerminalText.shown(Self.state(alert, now)),
                TerminalText.shown(value ?? "-"), shown(alert["since"]), shown(alert["muted_until"])
            ])
        }
        var text = alerts.isEmpty ? "no rules\n" : Self.table(rows)
        if let targets = document["targets"]?.elements {
            var rows = [["TARGET", "KIND", "AT", "STATE", "PENDING", "REASON", "LAST DELIVERED"]]
            for target in targets {
                rows.append([
                    shown(target["name"]), shown(target["kind"]), shown(target["at"]), shown(target["state"]),
                    target["pending"]?.integer.map { "\($0)" } ?? "-", shown(target["reason"]), shown(target["last_delivered"])
                ])
            }
            text += "\n" + (targets.isEmpty ? "no targets\n" : Self.table(rows))
        }
        self.text = text
    }

    /// How a rule stands in one phrase. "ok" alone would mislead whoever looks while its condition holds and it has not fired.
    private static func state(_ alert: JSONValue, _ now: WallTime?) -> String {
        let state = alert["state"]?.text ?? "-"
        if alert["firing"]?.boolean == true { return state == "unknown" ? "firing, not read since" : state }
        guard isPending(alert), let time = alert["fires_at"]?.text.flatMap({ WallTime(rfc3339: $0) }), let now else {
            return state
        }
        let left = now.duration(to: time)
        // The next reading may do it sooner.
        return left > .zero ? "pending, fires within \(Words.short(left + .milliseconds(999)))" : "pending, fires now"
    }

    private static func isPending(_ alert: JSONValue) -> Bool {
        alert["state"]?.text == "ok" && alert["firing"]?.boolean != true && alert["fires_at"]?.text != nil
    }

    /// What fires first, then what is about to; else as the gateway has them.
    private static func byNeed(_ alerts: [JSONValue]) -> [JSONValue] {
        let firing = alerts.filter { $0["firing"]?.boolean == true }
        let pending = alerts.filter { isPending($0) }
        return firing + pending + alerts.filter { $0["firing"]?.boolean != true && !isPending($0) }
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

/// What `bursar alert test` prints. *Value.*
package struct AlertTestAnswer: Sendable {
    package let text: String
    package let allDelivered: Bool

    package init?(json: [UInt8]) {
        guard let document = try? JSONReader.read(json), document["schema"]?.text == "bursar.alert-test.v1",
            let targets = document["targets"]?.elements
        else { return nil }
        allDelivered = targets.allSatisfy { $0["outcome"]?.text == "delivered" }
        text = targets.map { target in
            let parts = [target["name"], target["kind"], target["at"], target["outcome"], target["reason"]].compactMap {
                $0?.text
            }
            return TerminalText.shown(parts.joined(separator: "  ")) + "\n"
        }.joined()
    }
}

/// What `bursar alert mute` prints. *Value.*
package struct AlertMuteAnswer: Sendable {
    package let text: String

    package init?(json: [UInt8]) {
        guard let document = try? JSONReader.read(json), let account = document["account"]?.text,
            let until = document["muted_until"]?.text
        else { return nil }
        text = TerminalText.shown("\(account) is muted until \(until)") + "\n"
    }
}
