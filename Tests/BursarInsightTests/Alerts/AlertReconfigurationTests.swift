import BursarModel
import Testing

@testable import BursarInsight

/// What was judged, queued or answered by one configuration says nothing of the next.
@Suite struct `Alerts and another configuration` {
    /// One is under way to the first address while the second one is configured.
    private func moved(takesStates: Bool) throws -> AlertBench {
        var bench = AlertBench(
            [AlertBench.below(50)], targets: [AlertTarget(name: "ops", takesStates: takesStates, fingerprint: "1")])
        for _ in 0..<2 {
            bench.now = bench.now.advanced(by: .seconds(1))
            bench.ledger.read(AlertBench.account, AlertBench.amounts("40"), at: bench.now, now: bench.now)
        }
        bench.now = bench.now.advanced(by: .seconds(31))
        #expect(bench.ledger.takeDue(bench.now).map(\.target) == ["ops"])
        bench.targets = [AlertTarget(name: "ops", takesStates: takesStates, fingerprint: "2")]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        return bench
    }

    @Test(arguments: [false, true])
    func `the old address that is gone does not pause the corrected one`(_ takesStates: Bool) throws {
        var bench = try moved(takesStates: takesStates)
        bench.ledger.finished("ops", .gone(status: 404), now: bench.now)
        bench.run()
        #expect(bench.ledger.pausedStatus("ops") == nil && bench.kept.targets["ops"]?.pausedWith == nil)
        bench.pass(.seconds(61))
        #expect(!bench.told.isEmpty && bench.ledger.records.deliveries.isEmpty)
        bench.restart()
        #expect(bench.ledger.pausedStatus("ops") == nil)
    }

    @Test(arguments: [false, true])
    func `the old address being gone is a failure, and its Retry-After is not kept`(_ takesStates: Bool) throws {
        var bench = try moved(takesStates: takesStates)
        let taken = bench.ledger.finished("ops", .gone(status: 410), now: bench.now)
        #expect(taken == .failed(reason: "http_410", mayHaveArrived: false, retryAfter: nil))
        bench = try moved(takesStates: takesStates)
        let busy = AlertOutcome.failed(reason: "http_429", mayHaveArrived: false, retryAfter: .seconds(800))
        bench.ledger.finished("ops", busy, now: bench.now)
        bench.run()
        #expect(bench.told.count == 1)
    }

