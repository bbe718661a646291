import BursarModel
import Testing

@testable import BursarInsight

/// An end names what its target was told, whatever becomes of the messages in between.
@Suite struct `Ends of what was told` {
    /// Low may have been told. While the account was muted it ended and began again, so many times. The mute is over, and nothing
    /// of that is told yet.
    private func muted(times: Int = 1) -> AlertBench {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(35))
        let length: Duration = .seconds(6 * 3_600)
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: length), now: bench.now)
        for _ in 0..<times {
            bench.read("100")
            bench.pass(.seconds(3_700))
            for value in ["40", "39"] { bench.read(value) }
        }
        bench.now = bench.now.advanced(by: length)
        return bench
    }

    @Test(arguments: [AlertOutcome.delivered, .failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil)])
    func `the end of what a message under way began is told by another message`(_ outcome: AlertOutcome) throws {
        var bench = muted()
        let first = try #require(bench.events.first?.id)
        bench.ledger.tick(bench.now)
        bench.told = bench.ledger.takeDue(bench.now)
        #expect(bench.kinds == [[.recovered, .low]])
        let earlier = try #require(bench.events.first)
        let second = try #require(bench.events.last)
        bench.ledger.read(AlertBench.account, AlertBench.amounts("100"), at: bench.now, now: bench.now)
        bench.ledger.finished("ops", outcome, now: bench.now)
        bench.outcome = { _ in .delivered }
        bench.pass(.seconds(60))
        let end = try #require(bench.events.last)
        #expect(end.kind == .recovered && end.firing == second.id && end.id != earlier.id)
        // A receiver drops what has the id of a message that it has.
        #expect(bench.told.last?.id != bench.told.first?.id)
        let again = bench.events.filter { $0.id == earlier.id }
        #expect(again.allSatisfy { $0.firing == first })
        #expect(bench.state().told.isEmpty && bench.ledger.records.deliveries.isEmpty)
    }

    @Test func `an end that is tried in vain does not stand for the end of what began with it, nor for a later one`() throws {
        var bench = muted()
        bench.run()
        let second = try #require(bench.events.last)
        #expect(bench.kinds.last == [.recovered, .low])
        for value in ["100", "40", "39", "100"] { bench.read(value) }
        bench.outcome = { _ in .delivered }
        bench.pass(.seconds(60))
        #expect(bench.events.last?.kind == .recovered && bench.events.last?.firing == second.id)
        #expect(bench.state().told.isEmpty && bench.ledger.records.deliveries.isEmpty)
    }

    // It named the newer event, of which nobody there had heard.
    @Test func `a reminder names the event that its target was told, and since when that was`() throws {
        let day: Duration = .seconds(86_400)
        var bench = AlertBench([AlertBench.below(50, repeats: day)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(35))
        let first = try #require(bench.events.first)
        #expect(bench.kinds == [[.low]])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(5 * 3_600)), now: bench.now)
        bench.read("100")
        bench.pass(.seconds(3_700))
        for value in ["38", "37"] { bench.read(value) }
        bench.pass(.seconds(6 * 3_600))
        #expect(bench.kinds == [[.low]], "for this target nothing has changed")
        bench.pass(day)
        let reminder = try #require(bench.events.last)
        #expect(reminder.isReminder && reminder.firing == first.id && reminder.since == first.since)
        bench.read("100")
        bench.pass(.seconds(60))
        let end = try #require(bench.events.last)
        #expect(end.kind == .recovered && end.firing == first.id && end.since == first.since)
        #expect(end.before?.value == first.facts.value)
    }

    @Test func `an end names the same event in each attempt`() throws {
        var bench = muted(times: 2)
        let first = try #require(bench.events.first?.id)
        bench.told = []
        bench.outcome = { dispatch in
            dispatch.attempt == 1 ? .failed(reason: "refused", mayHaveArrived: false, retryAfter: nil) : .delivered
        }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.recovered, .low], [.recovered, .low]])
        let ends = bench.events.filter(\.kind.isRecovery)
        #expect(ends.map(\.firing) == [first, first])
    }

    @Test func `an end that waits anew behind a target that was gone is told beside the next one`() throws {
        var bench = muted()
        let first = try #require(bench.events.first?.id)
        bench.run()
        let second = try #require(bench.events.last)
        bench.outcome = { _ in .gone(status: 410) }
        bench.pass(.seconds(10))
        #expect(bench.ledger.pausedStatus("ops") == 410)
        bench.read("100")
        bench.outcome = { _ in .delivered }
        bench.targets = [AlertTarget(name: "ops", fingerprint: "2")]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        bench.told = []
        bench.pass(.seconds(60))
        #expect(bench.events.map(\.kind) == [.recovered, .recovered] && bench.events.map(\.firing) == [first, second.id])
        #expect(bench.state().told.isEmpty && bench.ledger.records.deliveries.isEmpty)
    }
}
