import BursarModel
import Testing

@testable import BursarInsight

/// A reading is judged once, and for the key that brought it.
@Suite struct `Alerts and readings of before` {
    @Test func `a reading that a failure came behind says nothing of the runway again`() {
        var bench = AlertBench([AlertRule(name: "runway", condition: .runway(.seconds(72 * 3_600)), targets: ["ops"])])
        func hours(_ hours: Int, at: WallTime, _ bench: inout AlertBench) {
            bench.ledger.lasts(AlertBench.account, .expected(.seconds(hours * 3_600)), of: nil, at: at, now: bench.now)
            bench.run()
        }
        let read = bench.now
        hours(71, at: read, &bench)
        #expect(bench.state("runway").candidate?.readings == 1)
        bench.pass(.seconds(60))
        bench.fail(.timeout)
        hours(71, at: read, &bench)
        #expect(bench.state("runway").word == .unknown)
        bench.pass(.seconds(3_600))
        #expect(bench.told.isEmpty && bench.state("runway").firing == nil)
        // The second reading comes after the gap.
        hours(70, at: bench.now, &bench)
        #expect(bench.state("runway").firing != nil)
    }

    @Test func `a pending runway does not fire while a newer reading has no forecast yet`() {
        var bench = AlertBench([AlertRule(name: "runway", condition: .runway(.seconds(72 * 3_600)), targets: ["ops"])])
        bench.read("40")
        bench.ledger.lasts(AlertBench.account, .expected(.seconds(48 * 3_600)), of: nil, at: bench.now, now: bench.now)
        bench.pass(.seconds(580))
        // A top-up, seen just before the ten minutes are over.
        bench.read("9040")
        let topUp = bench.now
        bench.pass(.seconds(60))
        #expect(bench.state("runway").word == .unknown && bench.state("runway").firing == nil)
        bench.ledger.lasts(AlertBench.account, .open, of: nil, at: topUp, now: bench.now)
        bench.pass(.seconds(3_600))
        #expect(bench.state("runway").word == .ok && bench.told.isEmpty)
    }

    @Test func `what another key brought is not counted with the first reading of this one`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("40")
        bench.ledger.keyReplaced(AlertBench.account)
        bench.read("45")
        #expect(bench.state().firing == nil)
        #expect(bench.state().candidate?.readings == 1 && bench.state().candidate?.since == bench.now)
        let first = bench.now
        bench.read("44")
        #expect(bench.state().firing != nil && bench.state().since == first)
    }

    @Test func `nor is its rejection, and an outage goes on`() {
        var bench = AlertBench([
            AlertRule(name: "key", condition: .keyRejected, targets: ["ops"]),
            AlertRule(name: "unavailable", condition: .unavailable(.seconds(60)), targets: ["ops"])
        ])
        bench.fail(.unauthorized)
        bench.ledger.keyReplaced(AlertBench.account)
        bench.fail(.unauthorized)
        #expect(bench.state("key").firing == nil)
        bench.fail(.unauthorized)
        #expect(bench.state("key").firing != nil)
        bench.read("12")
        bench.fail(.timeout)
        let failed = bench.now
        bench.ledger.keyReplaced(AlertBench.account)
        bench.pass(.seconds(60))
        bench.fail(.timeout)
        #expect(bench.state("unavailable").firing != nil && bench.state("unavailable").since == failed)
    }
}
