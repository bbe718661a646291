import BursarCatalog
import BursarModel

/// What `bursar alert list` prints. *Value.* Whatever answered may not be a gateway: control characters never reach a terminal.
package struct AlertListAnswer: Sendable {
    package let text: String

    package init?(json: [UInt8]) {
        guard let document = AnswerDocument.read(json, schema: "bursar.alerts.v1"), let alerts = document["alerts"]?.elements
        else { return nil }
        func shown(_ value: JSONValue?) -> String { TerminalText.shown(value?.text ?? "-") }
        let now = document["generated_at"]?.time
        var rows: [[String]] = []
        for alert in Self.byNeed(alerts) {
            let value = alert["value"]?.text.map { value in value + (alert["unit"]?.text.map { " " + $0 } ?? "") }
            rows.append([
                shown(alert["account"]), shown(alert["condition"]), TerminalText.shown(Self.state(alert, now)),
                TerminalText.shown(value ?? "-"), shown(alert["read_at"]), shown(alert["since"]), shown(alert["muted_until"])
            ])
        }
        // A mute of an account without rules stands in no row of a rule.
        let ruled = Set(alerts.compactMap { $0["account"]?.text })
        for mute in document["mutes"]?.elements ?? [] where !(mute["account"]?.text.map { ruled.contains($0) } ?? false) {
            rows.append([shown(mute["account"]), "no rules", "-", "-", "-", "-", shown(mute["until"])])
        }
        var text = rows.isEmpty ? "no rules\n" : TextTable.text(Self.ruleColumns, rows)
        if let targets = document["targets"]?.elements {
            var rows: [[String]] = []
            for target in targets {
                rows.append([
                    shown(target["name"]), shown(target["kind"]), shown(target["at"]), shown(target["state"]),
                    target["pending"]?.integer.map { "\($0)" } ?? "-", shown(target["reason"]), shown(target["last_delivered"])
                ])
            }
            text += "\n" + (targets.isEmpty ? "no targets\n" : TextTable.text(Self.targetColumns, rows))
        }
        self.text = text
    }

    private static let ruleColumns = ["ACCOUNT", "RULE", "STATE", "VALUE", "READ", "SINCE", "MUTED UNTIL"].map {
        TextTable.Column($0)
    }
    private static let targetColumns = ["TARGET", "KIND", "AT", "STATE", "PENDING", "REASON", "LAST DELIVERED"].map {
        TextTable.Column($0)
    }

    /// How a rule stands in one phrase. "ok" alone would mislead whoever looks while its condition holds and it has not fired.
    private static func state(_ alert: JSONValue, _ now: WallTime?) -> String {
        let state = alert["state"]?.text ?? "-"
        if alert["firing"]?.boolean == true { return state == "unknown" ? "firing, not read since" : state }
        guard isPending(alert), let time = alert["fires_at"]?.time, let now else {
            return state
        }
        let left = now.duration(to: time)
        // The next reading may do it sooner.
        return left > .zero ? "pending, fires within \(Words.left(left))" : "pending, fires now"
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
}

/// What `bursar alert test` prints. *Value.*
package struct AlertTestAnswer: Sendable {
    package let text: String
    package let allDelivered: Bool

    package init?(json: [UInt8]) {
        guard let document = AnswerDocument.read(json, schema: "bursar.alert-test.v1"),
            let targets = document["targets"]?.elements
        else { return nil }
        allDelivered = targets.allSatisfy { $0["outcome"]?.text == "delivered" }
        let rows = targets.map { target -> [String] in
            ["name", "kind", "at", "outcome", "reason"].map { TerminalText.shown(target[$0]?.text ?? "-") }
        }
        text = TextTable.text(["TARGET", "KIND", "AT", "OUTCOME", "REASON"].map { TextTable.Column($0) }, rows)
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
