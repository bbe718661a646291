import BursarModel
import Testing

@testable import BursarInsight

/// A store that opened again and has something else than memory has.
@Suite struct `A ledger and a store that comes back` {
    /// One that fired, was told and kept.
    private func fired() -> AlertBench {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("40")
        bench.read("40")
        bench.pass(.seconds(60))
        return bench
    }

    /// A later process that could not read what that one kept.
    private func later(than before: AlertBench) -> AlertBench {
        var bench = AlertBench([AlertBench.below(50)], seed: 7)
        bench.now = before.now.advanced(by: .seconds(3_600))
        bench.kept = before.kept
        return bench
    }

    private func expectSame(_ bench: AlertBench) {
        let records = bench.ledger.records
        #expect(bench.kept.events == records.events && bench.kept.deliveries == records.deliveries)
        #expect(bench.kept.messages == records.messages && bench.kept.mutes == records.mutes)
        #expect(Set(bench.kept.states.keys) == Set(records.states.keys))
        for (key, state) in records.states { #expect(bench.kept.states[key]?.told == state.told) }
    }

    @Test func `what was told before is told no second time once it is known, and its end is`() {
        let before = fired()
        #expect(before.kinds == [[.low]])
        var bench = later(than: before)
        bench.read("39")
        bench.ledger.learn(before.kept)
        bench.run()
        bench.read("38")
        bench.pass(.seconds(1_200))
        #expect(
            bench.told.isEmpty && bench.state().firing == before.state().firing && bench.state().since == before.state().since)
        expectSame(bench)
        bench.read("100")
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.recovered]])
    }

    @Test func `what this process told stands, and nothing is left of what stood in its place`() {
        let before = fired()
        var bench = later(than: before)
        bench.read("39")
        bench.read("38")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low]])
        let mine = bench.state().firing
        bench.ledger.learn(before.kept)
        bench.run()
        #expect(bench.state().firing == mine && mine != before.state().firing)
        expectSame(bench)
    }

    @Test func `a store that was begun anew, or that is an older one, gets all that is known and nothing else`() {
        var bench = fired()
        bench.kept = AlertRecords()
        bench.ledger.mark(insteadOf: bench.kept)
        bench.run()
        #expect(bench.kept.events.count == 1)
        expectSame(bench)
        bench.kept = later(than: bench).kept
        bench.kept.events["evt_old"] = bench.kept.events.values.first
        bench.kept.mutes[AlertBench.account] = AlertBench.start
        bench.ledger.mark(insteadOf: bench.kept)
        bench.run()
        expectSame(bench)
    }

    @Test func `where another process told until now, what it kept is gone on with, but for a mute by hand`() {
        let before = fired()
        var bench = later(than: before)
        let until = bench.now.advanced(by: .seconds(7_200))
        bench.ledger.mute(AlertBench.account, until: until, now: bench.now)
        bench.ledger.takeOver(before.kept)
        bench.run()
        #expect(bench.state().firing == before.state().firing && bench.kept.mutes == [AlertBench.account: until])
        bench.read("30")
        bench.read("30")
        bench.pass(.seconds(600))
        #expect(bench.told.isEmpty)
    }

    @Test func `what could not be kept is marked as it is by now`() {
        var bench = fired()
        bench.ledger.mark(insteadOf: AlertRecords())
        let older = bench.ledger.takeChanges()
        bench.ledger.mute(AlertBench.account, until: bench.now, now: bench.now)
        bench.kept.apply(bench.ledger.takeChanges())
        bench.ledger.putBack(older)
        bench.read("100")
        bench.read("100")
        bench.pass(.seconds(60))
        bench.ledger.putBack(older)
        bench.kept.apply(bench.ledger.takeChanges())
        expectSame(bench)
    }
}
