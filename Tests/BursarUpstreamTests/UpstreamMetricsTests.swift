import BursarModel
import BursarUpstream
import Testing

@Suite struct UpstreamMetricsTests {
    @Test func `calls are counted by provider and outcome, with their durations`() throws {
        let metrics = UpstreamMetrics()
        let provider = try #require(ProviderID("p"))
        metrics.record(provider: provider, outcome: "ok", took: .milliseconds(10))
        metrics.record(provider: provider, outcome: "ok", took: .milliseconds(11))
        metrics.record(provider: provider, outcome: "timeout", took: .seconds(60))
        let counts = metrics.snapshot()
        #expect(counts.map(\.outcome) == ["ok", "timeout"])
        #expect(counts[0].count == 2)
        #expect(counts[0].total == .milliseconds(21))
        #expect(counts[0].buckets == [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(counts[1].buckets.last == 1)
    }
}
