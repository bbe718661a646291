import BursarBasics
import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `Backoff and circuit breaker` {
    private static let down = CallFailure(code: .upstreamError, upstreamStatus: 500)

    /// Seconds from now to the end of the hold.
    private func wait(_ bench: Bench) -> Double {
        guard let until = bench.view.hold?.until.monotonic else { return 0 }
        return Double(bench.now.monotonic.duration(to: until).nanoseconds) / 1e9
    }

    /// Passes the hold and fails the next call.
    private func failNext(_ bench: inout Bench, _ failure: CallFailure = down) -> CallStart? {
        if let until = bench.view.hold?.until { bench.now = until }
        let start = bench.start()
        bench.fail(start, failure)
        return start
    }

    @Test func `the first refresh is two calls, then backoff grows, and the fifth failure opens the circuit`() {
        var bench = Bench()
        bench.failForGood(bench.start(), Self.down)
        #expect((1...1.25).contains(wait(bench)) && bench.status?.breaker == .closed(failures: 2))
        _ = failNext(&bench)
        #expect((2...2.5).contains(wait(bench)) && bench.status?.breaker == .closed(failures: 3))
        _ = failNext(&bench)
        #expect((4...5).contains(wait(bench)) && bench.view.problem?.code == .upstreamError)
        _ = failNext(&bench)
        #expect(wait(bench) == 30 && bench.status?.breaker == .open(openings: 1))
        #expect(bench.status?.callsMade == 5)
        #expect(bench.view.problem == Problem(code: .circuitOpen, upstreamStatus: 500, retryAt: bench.view.hold?.until.wall))
        guard case .blocked(_, .open(until: bench.view.hold?.until)) = bench.request(.newest) else {
            return unexpected("not open")
        }
    }

    @Test func `an open circuit has the reason of the last call, and not that of an earlier one`() {
        var bench = Bench()
        let refused = CallFailure(code: .unreachable, reason: "connection_refused")
        bench.failForGood(bench.start(), refused)
        for _ in 0..<3 { _ = failNext(&bench, refused) }
        #expect(bench.view.problem?.code == .circuitOpen && bench.view.problem?.reason == "connection_refused")
        _ = failNext(&bench, CallFailure(code: .unreachable, reason: "name_not_resolved"))
        #expect(bench.view.problem?.code == .circuitOpen && bench.view.problem?.reason == "name_not_resolved")
    }

    @Test func `one probe after 30 s, then doubling to 10 min, and circuit_open until one succeeds`() {
        var bench = Bench()
        bench.failForGood(bench.start(), Self.down)
        for _ in 0..<3 { _ = failNext(&bench) }
        for expected in [60.0, 120, 240, 480, 600, 600] {
            let probe = failNext(&bench)
            #expect(probe?.kind == .probe && wait(bench) == expected)
            #expect(bench.view.problem?.code == .circuitOpen)
        }
        if let until = bench.view.hold?.until { bench.now = until }
        let probe = bench.start()
        #expect(bench.view.problem?.code == .circuitOpen, "still open while the probe is out")
        guard let probe else { return unexpected("no probe") }
        #expect(bench.request(.newest) == .join(probe.id), "one probe at a time")
        _ = bench.succeed(probe)
        #expect(bench.status?.breaker == .closed(failures: 0) && bench.view.problem == nil)
    }

    @Test func `an operator closes a circuit also when its wait is over, and the next failure is the first again`() {
        var bench = Bench()
        bench.failForGood(bench.start(), Self.down)
        for _ in 0..<3 { _ = failNext(&bench) }
        if let until = bench.view.hold?.until { bench.now = until }
        #expect(bench.status?.hold == nil && bench.status?.breaker == .open(openings: 1))
        guard case .cleared(let view) = bench.machine.cooldownCleared(bench.key, now: bench.now) else {
            return unexpected("not cleared")
        }
        #expect(view.hold == nil && view.problem == Problem(code: .upstreamError, upstreamStatus: 500))
        #expect(bench.status?.breaker == .closed(failures: 0))
        #expect(bench.machine.cooldownCleared(bench.key, now: bench.now) == .nothingToClear)
        bench.failForGood(bench.start(), Self.down)
        #expect((1...1.25).contains(wait(bench)) && bench.status?.breaker == .closed(failures: 2))
    }

    @Test func `a probe that hangs is no answer, and the next follows after 25 s`() {
        var bench = Bench()
        bench.failForGood(bench.start(), Self.down)
        for _ in 0..<3 { _ = failNext(&bench) }
        if let until = bench.view.hold?.until { bench.now = until }
        guard let probe = bench.start() else { return unexpected("no probe") }
        bench.pass(.seconds(5))
        _ = bench.machine.callOverdue(bench.key, call: probe.id, now: bench.now)
        #expect(wait(bench) == 25 && bench.status?.breaker == .open(openings: 1))
    }

    /// A name, a network or a machine that is back is seen within half a minute, however long it was away (C2).
    @Test(arguments: [ProblemCode.unreachable, .timeout])
    func `whom nobody hears is asked every 25 s, and only an answer makes that longer`(code: ProblemCode) {
        var bench = Bench()
        bench.failForGood(bench.start(), CallFailure(code: code))
        for _ in 0..<3 { _ = failNext(&bench, CallFailure(code: code)) }
        for _ in 0..<50 {
            #expect(wait(bench) == 25 && bench.status?.breaker == .open(openings: 1))
            _ = failNext(&bench, CallFailure(code: code))
        }
        _ = failNext(&bench, Self.down)
        #expect(wait(bench) == 60 && bench.status?.breaker == .open(openings: 2))
    }

    @Test func `a refusal in order closes the circuit, and no deadline moves back`() {
        var bench = Bench()
        bench.failForGood(bench.start(), Self.down)
        for _ in 0..<2 { _ = failNext(&bench) }
        if let until = bench.view.hold?.until { bench.now = until }
        guard let start = bench.start() else { return unexpected("no call") }
        _ = bench.machine.callOverdue(bench.key, call: start.id, now: bench.now)
        #expect(bench.view.problem?.code == .circuitOpen)
        let until = bench.view.hold?.until
        bench.fail(start, CallFailure(code: .rateLimited, upstreamStatus: 429, hint: FailureRow.seventeen))
        #expect(bench.view.problem?.code == .rateLimited && bench.view.hold?.until == until, "30 s stay, though 17 were told")
        #expect(bench.status?.breaker == .closed(failures: 0))
    }

    @Test func `backoff is capped at a minute and a quarter`() {
        var backoff = Backoff()
        var random = SplitMix64(seed: 3)
        var expected = 1.0
        for _ in 0..<2_000 {
            let delay = Double(backoff.failed(&random).nanoseconds) / 1e9
            #expect(delay >= expected && delay <= expected * 1.25)
            expected = min(expected * 2, 60)
        }
    }
}
