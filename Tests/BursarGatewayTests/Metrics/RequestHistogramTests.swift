import BursarHTTP
import BursarModel
import NIOCore
import NIOPosix
import Testing

@testable import BursarGateway

@Suite struct RequestHistogramTests {
    private func record(_ status: Int = 200, path: String = "/v1/balances") -> RequestRecord {
        RequestRecord(
            id: RequestID(value: 1), method: "GET", path: path, status: status, bytes: 0, duration: .zero, peer: "", listener: "",
            version: .http1_1)
    }

    @Test func `a duration counts in the first bucket that holds it`() {
        let histogram = RequestHistogram()
        for duration in [TimeAmount.zero, .microseconds(100), .nanoseconds(100_001), .milliseconds(1), .seconds(10), .seconds(11)]
        {
            histogram.observe(duration)
        }
        histogram.quickest.tick()
        var expected = [Int](repeating: 0, count: RequestHistogram.bounds.count + 1)
        (expected[0], expected[1], expected[2]) = (3, 1, 1)
        (expected[expected.count - 2], expected[expected.count - 1]) = (1, 1)
        #expect(histogram.counts == expected)
        #expect(histogram.total == .nanoseconds(100_000 + 100_001 + 1_000_000 + 21_000_000_000))
        #expect(RequestHistogram.bounds == RequestHistogram.bounds.sorted())
    }

    @Test func `event loops count for themselves, and nothing is lost`() async throws {
        let counts = RequestCounts(on: MultiThreadedEventLoopGroup.singleton)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 4)
        let record = record()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for loop in group.makeIterator() {
                for _ in 0..<3 {
                    tasks.addTask {
                        try await loop.submit {
                            let own = counts.ofThisLoop()
                            for _ in 0..<10_000 { own.histogram(RequestSeries(record)).observe(.microseconds(3)) }
                        }.get()
                    }
                }
            }
            for _ in 0..<100 { _ = counts.totals { $0 } }
            try await tasks.waitForAll()
        }
        let totals = counts.totals { $0 }
        #expect(totals.count == 1 && totals.values.first?.requests == 120_000)
        #expect(totals.values.first?.duration == .milliseconds(360))
        try await group.shutdownGracefully()
    }

    @Test func `a status that this server does not send counts as its class`() {
        #expect(RequestSeries(record(418)).status == 400)
        #expect(RequestSeries(record(599)).status == 500)
        #expect(RequestSeries(record(0)).status == 0)
        #expect(RequestSeries(record(429)).status == 429)
    }

    @Test func `a number of seconds and a time are written to the last digit`() {
        #expect(Duration.nanoseconds(1_500_000_001).secondsText == "1.500000001")
        #expect(Duration.microseconds(100).secondsText == "0.0001")
        #expect(Duration.zero.secondsText == "0")
        #expect(Duration.milliseconds(-250).secondsText == "-0.25")
        var text = PrometheusText()
        text.family("a_total", .counter, "A.")
        text.sample(MetricLabels([("a", "q\"\\\nz")]).with("b", nil as String?).with("c", "1"), "2")
        #expect(String(decoding: text.bytes, as: UTF8.self).hasSuffix(#"a_total{a="q\"\\\nz",c="1"} 2"# + "\n"))
    }
}
