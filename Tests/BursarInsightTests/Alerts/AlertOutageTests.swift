import BursarModel
import Testing

@testable import BursarInsight

/// An outage is told by a failure that shows how long it lasts, and by nothing else.
@Suite struct `Alerts of outages` {
    private static func bench(_ length: Int64 = 60) -> AlertBench {
        AlertBench([AlertRule(name: "unavailable", condition: .unavailable(.seconds(length)), targets: ["ops"])])
    }

    @Test func `one failure is no outage, however long nobody asks, and is asked about once it is long enough`() throws {
        var bench = Self.bench()
        bench.fail(.upstreamError)
        let failed = bench.now
        #expect(bench.ledger.questions(bench.now).open.isEmpty)
        #expect(bench.ledger.questions(bench.now).next == failed.advanced(by: .seconds(60)))
        bench.pass(.seconds(3_600))
        #expect(bench.kinds.isEmpty && bench.state("unavailable").firing == nil)
        #expect(bench.ledger.questions(bench.now).open == [AlertBench.account])
        // It is well, and was all the time.
        bench.read("12")
        bench.pass(.seconds(3_600))
        #expect(bench.kinds.isEmpty && bench.ledger.questions(bench.now).open.isEmpty)
    }

    @Test func `a failure that is late enough is told at once, with its whole length`() throws {
        var bench = Self.bench()
        bench.fail(.upstreamError)
        let failed = bench.now
        bench.pass(.seconds(30))
        bench.fail(.timeout)
        bench.pass(.seconds(27))
        #expect(bench.state("unavailable").firing == nil)
        bench.pass(.seconds(1))
        bench.fail(.timeout)
        let state = bench.state("unavailable")
        #expect(state.firing != nil && state.since == failed && state.firedAt == failed.advanced(by: .seconds(60)))
        #expect(bench.ledger.questions(bench.now).open.isEmpty && bench.ledger.questions(bench.now).next == nil)
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.unknown]])
    }

    @Test func `an end tells the whole outage, with the time before it was told`() throws {
        var bench = Self.bench(1_800)
        bench.fail(.upstreamError)
        let failed = bench.now
        for _ in 0..<7 {
            bench.pass(.seconds(299))
            bench.fail(.upstreamError)
        }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.unknown]])
        bench.read("12")
        bench.pass(.seconds(60))
        let end = try #require(bench.events.last)
        #expect(end.kind == .known && end.since == failed)
        #expect(AlertWords(end, nil, now: bench.now).text.hasPrefix("It lasted 36 min"))
    }

    @Test func `what flaps is asked about once its hour is over`() {
        var bench = Self.bench()
        for seconds: Int64 in [0, 60] {
            bench.pass(.seconds(seconds))
            bench.fail(.timeout)
        }
        let fired = bench.now
        bench.read("12")
        bench.fail(.timeout)
        bench.pass(.seconds(600))
        bench.fail(.timeout)
        #expect(bench.state("unavailable").firing == nil && bench.ledger.questions(bench.now).open.isEmpty)
        #expect(bench.ledger.questions(bench.now).next == fired.advanced(by: AlertTiming.quiet))
        bench.pass(.seconds(3_600))
        #expect(bench.state("unavailable").firing == nil)
        bench.fail(.timeout)
        #expect(bench.state("unavailable").firing != nil)
    }

    @Test func `a clock that was set back makes no outage of the failure before`() {
        var bench = Self.bench()
        bench.fail(.timeout)
        bench.now = bench.now.advanced(by: .seconds(-86_400))
        bench.fail(.timeout)
        bench.pass(.seconds(30))
        #expect(bench.state("unavailable").firing == nil)
        bench.pass(.seconds(30))
        bench.fail(.timeout)
        #expect(bench.state("unavailable").firing != nil)
    }

    @Test func `after a restart the failures of before count, once there is one more`() {
        var bench = Self.bench()
        bench.fail(.timeout)
        bench.restart()
        bench.pass(.seconds(600))
        #expect(bench.state("unavailable").firing == nil)
        bench.fail(.timeout)
        #expect(bench.state("unavailable").firing != nil)
    }
}
