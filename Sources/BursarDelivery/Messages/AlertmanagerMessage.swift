import BursarCatalog
import BursarInsight
import BursarModel

/// What Alertmanager's `POST /api/v2/alerts` takes. Pure.
///
/// Labels name an alert, and are the same from its first push to its last. What it says is an annotation: the newest amount in each
/// push while it fires, and at its end both amounts and how long it was.
enum AlertmanagerMessage {
    static func body(_ dispatch: AlertDispatch, context: (AccountID) -> AlertWords.Context?, now: WallTime) -> [UInt8] {
        switch dispatch.content {
        case .states(let reports): JSONWriter.compact(.array(reports.map { alert($0, context, now) }))
        case .events(let events):
            // A test: it ends a minute later.
            JSONWriter.compact(
                .array(
                    events.map { event in
                        alert(
                            AlertReport(event: event), context, now,
                            until: now.advanced(by: AlertTiming.pushInterval))
                    }))
        }
    }

    private static func alert(
        _ report: AlertReport, _ context: (AccountID) -> AlertWords.Context?, _ now: WallTime, until: WallTime? = nil
    ) -> JSONValue {
        let event = report.event
        let told = report.end ?? event
        let words = AlertWords(told, (event.key?.account).flatMap(context), now: now)
        var labels: JSONObject = ["alertname": .string(name(of: event.kind)), "severity": .string(severity(of: event.kind))]
        if let key = event.key {
            labels["provider"] = .string(key.account.provider.name)
            labels["account"] = .string(key.account.account.name)
            labels["rule"] = .string(key.rule)
        }
        var annotations: JSONObject = ["summary": .string(words.title), "description": .string(words.text)]
        if let value = told.facts.value { annotations["value"] = .string(value.description) }
        if let unit = told.facts.unit { annotations["unit"] = .string(unit.name) }
        if let remedy = words.remedy { annotations["remedy"] = .string(remedy) }
        var alert: JSONObject = [
            "labels": .object(labels), "annotations": .object(annotations), "startsAt": .string(event.at.rfc3339),
            "endsAt": .string((report.end?.at ?? until ?? now.advanced(by: AlertTiming.pushedFor)).rfc3339)
        ]
        if let link = words.link { alert["generatorURL"] = .string(link) }
        return .object(alert)
    }

    /// Of what fires, whether or not it has ended, and of a test: nothing else comes here.
    private static func name(of kind: AlertEvent.Kind) -> String {
        switch kind {
        case .low: "BursarBalanceLow"
        case .runwayShort: "BursarRunwayShort"
        case .unknown: "BursarBalanceUnknown"
        case .keyRejected: "BursarKeyRejected"
        case .test, .recovered, .known, .toppedUp: "BursarTest"
        }
    }

    private static func severity(of kind: AlertEvent.Kind) -> String {
        switch kind {
        case .keyRejected, .low: "critical"
        case .runwayShort, .unknown: "warning"
        case .recovered, .known, .toppedUp, .test: "info"
        }
    }
}
