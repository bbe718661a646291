import Testing

@testable import BursarMocks

struct MockLedgerTests {
    private var ledger = MockLedger(providers: ["alpha", "beta"])

    @Test mutating func `without a scenario every key is ok, and counted by its fingerprint`() {
        #expect(ledger.called("alpha", key: "k1", named: nil) == .init(scenario: .ok, number: 1))
        #expect(ledger.called("alpha", key: "k1", named: nil) == .init(scenario: .ok, number: 2))
        #expect(ledger.called("alpha", key: "k2", named: nil) == .init(scenario: .ok, number: 1))
        #expect(ledger.providers["alpha"]?.calls == 3)
        #expect(ledger.providers["alpha"]?.keys["k1"]?.calls == 2)
        #expect(ledger.providers["beta"]?.calls == 0)
    }

    @Test mutating func `a scenario that the key names wins over the one that is set`() {
        ledger.set(.hang, times: 1, for: "alpha")
        #expect(ledger.called("alpha", key: "k", named: .html).scenario == .html)
        #expect(ledger.called("alpha", key: "k", named: nil).scenario == .hang)
        #expect(ledger.called("alpha", key: "k", named: nil).scenario == .ok)
    }

    @Test mutating func `a scenario set for three times answers three calls of whichever keys`() {
        ledger.set(.status(500), times: 3, for: "alpha")
        let scenarios = (1...4).map { ledger.called("alpha", key: "k\($0)", named: nil).scenario }
        #expect(scenarios == [.status(500), .status(500), .status(500), .ok])
    }

    @Test(arguments: [0, -1, Int.min])
    func `no times is the same as a reset`(times: Int) {
        var ledger = MockLedger(providers: ["alpha"])
        ledger.set(.hang, times: nil, for: "alpha")
        ledger.set(.html, times: times, for: "alpha")
        #expect(ledger.called("alpha", key: "k", named: nil).scenario == .ok)
    }

    @Test mutating func `setting begins the count of turns anew and keeps the count of calls`() {
        _ = ledger.called("alpha", key: "k", named: .drift)
        _ = ledger.called("alpha", key: "k", named: .drift)
        ledger.set(.drift, times: nil, for: "alpha")
        #expect(ledger.called("alpha", key: "k", named: nil).number == 1)
        #expect(ledger.providers["alpha"]?.keys["k"]?.scenarios == ["drift": 3])
    }

    @Test mutating func `everything is forgotten at once`() {
        ledger.set(.hang, times: nil, for: "alpha")
        _ = ledger.called("alpha", key: "k", named: nil)
        ledger.calledWithoutCredential("beta")
        ledger.redirectFollowed("beta")
        ledger.resetAll()
        #expect(ledger.providers == MockLedger(providers: ["alpha", "beta"]).providers)
    }

    @Test mutating func `a caller cannot fill the memory with keys or scenario names`() {
        for number in 0..<3_000 { _ = ledger.called("alpha", key: "k\(number)", named: nil) }
        for number in 1...300 { _ = ledger.called("beta", key: "k", named: .flaky(every: number)) }
        #expect(ledger.providers["alpha"]?.keys.count == MockLedger.mostKeys + 1)
        #expect(ledger.providers["alpha"]?.calls == 3_000)
        #expect(ledger.providers["alpha"]?.keys[MockLedger.others]?.calls == 2_000)
        #expect(ledger.providers["beta"]?.keys["k"]?.scenarios.count == MockLedger.mostScenarios + 1)
        #expect(ledger.providers["beta"]?.keys["k"]?.turns.count == MockLedger.mostScenarios + 1)
    }
}
