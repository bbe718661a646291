import BursarModel
import BursarSQLite

/// The tables `alert_…`. Used inside a transaction of the store: event, delivery and state are there together or not at all.
enum AlertTables {
    static func write(_ changes: AlertChanges, _ db: Database) throws {
        for (key, state) in changes.states {
            let name = [key.account.provider.name, key.account.account.name, key.rule]
            try db.run("DELETE FROM alert_told WHERE provider = ? AND account = ? AND rule = ?", name)
            guard let state else {
                try db.run("DELETE FROM alert_state WHERE provider = ? AND account = ? AND rule = ?", name)
                continue
            }
            try insert("alert_state", name + columns(of: state), db)
            for (target, event) in state.told {
                try insert("alert_told", name + [target, event, state.confirmed.contains(target)], db)
            }
        }
        for (id, event) in changes.events {
            guard let event else {
                try db.run("DELETE FROM alert_event WHERE id = ?", [id])
                continue
            }
            try insert("alert_event", columns(of: event), db)
        }
        for (id, message) in changes.messages {
            guard let message else {
                try db.run("DELETE FROM alert_message WHERE id = ?", [id])
                continue
            }
            try insert(
                "alert_message",
                [
                    id, message.target, message.madeAt.milliseconds, message.dueAt.milliseconds, message.attempts,
                    message.mayHaveArrived
                ], db)
        }
        for (id, delivery) in changes.deliveries {
            guard let delivery else {
                try db.run("DELETE FROM alert_delivery WHERE target = ? AND event = ?", [id.target, id.event])
                continue
            }
            try insert("alert_delivery", [id.target, id.event, delivery.queuedAt.milliseconds, delivery.message], db)
        }
        for (account, until) in changes.mutes {
            let name = [account.provider.name, account.account.name]
            guard let until else {
                try db.run("DELETE FROM alert_mute WHERE provider = ? AND account = ?", name)
                continue
            }
            try insert("alert_mute", name + [until.milliseconds], db)
        }
        for (name, record) in changes.targets {
            guard let record else {
                try db.run("DELETE FROM alert_target WHERE name = ?", [name])
                continue
            }
            try insert(
                "alert_target",
                [
                    name, record.pausedWith, record.pausedAt?.milliseconds, record.pausedStatus,
                    record.sent.map { String($0.milliseconds) }.joined(separator: ",")
                ], db)
        }
    }

    private static func insert(_ table: String, _ values: [any SQLiteBindable], _ db: Database) throws {
        let places = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try db.run("INSERT OR REPLACE INTO \(table) VALUES (\(places))", values)
    }

    private static func columns(of facts: AlertFacts?) -> [any SQLiteBindable] {
        [facts?.readAt.milliseconds, facts?.value?.description, facts?.unit?.name, facts?.detail]
    }

    private static func columns(of state: AlertState) -> [any SQLiteBindable] {
        [
            state.firing, state.since?.milliseconds, state.firedAt?.milliseconds, state.recoveredAt?.milliseconds,
            state.remindedAt?.milliseconds
        ] + columns(of: state.fired) + [
            state.candidate?.since.milliseconds, state.candidate?.last.milliseconds, state.candidate?.readings
        ] + columns(of: state.candidate?.facts)
    }

    private static func columns(of event: AlertEvent) -> [any SQLiteBindable] {
        [
            event.id, event.kind.rawValue, event.key?.account.provider.name, event.key?.account.account.name, event.key?.rule,
            event.at.milliseconds, event.since.milliseconds, event.limit, event.firing, event.isReminder
        ] + columns(of: event.facts) + columns(of: event.before)
    }
}

// MARK: - Reading

