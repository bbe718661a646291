import BursarModel
import Testing

@testable import BursarEngine

@Suite struct Cooldowns {
    private func throttled(_ seconds: Int64?) -> CallFailure {
        CallFailure(
            code: .rateLimited, upstreamStatus: 429,
            hint: seconds.flatMap { CooldownHint(wait: .seconds($0), source: .retryAfterSeconds) })
    }

    /// Fails the next call with a 429 and returns the seconds of the cooldown.
    private func refuse(_ bench: inout Bench, _ seconds: Int64?) -> Double {
        if let until = bench.view.hold?.until { bench.now = until }
        bench.fail(bench.start(), throttled(seconds))
        guard let until = bench.view.hold?.until.monotonic else { return 0 }
        return Double(bench.now.monotonic.duration(to: until).nanoseconds) / 1e9
    }

    @Test func `without a hint: 30 s doubling to 15 min, jitter only delays`() {
        var bench = Bench()
        for expected in [30.0, 60, 120, 240, 480, 900, 900, 900] {
            let wait = refuse(&bench, nil)
            #expect(wait >= expected && wait <= expected * 1.1, "\(wait) for \(expected)")
        }
        _ = bench.view.hold.map { bench.now = $0.until }
        _ = bench.succeed(bench.start())
        bench.pass(.seconds(60))
        #expect(refuse(&bench, nil) <= 33, "the first success clears all")
    }

    @Test func `a hint is kept to the second, and one above an hour is capped and tried once`() {
        var bench = Bench()
        #expect(refuse(&bench, 17) == 17)
        #expect(refuse(&bench, 244_800) == 3_600)
        #expect(bench.status?.hold?.hint?.wait == .seconds(244_800), "what was told is shown")
    }

    @Test func `a provider whose hints were kept three times in vain is believed no longer`() {
        var bench = Bench()
        #expect((0..<3).map { _ in refuse(&bench, 1) } == [1, 1, 1])
        #expect(refuse(&bench, 1) >= 30)
        #expect(refuse(&bench, 1) >= 60)
        #expect(refuse(&bench, 3_000) == 3_000, "a longer hint still counts")
    }

    @Test func `a shorter deadline never wins`() {
        let now = Bench().now
        let long = Hold(kind: .cooldown, until: now.advanced(by: .seconds(60)))
        let short = Hold(kind: .backoff, until: now.advanced(by: .seconds(1)))
        #expect(Hold.extended(long, by: short) == long)
        #expect(Hold.extended(short, by: long) == long)
        #expect(Hold.extended(nil, by: short) == short)
    }

    @Test func `an operator clears one, and the next caller asks`() {
        var bench = Bench.warm()
        #expect(bench.machine.cooldownCleared(bench.key, now: bench.now) == .nothingToClear)
        _ = refuse(&bench, 240)
        guard case .blocked(let view, .coolingDown) = bench.request(.newest) else { return unexpected("not cooling") }
        #expect(view.status == .stale && view.problem?.retryAt == bench.now.wall.advanced(by: .seconds(240)))
        guard case .cleared(let after) = bench.machine.cooldownCleared(bench.key, now: bench.now) else {
            return unexpected("not cleared")
        }
        #expect(after.hold == nil && after.problem == Problem(code: .rateLimited, upstreamStatus: 429))
        #expect(bench.start(.newest) != nil)
    }

    @Test func `which holds end by waiting`() {
        let now = Bench().now
        let ending = Hold.Kind.allCases.filter { Hold(kind: $0, until: now).endsByWaiting }
        #expect(ending == [.cooldown, .openCircuit])
    }

    @Test func `the error reply of the last failure is kept until a success`() {
        var bench = Bench.warm()
        let reply = UpstreamReply(status: 429, contentType: "application/json", body: Array(#"{"detail":"no"}"#.utf8))
        bench.fail(bench.start(), CallFailure(code: .rateLimited, upstreamStatus: 429, errorReply: reply))
        #expect(bench.view.errorReply == reply)
        _ = bench.view.hold.map { bench.now = $0.until }
        _ = bench.succeed(bench.start())
        #expect(bench.view.errorReply == nil)
    }
}
