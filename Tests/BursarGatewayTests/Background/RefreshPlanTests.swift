import BursarModel
import Testing

@testable import BursarGateway

@Suite struct RefreshPlanTests {
    private func plan(_ count: Int, _ interval: Duration, from now: MonotonicTime = .init(nanoseconds: 0)) -> RefreshPlan {
        var random = SystemRandomNumberGenerator()
        return RefreshPlan(
            (0..<count).map { .init(index: $0, interval: interval, share: random.next()) }, from: now)
    }

    @Test func `each account is due once an interval`() throws {
        var plan = plan(1_000, .seconds(300), from: MonotonicTime(nanoseconds: 17_000_000_000))
        var seen = [Int](repeating: 0, count: 1_000)
        var now = MonotonicTime(nanoseconds: 17_000_000_000)
        let end = now.advanced(by: .seconds(3_000))
        while let next = plan.next, next < end {
            #expect(next >= now)
            now = next
            for index in plan.due(at: now) { seen[index] += 1 }
        }
        #expect(seen.allSatisfy { $0 == 10 })
    }

    @Test func `calls are spread over the interval`() {
        var plan = plan(10_000, .seconds(300))
        var most = 0
        for second in 1...300 { most = max(most, plan.due(at: MonotonicTime(nanoseconds: Int64(second) * 1_000_000_000)).count) }
        // 33 a second on average; Poisson's tail at ten thousand rounds of this test stays far below.
        #expect(most < 90, "\(most) in one second")
    }

    @Test func `a night's sleep is not made up for`() {
        var plan = plan(1_000, .seconds(60))
        _ = plan.due(at: MonotonicTime(nanoseconds: 60_000_000_000))
        let morning = plan.due(at: MonotonicTime(nanoseconds: 8 * 3_600 * 1_000_000_000))
        #expect(morning.count < 10)
    }

    @Test func `the same accounts are due at the same moments after a reload`() throws {
        let items = [RefreshPlan.Item(index: 0, interval: .seconds(60), share: .max / 3)]
        let first = try #require(RefreshPlan(items, from: MonotonicTime(nanoseconds: 5_000_000_000)).next)
        let second = try #require(RefreshPlan(items, from: MonotonicTime(nanoseconds: 12_000_000_000)).next)
        #expect(first == second)
    }

    @Test func `two intervals do not hinder one another`() {
        var plan = RefreshPlan(
            [.init(index: 0, interval: .seconds(10), share: 0), .init(index: 1, interval: .seconds(25), share: 0)],
            from: MonotonicTime(nanoseconds: 1))
        var log: [String] = []
        while let next = plan.next, next <= MonotonicTime(nanoseconds: 50_000_000_000) {
            log.append("\(next.nanoseconds / 1_000_000_000):\(plan.due(at: next).sorted())")
        }
        #expect(log == ["10:[0]", "20:[0]", "25:[1]", "30:[0]", "40:[0]", "50:[0, 1]"])
    }

    @Test func `nothing is due where nothing is planned`() {
        var plan = RefreshPlan([], from: MonotonicTime(nanoseconds: 0))
        #expect(plan.next == nil)
        #expect(plan.due(at: .distantFuture).isEmpty)
    }
}
