import BursarInsight
import BursarModel
import BursarUpstream
import Synchronization

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
        let overdue = process.alerts.overdue()
        text.family(
            "bursar_alert_deliveries_overdue", .gauge,
            "Of these, those that could have been sent by now: neither muted nor held by the target's rate.")
        for status in statuses { text.sample([("target", status.name)], String(overdue[status.name] ?? 0)) }
        // An Alertmanager has nothing overdue: it is told again how all stands. Only this says that it does not hear it.
        text.family("bursar_alert_target_up", .gauge, "Whether a target took what it was sent last.")
        for status in statuses {
            guard let isUp = status.isUp else { continue }
            text.sample([("target", status.name), ("kind", status.kind)], isUp ? "1" : "0")
        }
    }
}

extension AlertDesk {
    /// Events that each target could have been sent by now and does not have; none while another process tells of everything.
    fileprivate func overdue() -> [String: Int] {
        let now = clock.now.wall
        return state.withLock { state -> [String: Int] in
            guard !state.isHeld else { return [:] }
            return Dictionary(uniqueKeysWithValues: state.targets.keys.map { ($0, state.ledger.overdue($0, now)) })
        }
    }
}
