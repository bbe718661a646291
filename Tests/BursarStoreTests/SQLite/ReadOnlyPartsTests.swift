import BursarEngine
import BursarModel
import BursarSQLite
import Foundation
import Testing

@testable import BursarStore

/// What a store gives that can be read and not written.
@Suite struct `A store that is read only` {
    private static let claim = Claim(
        id: "claim_1", account: Samples.account(), unit: Samples.amount("1").unit, amount: Samples.amount("1000").value,
        owner: "",
        key: "job", madeAt: Samples.now, expiresAt: Samples.now.advanced(by: .seconds(600)))

    private static var alerts: AlertChanges {
        let key = AlertKey(Samples.account(), "below")
        var (changes, state) = (AlertChanges(), AlertState())
        (state.firing, state.since, state.told) = ("evt_1", Samples.now, ["ops": "evt_1"])
        changes.states[key] = state
        changes.events["evt_1"] = AlertEvent(
            id: "evt_1", kind: .low, key: key, at: Samples.now, since: Samples.now, facts: AlertFacts(readAt: Samples.now))
        changes.mutes[Samples.account()] = Samples.now.advanced(by: .seconds(60))
        return changes
    }

    /// A store with one of each, which another process serves with.
    private func withFirst(_ body: (_ second: SQLiteStore, _ file: String) async throws -> Void) async throws {
        let scratch = Scratch()
        let first = scratch.store()
        _ = try await first.open(identity: nil)
        try await first.write(
            StoreBatch(saved: [Samples.stored(0)], claims: [Self.claim], alerts: Self.alerts, now: Samples.now))
        try await body(scratch.store(), scratch.file())
        await first.close()
    }

    @Test func `gives claims, alerts and mutes, too`() async throws {
        try await withFirst { second, _ async throws in
            let contents = try await second.open(identity: nil)
            #expect(contents.readOnly?.reason == .inUse && contents.credentials.count == 1 && contents.unreadable == 0)
            #expect(contents.claims == [Self.claim] && contents.knowsClaims && contents.knowsAlerts)
            var expected = AlertRecords()
            expected.apply(Self.alerts)
            #expect(contents.alerts == expected)
        }
    }

    @Test func `what was claimed and told outlives damage elsewhere in the file`() async throws {
        let scratch = Scratch()
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        try await store.write(
            StoreBatch(
                saved: [Samples.stored(0)], history: [Samples.change("1")], claims: [Self.claim], alerts: Self.alerts,
                now: Samples.now))
        await store.close()
        var told = AlertRecords()
        told.apply(Self.alerts)
        let db = try Database(path: scratch.file())
        let sql = "SELECT rootpage FROM sqlite_master WHERE name = 'history'"
        guard case .integer(let page)? = try db.first(sql)?.first else { throw StoreFault(.failed) }
        db.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.file()))
        let start = (Int(page) - 1) * 4_096
        bytes.replaceSubrange(start..<start + 4_096, with: [UInt8](repeating: 0xFF, count: 4_096))
        try bytes.write(to: URL(fileURLWithPath: scratch.file()))
        let contents = try await store.open(identity: nil)
        #expect(contents.movedAside != nil && contents.claims == [Self.claim] && contents.credentials.isEmpty)
        let again = try await store.open(identity: nil)
        #expect(again.movedAside == nil && again.claims == [Self.claim])
        for found in [contents, again] { #expect(found.knowsAlerts && found.alerts == told) }
    }

    @Test func `an earlier version's has none, and where one part cannot be read the others are`() async throws {
        try await withFirst { second, file async throws in
            let db = try Database(path: file)
            try db.run(script: "DROP TABLE claim")
            var contents = try await second.open(identity: nil)
            #expect(contents.claims.isEmpty && contents.knowsClaims && !contents.alerts.isEmpty)
            try db.run(script: "CREATE TABLE claim (x)")
            contents = try await second.open(identity: nil)
            #expect(contents.claims.isEmpty && !contents.knowsClaims && contents.unreadable == 1)
            #expect(contents.knowsAlerts && !contents.alerts.isEmpty && contents.credentials.count == 1)
            try db.run(script: "DROP TABLE alert_told; CREATE TABLE alert_told (x)")
            try db.run(script: "INSERT INTO alert_told VALUES (1)")
            try db.run(script: "DROP TABLE alert_event")
            contents = try await second.open(identity: nil)
            #expect(!contents.knowsAlerts && contents.credentials.count == 1)
        }
    }

    @Test func `nothing was ever kept where no file is, an empty one, or what is none`() async throws {
        let scratch = Scratch()
        try Data().write(to: URL(fileURLWithPath: scratch.file("empty.db")))
        try Data("text".utf8).write(to: URL(fileURLWithPath: scratch.file("text.db")))
        try FileManager.default.createDirectory(atPath: scratch.file("folder.db"), withIntermediateDirectories: false)
        for name in ["none.db", "none/none.db", "text.db/none.db", "empty.db", "folder.db"] {
            #expect(await scratch.store(name).holdsNothing(), "\(name)")
        }
        #expect(await !scratch.store("text.db").holdsNothing())
        let store = scratch.store()
        _ = try await store.open(identity: nil)
        #expect(await !store.holdsNothing())
    }
}
