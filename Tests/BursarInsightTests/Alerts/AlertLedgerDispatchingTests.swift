import BursarModel
import Testing

@testable import BursarInsight

@Suite struct `How targets are told` {
    @Test func `edges within half a minute are one message, and no more than so many an hour`() {
        let accounts = (0..<200).map { AlertBench.account("a\($0)") }
        var bench = AlertBench([AlertBench.below(50)], accounts: accounts, targets: [AlertTarget(name: "ops", perHour: 3)])
        for account in accounts { for value in ["40", "39"] { bench.read(value, of: account) } }
        bench.pass(.seconds(3_100))
        #expect(bench.told.count == 3)
        bench.pass(.seconds(3_600))
        // Four in all: the rest was summed up in one.
        #expect(bench.told.count == 4 && bench.events.count == 200 && Set(bench.events.map(\.id)).count == 200)
    }

    @Test func `a message that no event of its target names is withdrawn, and what named it is told by another`() {
        var bench = AlertBench([AlertBench.below(50, to: ["other"])], targets: ["other", "phone"].map { AlertTarget(name: $0) })
        for value in ["40", "39"] { bench.read(value) }
        #expect(bench.told.isEmpty)
        // As a damaged store gives it.
        for id in bench.kept.deliveries.keys { bench.kept.deliveries[id]?.message = "msg_1" }
        bench.kept.messages["msg_1"] = AlertMessage(id: "msg_1", target: "phone", madeAt: bench.now, dueAt: bench.now)
        bench.restart()
        bench.pass(.seconds(60))
        #expect(bench.told.map(\.target) == ["other"] && bench.kinds == [[.low]])
        #expect(bench.ledger.records.messages.isEmpty && bench.ledger.records.deliveries.isEmpty)
    }

