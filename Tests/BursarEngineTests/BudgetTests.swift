import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `The call budget` {
    private func limited() -> Bench {
        var bench = Bench()
        bench.policy.budget = CallBudget(calls: 3, window: .seconds(60))
        return bench
    }

    @Test func `no window holds more calls than the budget, and the caller is told when the next may come`() {
        var bench = limited()
        let first = bench.now
        for _ in 0..<3 {
            _ = bench.succeed(bench.start())
            bench.pass(.seconds(10))
        }
        #expect(bench.status?.budgetLeft == 0 && bench.status?.callsMade == 3)
        let until = first.advanced(by: .seconds(60))
        guard case .blocked(let view, .limited(let told)) = bench.request(.newest) else { return unexpected("not limited") }
        #expect(told == until && bench.status?.nextAttempt == until)
        #expect(view.status == .fresh && view.problem == nil, "what is held is served, and nothing has failed")

        bench.now = first.advanced(by: .seconds(60) - .nanoseconds(1))
        #expect(bench.start() == nil)
        bench.now = until
        #expect(bench.start() != nil)
    }

    @Test func `the immediate retry costs too`() {
        var bench = limited()
        bench.policy.budget = CallBudget(calls: 1, window: .seconds(60))
        guard case .settled = bench.fail(bench.start(), CallFailure(code: .unreachable)) else {
            return unexpected("retried beyond the budget")
        }
    }

    @Test func `a row without value or failure says rate_limited when our own limit is why`() {
        var bench = limited()
        bench.policy.staleFor = .seconds(1)
        bench.policy.ttl = .seconds(1)
        for _ in 0..<3 { _ = bench.succeed(bench.start()) }
        bench.pass(.seconds(10))
        guard case .blocked(let view, .limited(let until)) = bench.request() else { return unexpected("not limited") }
        #expect(view.status == .unavailable && view.problem == Problem(code: .rateLimited, retryAt: until.wall))
    }

    @Test func `a row that an older failure explains tells the budget's end`() {
        func row(after failure: CallFailure) -> (view: AccountView, until: Moment)? {
            var bench = Bench()
            bench.policy.budget = CallBudget(calls: 1, window: .seconds(3_600))
            bench.fail(bench.start(), failure)
            bench.pass(.seconds(400))
            guard case .blocked(let view, .limited(let until)) = bench.request() else { return nil }
            return (view, until)
        }
        let told = row(after: CallFailure(code: .rateLimited, upstreamStatus: 429, hint: FailureRow.seventeen))
        #expect(told?.view.problem == told.map { Problem(code: .rateLimited, upstreamStatus: 429, retryAt: $0.until.wall) })
        let rejected = row(after: CallFailure(code: .unauthorized, upstreamStatus: 401))
        #expect(
            rejected?.view.problem
                == rejected.map { Problem(code: .unauthorized, upstreamStatus: 401, retryAt: $0.until.wall) })
    }

    @Test func `clearing a cooldown frees no budget`() {
        var bench = limited()
        for _ in 0..<3 { _ = bench.succeed(bench.start()) }
        _ = bench.machine.cooldownCleared(bench.key, now: bench.now)
        #expect(bench.start() == nil)
    }

    @Test func `a budget is at least one call a millisecond`() {
        let none = CallBudget(calls: 0, window: .zero)
        #expect(none.calls == 1 && none.window == .milliseconds(1))
    }
}