    @Test func `a corrected target waits for no back-off of the old address, and has a schedule of its own`() {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", fingerprint: "1")])
        bench.outcome = { _ in .failed(reason: "unresolved", mayHaveArrived: false, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(10 * 3_600))
        // The next is in ten hours.
        #expect(bench.told.count == 6)
        bench.targets = [AlertTarget(name: "ops", fingerprint: "2")]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        bench.run()
        #expect(bench.told.count == 7)
        bench.pass(.seconds(10))
        #expect(bench.told.count == 8 && Set(bench.told.map(\.id)).count == 1)
    }

    @Test func `a message whose last attempt went to the old address is not given up`() {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", fingerprint: "1")])
        bench.outcome = { _ in .failed(reason: "unresolved", mayHaveArrived: false, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        while bench.told.count < AlertTiming.retries.count { bench.pass(.seconds(3_600)) }
        bench.now = bench.now.advanced(by: AlertTiming.longestDelay)
        let last = bench.ledger.takeDue(bench.now)
        #expect(last.map(\.attempt) == [AlertTiming.retries.count + 1])
        bench.targets = [AlertTarget(name: "ops", fingerprint: "2")]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        let unresolved = AlertOutcome.failed(reason: "unresolved", mayHaveArrived: false, retryAfter: nil)
        bench.ledger.finished("ops", unresolved, now: bench.now)
        bench.outcome = { _ in .delivered }
        bench.run()
        #expect(bench.told.last?.id == last.first?.id && bench.told.last?.attempt == 1 && bench.ledger.givenUp.isEmpty)
        #expect(bench.ledger.records.messages.isEmpty)
    }

    @Test(arguments: [false, true])
    func `an attempt that was cancelled before it began is made again`(_ takesStates: Bool) throws {
        var bench = try moved(takesStates: takesStates)
        bench.ledger.finished("ops", .failed(reason: "cancelled", mayHaveArrived: false, retryAfter: nil), now: bench.now)
        bench.pass(.seconds(61))
        #expect(!bench.told.isEmpty)
    }

    @Test func `a reading below the old limit fires nothing by the new one`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("40")
        bench.ledger.configure(rules: [AlertBench.account: [AlertBench.below(30)]], targets: bench.targets)
        #expect(bench.ledger.listing(bench.now).map(\.facts) == [nil])
        bench.pass(.seconds(700))
        #expect(bench.told.isEmpty && bench.state().firing == nil)
        // Two that are below the new one do.
        bench.read("29")
        #expect(bench.state().firing == nil)
        bench.read("28")
        #expect(bench.state().firing != nil)
    }

    @Test func `nor does a rule of the same name that asks something else`() {
        func named(_ condition: AlertRule.Condition) -> [AccountID: [AlertRule]] {
            [AlertBench.account: [AlertRule(name: "below", condition: condition, targets: ["ops"])]]
        }
        for next in [AlertRule.Condition.keyRejected, .unavailable(.seconds(1_800))] {
            for isRestart in [false, true] {
                var bench = AlertBench([AlertBench.below(50)])
                bench.read("40")
                bench.rules = named(next)
                if isRestart { bench.restart() } else { bench.ledger.configure(rules: bench.rules, targets: bench.targets) }
                bench.fail(.unauthorized)
                #expect(bench.state().firing == nil, "\(next) after one failure")
            }
        }
        var bench = AlertBench([
            AlertRule(name: "below", condition: .below(ExactDecimal(50), unit: AmountUnit("credits")), targets: ["ops"])
        ])
        bench.read("40")
        bench.ledger.configure(rules: named(.below(ExactDecimal(50), unit: nil)), targets: bench.targets)
        bench.read("39")
        #expect(bench.state().firing == nil, "of whatever unit the row's own amount has, one reading was seen")
    }

    @Test func `nor does one that the process before kept`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("40")
        bench.rules = [AlertBench.account: [AlertBench.below(30)]]
        bench.restart()
        bench.read("29")
        #expect(bench.state().firing == nil)
        bench.read("28")
        #expect(bench.state().firing != nil)
    }

    @Test func `an outage goes on from its first sign where it has to last less long from now on`() throws {
        func rule(_ seconds: Int64) -> [AccountID: [AlertRule]] {
            [AlertBench.account: [AlertRule(name: "r", condition: .unavailable(.seconds(seconds)), targets: ["ops"])]]
        }
        var bench = AlertBench([AlertRule(name: "r", condition: .unavailable(.seconds(3_600)), targets: ["ops"])])
        let first = bench.now
        bench.ledger.failed(AlertBench.account, .timeout, at: bench.now, now: bench.now)
        bench.now = bench.now.advanced(by: .seconds(3_000))
        bench.ledger.configure(rules: rule(1_800), targets: bench.targets)
        bench.ledger.failed(AlertBench.account, .timeout, at: bench.now, now: bench.now)
        let state = try #require(bench.ledger.records.states[AlertKey(AlertBench.account, "r")])
        #expect(state.since == first || state.candidate?.since == first)
    }

    @Test func `other receivers of a rule leave what was judged alone`() {
        var bench = AlertBench([AlertBench.below(50)], targets: ["ops", "phone"].map { AlertTarget(name: $0) })
        bench.read("40")
        let rule = AlertBench.below(50, to: ["ops", "phone"], repeats: .seconds(3_600))
        bench.ledger.configure(rules: [AlertBench.account: [rule]], targets: bench.targets)
        bench.read("39")
        #expect(bench.state().firing != nil)
    }

    @Test func `a target that is told states from now on has nothing left to be sent as a message`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        #expect(!bench.ledger.records.deliveries.isEmpty)
        bench.targets = [AlertTarget(name: "ops", takesStates: true)]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        bench.pass(.seconds(61))
        #expect(bench.ledger.records.deliveries.isEmpty && bench.kept.deliveries.isEmpty)
        #expect(bench.kinds.isEmpty && !bench.told.isEmpty)
    }
}