extension AlertTables {
    /// Rows that cannot be read are counted and passed over.
    static func load(_ db: Database) throws -> (records: AlertRecords, unreadable: Int) {
        var records = AlertRecords()
        var unreadable = 0
        func each(
            _ table: String, _ take: (inout RowReading, inout AlertRecords) throws(UnreadableRow) -> Void
        ) throws {
            try db.run("SELECT * FROM \(table)") { row in
                var reading = RowReading(row)
                do throws(UnreadableRow) { try take(&reading, &records) } catch { unreadable += 1 }
            }
        }
        try each("alert_state") { row, records throws(UnreadableRow) in
            let key = try key(&row)
            records.states[key] = try state(&row)
        }
        try each("alert_told") { row, records throws(UnreadableRow) in
            let key = try key(&row)
            let (target, event) = (try row.text(), try row.text())
            records.states[key]?.told[target] = event
            if try some(row.optionalFlag()) { records.states[key]?.confirmed.insert(target) }
        }
        try each("alert_event") { row, records throws(UnreadableRow) in
            let event = try event(&row)
            records.events[event.id] = event
        }
        try each("alert_message") { row, records throws(UnreadableRow) in
            let message = AlertMessage(
                id: try row.text(), target: try row.text(), madeAt: try row.time(), dueAt: try row.time(),
                attempts: try row.count(), mayHaveArrived: try some(row.optionalFlag()))
            records.messages[message.id] = message
        }
        try each("alert_delivery") { row, records throws(UnreadableRow) in
            let id = AlertDelivery.ID(target: try row.text(), event: try row.text())
            records.deliveries[id] = AlertDelivery(queuedAt: try row.time(), message: try row.optionalText())
        }
        try each("alert_mute") { row, records throws(UnreadableRow) in
            let account = try account(&row)
            records.mutes[account] = try row.time()
        }
        try each("alert_target") { row, records throws(UnreadableRow) in
            let name = try row.text()
            var record = AlertTargetRecord()
            record.pausedWith = try row.optionalText()
            record.pausedAt = try row.optionalTime()
            record.pausedStatus = try row.optionalStatus()
            record.sent = try times(try row.text())
            records.targets[name] = record
        }
        unreadable += records.dropUnmatched()
        return (records, unreadable)
    }

    private static func account(_ row: inout RowReading) throws(UnreadableRow) -> AccountID {
        AccountID(provider: try some(ProviderID(try row.text())), account: try some(AccountName(try row.text())))
    }

    private static func key(_ row: inout RowReading) throws(UnreadableRow) -> AlertKey {
        AlertKey(try account(&row), try row.text())
    }

    private static func facts(_ row: inout RowReading) throws(UnreadableRow) -> AlertFacts? {
        let (time, value, unit, detail) = (
            try row.optionalTime(), try row.optionalText(), try row.optionalText(), try row.optionalText()
        )
        guard let time else { return nil }
        return AlertFacts(
            value: try value.map { text throws(UnreadableRow) in try some(ExactDecimal(text)) },
            unit: try unit.map { text throws(UnreadableRow) in try some(AmountUnit(text)) }, readAt: time, detail: detail)
    }

    private static func state(_ row: inout RowReading) throws(UnreadableRow) -> AlertState {
        var state = AlertState()
        state.firing = try row.optionalText()
        state.since = try row.optionalTime()
        state.firedAt = try row.optionalTime()
        state.recoveredAt = try row.optionalTime()
        state.remindedAt = try row.optionalTime()
        state.fired = try facts(&row)
        let (since, last, readings) = (try row.optionalTime(), try row.optionalTime(), try row.optionalInteger())
        if let candidate = try facts(&row), let since, let last, let readings {
            state.candidate = .init(since: since, last: last, readings: Int(min(max(1, readings), 2)), facts: candidate)
        }
        return state
    }

    private static func event(_ row: inout RowReading) throws(UnreadableRow) -> AlertEvent {
        let id = try row.text()
        let kind = try some(AlertEvent.Kind(rawValue: try row.text()))
        let key = try key(&row)
        let (at, since) = (try row.time(), try row.time())
        let (limit, firing) = (try row.optionalText(), try row.optionalText())
        let isReminder = try some(row.optionalFlag())
        return AlertEvent(
            id: id, kind: kind, key: key, at: at, since: since, facts: try some(facts(&row)), before: try facts(&row),
            limit: limit, firing: firing, isReminder: isReminder)
    }

    private static func times(_ text: String) throws(UnreadableRow) -> [WallTime] {
        var times: [WallTime] = []
        for part in text.split(separator: ",") { times.append(try RowReading.time(try some(Int64(part)))) }
        return times
    }
}

extension AlertRecords {
    /// Where a row was lost, what leans on it is passed over, too. Returns how many.
    fileprivate mutating func dropUnmatched() -> Int {
        var dropped = 0
        for (id, delivery) in deliveries {
            if events[id.event] == nil {
                deliveries[id] = nil
                dropped += 1
            } else if let message = delivery.message, messages[message]?.target != id.target {
                deliveries[id]?.message = nil
            }
        }
        let used = Set(deliveries.values.compactMap(\.message))
        for id in messages.keys where !used.contains(id) { messages[id] = nil }
        for (key, state) in states where state.firing.map({ events[$0] == nil }) ?? false { states[key]?.firing = nil }
        return dropped
    }
}
