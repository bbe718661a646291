import BursarBasics
import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `The table of credentials` {
    private func small() -> Bench {
        var bench = Bench(limits: MachineLimits(passThroughCredentials: 3))
        bench.policy.residence = .passThrough
        return bench
    }

    private func isKnown(_ bench: Bench, _ number: UInt8) -> Bool {
        bench.machine.status(Bench.key(number), now: bench.now) != nil
    }

    /// A call of this credential that succeeds.
    private func use(_ bench: inout Bench, _ number: UInt8) {
        let key = Bench.key(number)
        _ = bench.succeed(bench.start(key: key), key: key)
    }

    @Test func `callers' own credentials are bounded, and the least recently used idle one goes`() {
        var bench = small()
        for number in UInt8(1)...3 { use(&bench, number) }
        _ = bench.request(key: Bench.key(1))
        use(&bench, 4)
        #expect((1...4).map { isKnown(bench, $0) } == [true, false, true, true])
        #expect(bench.machine.passThroughCredentials == 3)
    }

    @Test func `configured ones are neither counted nor evicted, and stay pinned when a caller passes the same one`() {
        var bench = small()
        bench.policy.residence = .configured
        for number in UInt8(10)...20 { use(&bench, number) }
        bench.policy.residence = .passThrough
        use(&bench, 10)
        for number in UInt8(1)...9 { use(&bench, number) }
        #expect((10...20).allSatisfy { isKnown(bench, $0) })
        #expect(bench.machine.passThroughCredentials == 3)
    }

    @Test func `one in flight never goes, and with nothing else left a new one is refused`() {
        var bench = small()
        let starts = (UInt8(1)...3).map { bench.start(key: Bench.key($0)) }
        #expect(bench.request(key: Bench.key(4)) == .blocked(.empty, .tableFull))
        #expect(!isKnown(bench, 4))
        _ = bench.succeed(starts[1], key: Bench.key(2))
        #expect(bench.start(key: Bench.key(4)) != nil)
        #expect((1...4).map { isKnown(bench, $0) } == [true, false, true, true])
    }

    @Test func `a flood of keys frees no cooldown`() {
        var bench = small()
        let hint = CooldownHint(wait: .seconds(600), source: .retryAfterSeconds)
        bench.fail(
            bench.start(key: Bench.key(1)), CallFailure(code: .rateLimited, upstreamStatus: 429, hint: hint), key: Bench.key(1))
        for number in UInt8(2)...200 {
            let key = Bench.key(number)
            bench.fail(bench.start(key: key), CallFailure(code: .unauthorized, upstreamStatus: 401), key: key)
        }
        guard case .blocked(_, .coolingDown) = bench.request(key: Bench.key(1)) else { return unexpected("washed away") }
        #expect(bench.machine.passThroughCredentials == 3)
    }

    @Test func `rejected keys go before a good one would be refused, and after those that nothing runs for`() {
        var bench = small()
        bench.fail(bench.start(key: Bench.key(1)), CallFailure(code: .unauthorized, upstreamStatus: 401), key: Bench.key(1))
        use(&bench, 2)
        use(&bench, 3)
        use(&bench, 4)
        #expect((1...4).map { isKnown(bench, $0) } == [true, false, true, true])
        for number in [3, 4] as [UInt8] { #expect(bench.start(key: Bench.key(number)) != nil) }
        use(&bench, 5)
        #expect(!isKnown(bench, 1))
    }

    @Test func `when all cool down a new one is refused, until one of them has`() {
        var bench = small()
        for number in UInt8(1)...3 {
            let hint = CooldownHint(wait: .seconds(Int64(number) * 10), source: .retryAfterSeconds)
            let failure = CallFailure(code: .rateLimited, upstreamStatus: 429, hint: hint)
            bench.fail(bench.start(key: Bench.key(number)), failure, key: Bench.key(number))
        }
        #expect(bench.request(key: Bench.key(4)) == .blocked(.empty, .tableFull))
        bench.pass(.seconds(10))
        #expect(bench.start(key: Bench.key(4)) != nil && !isKnown(bench, 1))
    }

    @Test func `a removed credential is forgotten`() {
        var bench = Bench.warm()
        bench.machine.credentialRemoved(bench.key, now: bench.now)
        #expect(bench.view == .empty && bench.status == nil)
    }

    @Test func `one removed with a call in flight is forgotten when that ends, and its waiters are woken`() {
        var bench = Bench()
        let start = bench.start()
        bench.machine.credentialRemoved(bench.key, now: bench.now)
        guard case .settled(let wake, _, _) = bench.succeed(start) else { return unexpected("lost") }
        #expect(wake == [WaiterID(1)] && bench.status == nil)
    }

    @Test func `a request takes a removed credential back while its call is in flight`() {
        var bench = Bench()
        guard let start = bench.start() else { return unexpected("no call") }
        bench.machine.credentialRemoved(bench.key, now: bench.now)
        #expect(bench.request() == .join(start.id))
        _ = bench.succeed(start)
        #expect(bench.view.status == .fresh)
    }

    @Test func `removing a credential and naming it again frees no penalty`() {
        var bench = Bench.warm()
        bench.fail(bench.start(), CallFailure(code: .rateLimited, upstreamStatus: 429, hint: FailureRow.seventeen))
        bench.machine.credentialRemoved(bench.key, now: bench.now)
        #expect(bench.view.status == .unavailable && bench.view.reading == nil)
        guard case .blocked(_, .coolingDown) = bench.request() else { return unexpected("freed") }
    }

    @Test func `another definition takes the reading and frees no penalty and no budget`() {
        var bench = Bench()
        bench.policy.budget = CallBudget(calls: 2, window: .seconds(600))
        _ = bench.succeed(bench.start())
        bench.pass(.seconds(30))
        bench.fail(bench.start(), CallFailure(code: .rateLimited, upstreamStatus: 429, hint: FailureRow.seventeen))
        bench.machine.definitionsChanged([bench.key])
        #expect(bench.view.reading == nil && bench.view.problem?.code == .rateLimited)
        guard case .blocked(_, .coolingDown) = bench.request() else { return unexpected("freed") }
        bench.pass(.seconds(17))
        guard case .blocked(_, .limited) = bench.request() else { return unexpected("freed") }
    }

    @Test func `ten thousand keys come and go in the bounds`() {
        var bench = Bench(limits: MachineLimits(passThroughCredentials: 1_000))
        bench.policy.residence = .passThrough
        var random = SplitMix64(seed: 11)
        for number in 0..<10_000 {
            let digest = withUnsafeBytes(of: (UInt64(number), UInt64(0), UInt64(0), UInt64(0))) { Array($0) }
            guard let key = CredentialKey(digest: digest) else { continue }
            let start = bench.start(key: key)
            #expect(start != nil)
            if random.next() % 2 == 0 {
                _ = bench.succeed(start, key: key)
            } else {
                bench.failForGood(start, .init(code: .unauthorized), key: key)
            }
            #expect(bench.machine.passThroughCredentials <= 1_000)
        }
    }
}
