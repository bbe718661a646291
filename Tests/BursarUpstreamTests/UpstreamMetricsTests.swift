import BursarModel
import BursarUpstream
import Testing

@Suite struct UpstreamMetricsTests {
    private func kind(_ status: Int? = 200, _ failure: UpstreamCallKind.Failure? = nil) throws -> UpstreamCallKind {
        UpstreamCallKind(
            provider: try #require(ProviderID("p")), server: UpstreamServer(baseURL: "https://api.example.com"), method: "GET",
            status: status, failure: failure)
    }

    @Test func `calls are counted by kind, with their durations`() throws {
        let metrics = UpstreamMetrics()
        metrics.record(try kind(), took: .milliseconds(5))
        metrics.record(try kind(), took: .milliseconds(6))
        let late = try kind(nil, .init(code: .timeout, errorType: "timeout"))
        metrics.record(late, took: .seconds(60))
        let counts = metrics.snapshot()
        #expect(counts.count == 2)
        let fine = try #require(counts[try kind()])
        #expect(fine.count == 2 && fine.total == .milliseconds(11) && fine.buckets.prefix(3) == [1, 1, 0])
        #expect(counts[late]?.buckets.last == 1)
    }

    @Test func `a status that is not in use counts as its class, so that a provider makes no series`() throws {
        #expect(try kind(418).status == 400)
        #expect(try kind(299).status == 200)
        #expect(try kind(999).status == 500)
        #expect(try kind(429).status == 429)
        #expect(try Set((100..<1_000).map { try kind($0).status }).count <= 42)
    }

    @Test(arguments: [
        ("https://api.example.com", "api.example.com", 443), ("http://127.0.0.1:9000/x", "127.0.0.1", 9_000),
        ("http://localhost", "localhost", 80), ("https://[::1]:8443", "::1", 8_443), ("https://[2001:db8::1]", "2001:db8::1", 443)
    ])
    func `a server is named by host and port`(url: String, address: String, port: Int) {
        let server = UpstreamServer(baseURL: url)
        #expect(server.address == address && server.port == port)
    }
}