    @Test func `what was superseded before it was sent is not sent, nor its end`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39", "100"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.told.isEmpty && bench.ledger.records.events.isEmpty && bench.ledger.records.deliveries.isEmpty)
    }

    @Test func `an end goes to who may have been told, and what was low is not sent again`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(31))
        bench.outcome = { _ in .delivered }
        bench.read("100")
        bench.pass(.seconds(40))
        #expect(bench.kinds == [[.low], [.recovered]])
        #expect(bench.events.last?.firing == bench.events.first?.id)
    }

    @Test func `whoever certainly heard nothing of it is not told of its end`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "connection_refused", mayHaveArrived: false, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(31))
        bench.outcome = { _ in .delivered }
        bench.read("100")
        bench.pass(.seconds(3_600))
        #expect(bench.kinds == [[.low]] && bench.ledger.records.deliveries.isEmpty && bench.state().told.isEmpty)
    }

    @Test func `a message keeps its id over its retries, which follow the schedule and are given up`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "http_500", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(10 * 86_400))
        #expect(bench.told.count == 10 && Set(bench.told.map(\.id)).count == 1 && bench.told.map(\.attempt) == Array(1...10))
        for (index, (first, next)) in zip(bench.told, bench.told.dropFirst()).enumerated() {
            let gap = first.at.duration(to: next.at)
            #expect(gap >= AlertTiming.retries[index] && gap <= AlertTiming.retries[index] * 6 / 5 + .seconds(2))
        }
        #expect(bench.ledger.givenUp == ["ops": 1] && bench.ledger.records.messages.isEmpty)
    }

    @Test func `a target that asks to wait is left alone for so long`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "http_429", mayHaveArrived: false, retryAfter: .seconds(1_000)) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(900))
        #expect(bench.told.count == 1)
        bench.pass(.seconds(200))
        #expect(bench.told.count == 2)
    }

    @Test func `a target that is gone is posted to once, until its configuration is another one`() {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", fingerprint: "1")])
        bench.outcome = { _ in .gone(status: 404) }
        for _ in 0..<5 {
            for value in ["40", "39"] { bench.read(value) }
            bench.pass(.seconds(7_200))
            bench.read("100")
            bench.pass(.seconds(7_200))
        }
        bench.restart()
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(7_200))
        #expect(bench.told.count == 1 && bench.ledger.pausedStatus("ops") == 404)
        bench.outcome = { _ in .delivered }
        bench.targets = [AlertTarget(name: "ops", fingerprint: "2")]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        bench.pass(.seconds(60))
        // What is the case now, and nothing of what was meanwhile.
        #expect(bench.kinds == [[.low], [.low]] && bench.ledger.pausedStatus("ops") == nil)
    }

    @Test func `a muted account goes on, and only what differs is told at the end`() {
        var bench = AlertBench([AlertBench.below(50), AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low]])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(4 * 3_600)), now: bench.now)
        bench.read("100")
        bench.pass(.seconds(3_600))
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.kinds.count == 1 && bench.state().firing != nil)
        bench.restart()
        bench.pass(.seconds(3 * 3_600))
        // It was low before, it is low after.
        #expect(bench.kinds.count == 1)
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.events.filter { $0.kind == .recovered }.map(\.firing) == [bench.events.first?.id])
    }

    @Test func `an end and the next beginning in one message are told apart, and the next end is told`() throws {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(35))
        let first = try #require(bench.events.first?.id)
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(3 * 3_600)), now: bench.now)
        bench.outcome = { _ in .delivered }
        bench.told = []
        bench.read("100")
        bench.pass(.seconds(3_700))
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3 * 3_600))
        #expect(bench.kinds == [[.recovered, .low]] && bench.events.first?.firing == first)
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.kinds.last == [.recovered] && bench.events.last?.firing == bench.events.dropFirst().first?.id)
    }

    @Test func `what began while muted is told at the end, where it still holds`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(3_600)), now: bench.now)
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_000))
        #expect(bench.told.isEmpty)
        bench.pass(.seconds(700))
        #expect(bench.kinds == [[.low]])
    }

    @Test func `what was told and has ended leaves no event behind, here or in the store`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kept.events.count == 1)
        bench.read("100")
        bench.pass(.seconds(3_600))
        #expect(bench.kinds == [[.low], [.recovered]])
        #expect(bench.ledger.records.events.isEmpty && bench.kept.events.isEmpty)
    }

    @Test func `an event that an earlier version left behind is forgotten at the start`() throws {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        let told = try #require(bench.events.first)
        var records = bench.ledger.records
        records.events["evt_left"] = AlertEvent(
            id: "evt_left", kind: .low, key: told.key, at: told.at, since: told.since, facts: told.facts, limit: told.limit)
        var ledger = AlertLedger(records, seed: 1)
        #expect(Set(ledger.records.events.keys) == [told.id])
        #expect(ledger.takeChanges().events == ["evt_left": nil])
    }

    @Test func `a target of states is told each minute while it fires and for five minutes more`() {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", takesStates: true)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(600))
        #expect((10...12).contains(bench.told.count))
        bench.restart()
        bench.pass(.seconds(60))
        let before = bench.told.count
        bench.read("100")
        bench.pass(.seconds(3_600))
        let resolved = bench.told[before...]
        #expect((5...6).contains(resolved.count))
        for dispatch in resolved {
            guard case .states(let reports) = dispatch.content else { continue }
            #expect(reports.allSatisfy { $0.end != nil })
        }
        #expect(bench.ledger.records.events.isEmpty && bench.ledger.nextWake(bench.now) == nil)
    }

    @Test func `a restart tells nothing twice and misses no edge that fell into it`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        bench.restart()
        for value in ["38", "37"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.kinds == [[.low]])
        bench.restart()
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low], [.recovered]])
        bench.restart()
        bench.pass(.seconds(3_600))
        for value in ["38", "37"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low], [.recovered], [.low]])
    }

    @Test func `rules and targets that are named no longer leave nothing behind`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.ledger.configure(rules: [:], targets: [])
        bench.run()
        #expect(bench.kept.isEmpty && bench.ledger.records.isEmpty)
    }

    @Test func `a clock that was set back keeps nothing waiting`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.now = bench.now.advanced(by: .seconds(-400 * 86_400))
        bench.run()
        #expect(bench.kinds == [[.low]])
    }

    @Test func `two thousand accounts that fail together are one message, soon`() {
        let accounts = (0..<2_000).map { AlertBench.account("a\($0)") }
        var bench = AlertBench(
            [AlertRule(name: "unavailable", condition: .unavailable(.seconds(60)), targets: ["ops"])], accounts: accounts)
        for account in accounts { bench.ledger.failed(account, .timeout, at: bench.now, now: bench.now) }
        bench.now = bench.now.advanced(by: .seconds(60))
        for account in accounts { bench.ledger.failed(account, .timeout, at: bench.now, now: bench.now) }
        let clock = ContinuousClock()
        let time = clock.measure { bench.pass(.seconds(100)) }
        #expect(bench.told.count == 1 && bench.events.count == 2_000)
        #expect(time < .seconds(10))
    }
}
