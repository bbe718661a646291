import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `What a store keeps` {
    /// The next process: another monotonic clock, the wall clock `elapsed` later.
    private func restarted(_ bench: Bench, after elapsed: Duration) -> Bench {
        var next = Bench(seed: 99)
        next.policy = bench.policy
        next.now = Moment(monotonic: MonotonicTime(nanoseconds: 5_000_000_000), wall: bench.now.wall.advanced(by: elapsed))
        guard let snapshot = bench.machine.snapshot(bench.key, now: bench.now) else { return next }
        let isTaken = next.machine.restored(next.key, snapshot, policy: next.policy, now: next.now)
        #expect(isTaken)
        return next
    }

    @Test func `a restored reading is stale at once, inside its ttl too, and keeps its time`() {
        var bench = Bench()
        _ = bench.succeed(bench.start())
        let fetchedAt = bench.now.wall
        var next = restarted(bench, after: .seconds(1))
        #expect(next.view.status == .stale && next.view.reading == Bench.reading() && next.view.problem == nil)
        #expect(next.view.fetchedAt?.wall == fetchedAt)
        #expect((next.view.expiresAt?.wall).map { $0 <= next.now.wall } == true)
        guard case .stale(_, .some) = next.request() else { return unexpected("no refresh") }
    }

    @Test func `stale_for goes on counting while the process is down`() {
        var bench = Bench()
        _ = bench.succeed(bench.start())
        #expect(restarted(bench, after: .seconds(86_429)).view.status == .stale)
        #expect(restarted(bench, after: .seconds(86_430)).view.status == .unavailable)
    }

    @Test func `a cooldown still holds, with its reason, for what is left of it`() {
        var bench = Bench.warm()
        let hint = CooldownHint(wait: .seconds(600), source: .retryAfterDate)
        bench.fail(bench.start(), CallFailure(code: .rateLimited, upstreamStatus: 429, hint: hint))
        var next = restarted(bench, after: .seconds(400))
        #expect(next.view.problem?.code == .rateLimited && next.status?.hold?.hint == hint)
        #expect(next.start() == nil)
        next.pass(.seconds(199))
        #expect(next.start() == nil)
        next.pass(.seconds(1) + .milliseconds(2))
        #expect(next.start() != nil)
    }

    @Test func `a clock set back lengthens no cooldown, not by a nanosecond`() {
        var bench = Bench.warm()
        bench.fail(bench.start(), CallFailure(code: .rateLimited, upstreamStatus: 429, hint: FailureRow.seventeen))
        let next = restarted(bench, after: .seconds(-1_000_000))
        #expect(next.view.hold?.until == next.now.advanced(by: .seconds(17)))
        #expect(next.view.fetchedAt.map { $0.wall <= next.now.wall } == true, "and no row tells a time to come")
    }

    @Test func `a file that tells of a year is not believed beyond the cap`() {
        let saved = CredentialSnapshot.SavedHold(
            kind: .cooldown, until: WallTime(seconds: 40_000_000_000), left: .seconds(31_536_000), hint: nil)
        #expect(saved.left(at: WallTime(seconds: 1_800_000_000)) == .seconds(3_600))
        let past = CredentialSnapshot.SavedHold(kind: .backoff, until: WallTime(seconds: 5), left: .seconds(9), hint: nil)
        #expect(past.left(at: WallTime(seconds: 1_800_000_000)) == .zero)
    }

    @Test func `after a 401 there is no reading to restore`() {
        var bench = Bench.warm()
        bench.fail(bench.start(), CallFailure(code: .unauthorized, upstreamStatus: 401))
        #expect(bench.machine.snapshot(bench.key, now: bench.now)?.reading == nil)
        let next = restarted(bench, after: .seconds(10))
        #expect(next.view.status == .unavailable && next.view.problem?.code == .unauthorized)
    }

    @Test func `an open circuit stays open, and a probe that died with the process is made again`() {
        var bench = Bench()
        for _ in 0..<5 {
            if let until = bench.view.hold?.until { bench.now = until }
            bench.failForGood(bench.start(), CallFailure(code: .unreachable))
        }
        if let until = bench.view.hold?.until { bench.now = until }
        #expect(bench.start()?.kind == .probe)
        var next = restarted(bench, after: .zero)
        #expect(next.view.problem?.code == .circuitOpen)
        #expect(next.start()?.kind == .probe)
    }

    @Test func `calls made before the restart count against the budget`() {
        var bench = Bench()
        bench.policy.budget = CallBudget(calls: 2, window: .seconds(60))
        for _ in 0..<2 { _ = bench.succeed(bench.start()) }
        var next = restarted(bench, after: .seconds(30))
        #expect(next.start() == nil)
        next.pass(.seconds(30))
        #expect(next.start() != nil)
        #expect(restarted(bench, after: .seconds(-500)).status?.budgetLeft == 0, "nor does a clock set back free them")
    }

    @Test func `what this process saw is newer than any store`() {
        var bench = Bench()
        _ = bench.succeed(bench.start(), mark: 1)
        guard let old = bench.machine.snapshot(bench.key, now: bench.now) else { return unexpected("no snapshot") }
        _ = bench.succeed(bench.start(), mark: 2)
        let isTaken = bench.machine.restored(bench.key, old, policy: bench.policy, now: bench.now)
        #expect(!isTaken)
        #expect(bench.view.reading == Bench.reading(2))
    }
}
