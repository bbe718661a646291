import BursarModel
import Testing

@testable import BursarUpstream

@Suite struct DriftLedgerTests {
    private let acme = ProviderID("acme"), other = ProviderID("other")

    @Test func `each thing is told once a provider, and anew when its definition is another`() throws {
        let acme = try #require(acme), other = try #require(other)
        var ledger = DriftLedger()
        #expect(ledger.news(["a is null", "b is missing"], of: acme) == ["a is null", "b is missing"])
        #expect(ledger.news(["a is null", "c is null"], of: acme) == ["c is null"])
        #expect(ledger.news(["a is null"], of: other) == ["a is null"])
        ledger.forget(acme)
        #expect(ledger.news(["a is null"], of: acme) == ["a is null"])
        #expect(ledger.news(["a is null"], of: other) == [])
    }

    @Test func `a list whose every element drifts fills no log`() throws {
        let acme = try #require(acme)
        var ledger = DriftLedger()
        let all = (0..<100).flatMap { ledger.news(["list[\($0)] is null"], of: acme) }
        #expect(all.count == DriftLedger.mostTold)
    }
}
