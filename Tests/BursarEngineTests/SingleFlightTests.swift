import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `Single-flight` {
    @Test func `a thousand callers on a cold credential are one call, and each is woken once`() {
        var bench = Bench()
        guard case .start(let start) = bench.request() else { return unexpected("not started") }
        for _ in 2...1_000 { #expect(bench.request() == .join(start.id)) }
        #expect(bench.status?.waiters == 1_000)
        guard case .settled(let wake, _, _) = bench.succeed(start) else { return unexpected("not settled") }
        #expect(wake.map(\.rawValue).sorted() == Array(1...1_000))
        #expect(bench.status?.waiters == 0 && bench.status?.callsMade == 1)
    }

    @Test func `a caller that leaves, the first one too, ends only its own wait`() {
        var bench = Bench()
        guard case .start(let start) = bench.request() else { return unexpected("not started") }
        _ = bench.request()
        bench.machine.waiterLeft(bench.key, WaiterID(1))
        #expect(bench.view.isRefreshing)
        guard case .settled(let wake, _, _) = bench.succeed(start) else { return unexpected("not settled") }
        #expect(wake == [WaiterID(2)])
    }

    @Test func `when all have left the result still lands`() {
        var bench = Bench()
        guard case .start(let start) = bench.request() else { return unexpected("not started") }
        bench.machine.waiterLeft(bench.key, WaiterID(1))
        guard case .settled(wake: [], let view, changed: true) = bench.succeed(start) else { return unexpected("not settled") }
        #expect(view.status == .fresh)
    }

    @Test func `a refresh can be asked for by nobody`() {
        var bench = Bench()
        let action = bench.machine.requested(bench.key, policy: bench.policy, demand: .newest, waiter: nil, now: bench.now)
        guard case .start(let start) = action else { return unexpected("not started") }
        guard case .settled(wake: [], _, _) = bench.succeed(start) else { return unexpected("somebody was woken") }
    }

    @Test func `an overdue call answers its waiters, blocks during its backoff, is joined after it, and lands late`() {
        var bench = Bench()
        guard case .start(let start) = bench.request() else { return unexpected("not started") }
        #expect(start.timeout == .seconds(5) && start.hardDeadline == .seconds(20))
        bench.pass(.seconds(5))
        guard case .timedOut(let wake, let view) = bench.machine.callOverdue(bench.key, call: start.id, now: bench.now)
        else { return unexpected("not overdue") }
        #expect(wake == [WaiterID(1)])
        #expect(view.status == .unavailable && view.problem?.code == .timeout && view.isRefreshing)
        #expect(bench.machine.callOverdue(bench.key, call: start.id, now: bench.now) == .ignored)

        guard case .blocked(_, .backingOff) = bench.request() else { return unexpected("not backing off") }
        bench.pass(.seconds(2))
        #expect(bench.request() == .join(start.id), "never a second call beside it")
        guard case .settled(let late, let after, changed: true) = bench.succeed(start) else { return unexpected("lost") }
        #expect(late == [WaiterID(bench.lastWaiter)])
        #expect(after.status == .fresh && after.problem == nil && after.hold == nil)
        #expect(bench.succeed(start) == .ignored)
    }

    @Test func `with a stale reading an overdue call costs nobody any wait`() {
        var bench = Bench.warm()
        guard let start = bench.start(.anyCached) else { return unexpected("not started") }
        bench.pass(.seconds(5))
        _ = bench.machine.callOverdue(bench.key, call: start.id, now: bench.now)
        bench.pass(.seconds(10))
        guard case .stale(let view, refresh: nil) = bench.request() else { return unexpected("not served stale") }
        #expect(view.problem?.code == .timeout)
    }

    @Test func `the late end of an overdue call is no second failure, but what it says holds`() {
        var bench = Bench()
        let start = bench.start()
        bench.pass(.seconds(5))
        if let start { _ = bench.machine.callOverdue(bench.key, call: start.id, now: bench.now) }
        #expect(bench.status?.breaker == .closed(failures: 1))
        bench.pass(.seconds(1))
        bench.fail(start, CallFailure(code: .upstreamError, upstreamStatus: 500))
        #expect(bench.status?.breaker == .closed(failures: 1) && bench.view.problem?.code == .upstreamError)

        bench.pass(.seconds(2))
        let second = bench.start()
        bench.pass(.seconds(5))
        if let second { _ = bench.machine.callOverdue(bench.key, call: second.id, now: bench.now) }
        bench.fail(second, CallFailure(code: .rateLimited, upstreamStatus: 429, hint: FailureRow.seventeen))
        #expect(bench.view.hold?.until == bench.now.advanced(by: .seconds(17)) && bench.view.hold?.kind == .cooldown)
    }

    @Test func `the end of a call that is not in flight changes nothing`() {
        var bench = Bench()
        let first = bench.start()
        _ = bench.succeed(first)
        let before = bench.view
        #expect(bench.fail(first, CallFailure(code: .forbidden, upstreamStatus: 403)) == .ignored)
        #expect(bench.succeed(first, key: Bench.key(9)) == .ignored, "a stranger's key")
        #expect(bench.view == before)
    }

    @Test func `the retry takes the waiters along, fits into what is left of the timeout, and is made once`() {
        var bench = Bench()
        let start = bench.start()
        _ = bench.request()
        bench.pass(.seconds(2))
        guard case .retry(let retry) = bench.fail(start, CallFailure(code: .unreachable)) else {
            return unexpected("no retry")
        }
        #expect(retry.timeout == .seconds(3) && retry.hardDeadline == .seconds(18))
        #expect(bench.view.problem == nil, "nothing to tell yet")
        #expect(bench.succeed(start) == .ignored, "the first attempt is over")
        guard case .settled(let wake, _, _) = bench.fail(retry, CallFailure(code: .unreachable)) else {
            return unexpected("a second retry")
        }
        #expect(wake.count == 2)
    }

    @Test func `no retry when half of the timeout is gone, nor while the calls before failed too`() {
        var bench = Bench()
        let start = bench.start()
        bench.pass(.milliseconds(2_501))
        guard case .settled = bench.fail(start, CallFailure(code: .unreachable)) else { return unexpected("retried late") }
        bench.pass(.seconds(2))
        guard case .settled = bench.fail(bench.start(), CallFailure(code: .unreachable)) else {
            return unexpected("an outage is asked twice as often")
        }
    }
}
