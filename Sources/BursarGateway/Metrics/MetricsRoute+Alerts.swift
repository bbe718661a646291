extension MetricsRoute {
    /// How targets take what they are told; nothing where nobody is told anything.
    func writeAlerts(_ text: inout PrometheusText) {
        let statuses = process.alerts.targetStatuses()
        guard !statuses.isEmpty else { return }
        text.family("bursar_alert_deliveries_total", .counter, "Attempts to send to a target, by how they ended.")
        for status in statuses {
            let outcomes = [
                ("delivered", status.health.delivered), ("failed", status.health.failed), ("gone", status.health.gone)
            ]
            for (outcome, count) in outcomes {
                text.sample([("target", status.name), ("outcome", outcome)], String(count))
            }
        }
        text.family("bursar_alert_messages_given_up_total", .counter, "Messages that no attempt could deliver.")
        for status in statuses { text.sample([("target", status.name)], String(status.givenUp)) }
        text.family("bursar_alert_deliveries_pending", .gauge, "Events on their way to a target.")
        for status in statuses { text.sample([("target", status.name)], String(status.pending)) }
        // An Alertmanager has nothing pending: it is told again how all stands. Only this says that it does not hear it.
        text.family("bursar_alert_target_up", .gauge, "Whether a target took what it was sent last.")
        for status in statuses {
            guard let isUp = status.isUp else { continue }
            text.sample([("target", status.name), ("kind", status.kind)], isUp ? "1" : "0")
        }
    }
}
