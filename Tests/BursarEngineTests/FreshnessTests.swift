import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `Freshness and demands` {
    @Test func `a success is fresh for its ttl, then stale without a problem, then gone`() {
        var bench = Bench()
        let fetchedAt = bench.now
        guard case .settled(_, let view, changed: true) = bench.succeed(bench.start()) else {
            return unexpected("not settled")
        }
        #expect(view.status == .fresh && view.reading == Bench.reading() && view.problem == nil)
        #expect(view.fetchedAt == fetchedAt && view.expiresAt == fetchedAt.advanced(by: .seconds(30)))
        #expect(view.validUntil == fetchedAt.monotonic.advanced(by: .seconds(30)))

        bench.pass(.seconds(30) - .nanoseconds(1))
        #expect(bench.view == view)
        bench.pass(.nanoseconds(1))
        #expect(bench.view.status == .stale && bench.view.problem == nil)
        #expect(bench.view.fetchedAt == fetchedAt)
        #expect(bench.view.validUntil == fetchedAt.monotonic.advanced(by: .seconds(86_430)))

        bench.pass(.seconds(86_400) - .nanoseconds(1))
        #expect(bench.view.status == .stale)
        bench.pass(.nanoseconds(1))
        #expect(bench.view.status == .unavailable && bench.view.reading == nil && bench.view.fetchedAt == nil)
        #expect(bench.view.problem == nil && bench.view.validUntil == .distantFuture)
    }

    @Test func `a stale reading is answered at once and one refresh runs behind it`() {
        var bench = Bench.warm()
        guard case .stale(let view, let refresh?) = bench.request() else { return unexpected("no refresh") }
        #expect(view.status == .stale && view.isRefreshing)
        guard case .stale(_, refresh: nil) = bench.request() else { return unexpected("a second refresh") }
        guard case .settled(let wake, let after, _) = bench.succeed(refresh, mark: 2) else { return unexpected("not settled") }
        #expect(wake == [], "nobody waited")
        #expect(after.status == .fresh && after.reading == Bench.reading(2))
        #expect(bench.request() == .fresh(bench.view))
    }

    @Test func `with a ttl and a stale_for of zero those who waited still get the reading`() {
        var bench = Bench()
        (bench.policy.ttl, bench.policy.staleFor) = (.zero, .zero)
        guard case .settled(_, let view, _) = bench.succeed(bench.start()) else { return unexpected("not settled") }
        #expect(view.status == .fresh && view.reading == Bench.reading())
        bench.pass(.milliseconds(1))
        #expect(bench.view.status == .unavailable)
    }

    @Test func `past stale_for the caller waits`() {
        var bench = Bench.warm()
        bench.pass(.seconds(86_400))
        #expect(bench.start(.anyCached) != nil && bench.view.status == .unavailable)
    }

    @Test func `max-age is met by a young reading, inside the ttl and past it, and by nothing older`() {
        var bench = Bench()
        _ = bench.succeed(bench.start())
        bench.pass(.seconds(10))
        #expect(bench.request(.newerThan(age: .seconds(10))) == .fresh(bench.view))
        guard case .start = bench.request(.newerThan(age: .seconds(9))) else { return unexpected("too old, not asked") }

        var stale = Bench.warm()
        guard case .stale(_, .some) = stale.request(.newerThan(age: .seconds(600))) else {
            return unexpected("a limit above the ttl means the ttl: stale, with a refresh")
        }
        guard case .join = stale.request(.newerThan(age: .seconds(29))) else { return unexpected("too old, not joined") }
    }

    @Test func `no-cache asks though the reading is fresh, and joins a call in flight`() {
        var bench = Bench()
        _ = bench.succeed(bench.start())
        guard case .start(let start) = bench.request(.newest) else { return unexpected("not asked") }
        #expect(bench.request(.newest) == .join(start.id))
        #expect(bench.request(.anyCached) == .fresh(bench.view), "others need not wait")
    }

    @Test func `only-if-cached never asks`() {
        var bench = Bench()
        #expect(bench.request(.cachedOnly) == .blocked(.empty, .cachedOnly))
        #expect(bench.status == nil, "not even remembered")
        bench = Bench.warm()
        #expect(bench.request(.cachedOnly) == .stale(bench.view, refresh: nil))
        #expect(bench.status?.state == .idle)
    }

    @Test func `a failure stays on the stale row until a success, and the time shown is that of the last success`() {
        var bench = Bench.warm()
        let fetchedAt = bench.view.fetchedAt
        bench.failForGood(bench.start(.anyCached), CallFailure(code: .upstreamError, upstreamStatus: 500))
        bench.pass(.seconds(600))
        #expect(bench.view.problem?.code == .upstreamError && bench.view.fetchedAt == fetchedAt)
        _ = bench.succeed(bench.start(.newest), mark: 2)
        #expect(bench.view.problem == nil && bench.view.fetchedAt == bench.now)
        #expect(bench.status?.lastFailure?.code == .upstreamError, "the status remembers")
    }

    @Test func `after a 401 nothing stale returns, not even when the next failure is of another kind`() {
        var bench = Bench.warm()
        bench.fail(bench.start(.newest), CallFailure(code: .unauthorized, upstreamStatus: 401))
        bench.pass(.seconds(300))
        bench.failForGood(bench.start(.newest), CallFailure(code: .unreachable))
        #expect(bench.view.status == .unavailable && bench.view.problem?.code == .unreachable)
    }

    @Test func `accounts that share a credential have each their own ttl`() {
        var bench = Bench()
        _ = bench.succeed(bench.start())
        bench.pass(.seconds(40))
        var patient = bench.policy
        patient.ttl = .seconds(60)
        #expect(bench.view.status == .stale)
        #expect(bench.machine.view(bench.key, policy: patient, now: bench.now).status == .fresh)
    }
}
