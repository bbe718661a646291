import BursarEngine
import BursarModel
import BursarSQLite
import BursarStore
import Foundation
import Testing

@Suite struct `Alerts in a file that somebody changed` {
    @Test func `a delivery keeps no message of another target, and is itself kept`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        var changes = AlertChanges()
        let key = AlertKey(Samples.account(), "below")
        changes.events["evt_1"] = AlertEvent(
            id: "evt_1", kind: .low, key: key, at: Samples.now, since: Samples.now,
            facts: AlertFacts(value: Samples.amount("3").value, unit: Samples.amount("3").unit, readAt: Samples.now))
        let id = AlertDelivery.ID(target: "other", event: "evt_1")
        changes.deliveries[id] = AlertDelivery(queuedAt: Samples.now, message: "msg_1")
        changes.messages["msg_1"] = AlertMessage(id: "msg_1", target: "other", madeAt: Samples.now, dueAt: Samples.now)
        try await store.write(StoreBatch(alerts: changes, now: Samples.now))
        await store.close()
        let database = try Database(path: scratch.file())
        try database.run(script: "UPDATE alert_message SET target = 'phone'")
        database.close()

        let alerts = try await scratch.store().open(identity: nil).alerts
        #expect(alerts.deliveries == [id: AlertDelivery(queuedAt: Samples.now)] && alerts.messages.isEmpty)
        #expect(alerts.events.keys.sorted() == ["evt_1"])
    }
}
