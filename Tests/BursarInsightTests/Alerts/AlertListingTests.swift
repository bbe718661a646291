import BursarModel
import Testing

@testable import BursarInsight

@Suite struct `A list of alerts` {
    private static let rules = [
        AlertBench.below(50), AlertRule(name: "key_rejected", condition: .keyRejected, targets: ["ops"])
    ]

    @Test(arguments: [ProblemCode.unauthorized, .forbidden])
    func `has no amount of before a rejection, until the key is taken again`(_ code: ProblemCode) {
        var bench = AlertBench(Self.rules)
        bench.read("950")
        #expect(bench.ledger.listing(bench.now).map { $0.facts?.value } == [ExactDecimal(950), ExactDecimal(950)])
        bench.fail(.timeout)
        #expect(bench.ledger.listing(bench.now).first?.facts?.value == ExactDecimal(950))
        bench.fail(code)
        #expect(bench.ledger.listing(bench.now).allSatisfy { $0.facts?.value == nil && $0.facts?.unit == nil })
        bench.fail(.timeout)
        #expect(bench.ledger.listing(bench.now).allSatisfy { $0.facts?.value == nil })
        bench.read("12")
        #expect(bench.ledger.listing(bench.now).first?.facts?.value == ExactDecimal(12))
    }

    @Test func `has no amount that another key brought, and does not know how things stand`() {
        var bench = AlertBench(Self.rules)
        bench.read("40")
        bench.ledger.keyReplaced(AlertBench.account)
        // Nothing contradicts it for ten minutes; but it was the other key's.
        bench.pass(.seconds(3_600))
        let listing = bench.ledger.listing(bench.now)
        #expect(listing.allSatisfy { $0.facts?.value == nil && $0.state.word == .unknown } && bench.kinds.isEmpty)
        bench.read("950")
        #expect(bench.ledger.listing(bench.now).first?.facts?.value == ExactDecimal(950))
        #expect(bench.ledger.listing(bench.now).first?.state.word == .ok)
    }

    @Test func `names who took it, not who may have, and knows over a restart who is tried again`() {
        var bench = AlertBench(Self.rules)
        bench.outcome = { _ in .failed(reason: "http_500", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        #expect(!bench.ledger.isRetrying("ops"))
        bench.pass(.seconds(60))
        #expect(bench.state().told.keys.sorted() == ["ops"])
        #expect(bench.ledger.listing(bench.now).first?.told == [] && bench.ledger.isRetrying("ops"))
        bench.restart()
        #expect(bench.ledger.listing(bench.now).first?.told == [] && bench.ledger.isRetrying("ops"))
        bench.outcome = { _ in .delivered }
        bench.pass(.seconds(600))
        #expect(bench.ledger.listing(bench.now).first?.told == ["ops"] && !bench.ledger.isRetrying("ops"))
    }
}
