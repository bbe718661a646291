import BursarModel
import Testing

@testable import BursarInsight

@Suite struct `What a target should have by now` {
    private static let other = AlertBench.account("b")

    @Test func `is what was tried in vain, unless its account is muted`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "http_500", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.overdue == 1)
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(7_200)), now: bench.now)
        #expect(bench.ledger.pending("ops") == 1 && bench.overdue == 0)
        bench.pass(.seconds(7_200))
        #expect(bench.overdue == 1)
    }

    @Test func `is nothing that began while its account is muted`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(7_200)), now: bench.now)
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.ledger.pending("ops") == 1 && bench.overdue == 0)
    }

    @Test func `is nothing that gathers or waits for the rate, and all that nothing holds`() {
        var bench = AlertBench(
            [AlertBench.below(50)], accounts: [AlertBench.account, Self.other], targets: [AlertTarget(name: "ops", perHour: 1)])
        for value in ["40", "39"] { bench.read(value) }
        #expect(bench.ledger.pending("ops") == 1 && bench.overdue == 0)
        #expect(bench.ledger.overdue("ops", bench.now.advanced(by: AlertTiming.gathering)) == 1)
        bench.pass(.seconds(60))
        #expect(bench.told.count == 1 && bench.ledger.pending("ops") == 0)
        for value in ["40", "39"] { bench.read(value, of: Self.other) }
        bench.pass(.seconds(1_800))
        #expect(bench.ledger.pending("ops") == 1 && bench.overdue == 0)
        #expect(bench.ledger.overdue("ops", bench.now.advanced(by: AlertTiming.rateWindow)) == 1)
    }
}

extension AlertBench {
    fileprivate var overdue: Int { ledger.overdue("ops", now) }
}
