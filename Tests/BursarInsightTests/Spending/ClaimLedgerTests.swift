import BursarBasics
import BursarInsight
import BursarModel
import Testing

struct ClaimLedgerTests {
    private static let now = WallTime(seconds: 1_700_000_000)
    private static let unit = ObservedHistory.unit

    private static func claim(
        _ number: Int, _ amount: Int = 20, key: String? = nil, owner: String = "", at: WallTime = now
    ) -> Claim {
        Claim(
            id: "c\(number)", account: benchmarkAccount, unit: unit, amount: ExactDecimal(amount), owner: owner,
            key: key ?? "k\(number)", madeAt: at, expiresAt: at.advanced(by: .seconds(600)))
    }

    private static func decide(_ have: Int, _ needs: Int = 20) -> (ExactDecimal) -> GuardDecision {
        {
            GuardDecision(
                needs: ExactDecimal(needs), have: ExactDecimal(have), claimed: $0, isReadable: true, isFreshEnough: true)
        }
    }

    @Test func `a hundred claims of 20 out of 250 give twelve`() {
        var ledger = ClaimLedger()
        var made = 0
        for number in 0..<100 {
            if case .made = ledger.claim(Self.claim(number), now: Self.now, decide: Self.decide(250)) { made += 1 }
        }
        #expect(made == 12)
        #expect(ledger.claimed([benchmarkAccount], Self.unit, Self.now) == ExactDecimal(240))
    }

    @Test func `the same request again is the same claim, and another one of that name a conflict`() {
        var ledger = ClaimLedger()
        let first = Self.claim(1)
        #expect(ledger.claim(first, now: Self.now, decide: Self.decide(25)) == .made(first))
        let later = Self.now.advanced(by: .seconds(5))
        #expect(ledger.claim(Self.claim(2, key: "k1", at: later), now: later, decide: Self.decide(25)) == .repeated(first))
        #expect(ledger.claim(Self.claim(3, 21, key: "k1"), now: Self.now, decide: Self.decide(25)) == .conflict)
        let other = Self.claim(4, 5, key: "k1", owner: "other")
        #expect(ledger.claim(other, now: Self.now, decide: Self.decide(25, 5)) == .made(other))
    }

    @Test func `what was claimed under a name is found until its ttl ends, released or not`() {
        var ledger = ClaimLedger()
        _ = ledger.claim(Self.claim(1), now: Self.now, decide: Self.decide(25))
        #expect(ledger.earlier(owner: "", key: "k1", Self.now) == Self.claim(1))
        #expect(ledger.earlier(owner: "other", key: "k1", Self.now) == nil)
        #expect(ledger.earlier(owner: "", key: "k2", Self.now) == nil)
        let released = ledger.release(id: "c1", Self.now)
        #expect(released != nil && ledger.earlier(owner: "", key: "k1", Self.now) == released)
        #expect(ledger.earlier(owner: "", key: "k1", Self.now.advanced(by: .seconds(600))) == nil)
    }

    @Test func `a claim ends when it is released and with its ttl`() {
        var ledger = ClaimLedger()
        _ = ledger.claim(Self.claim(1), now: Self.now, decide: Self.decide(40))
        _ = ledger.claim(Self.claim(2), now: Self.now, decide: Self.decide(40))
        #expect(ledger.release(id: "c1", Self.now)?.isReleased == true)
        #expect(ledger.release(id: "nobody", Self.now) == nil)
        #expect(ledger.claimed([benchmarkAccount], Self.unit, Self.now) == ExactDecimal(20))
        let end = Self.now.advanced(by: .seconds(600))
        #expect(ledger.claimed([benchmarkAccount], Self.unit, end) == .zero)
        #expect(ledger.claim(id: "c2", end) == nil)
        ledger.expire(end)
        #expect(ledger.active(Self.now) == [])
    }

    @Test func `what accounts of one key claim counts for each of them`() throws {
        var ledger = ClaimLedger()
        let other = AccountID(provider: benchmarkAccount.provider, account: try #require(AccountName("other")))
        let names = [benchmarkAccount, other]
        var made = 0
        for number in 0..<30 {
            let claim = Claim(
                id: "c\(number)", account: names[number % 2], unit: Self.unit, amount: ExactDecimal(20), owner: "",
                key: "k\(number)", madeAt: Self.now, expiresAt: Self.now.advanced(by: .seconds(600)))
            if case .made = ledger.claim(claim, sharing: names, now: Self.now, decide: Self.decide(250)) { made += 1 }
        }
        #expect(made == 12)
        #expect(ledger.claimed(names, Self.unit, Self.now) == ExactDecimal(240))
        #expect(ledger.claimed([other], Self.unit, Self.now) == ExactDecimal(120))
    }

    @Test func `what was claimed while the clock was ahead holds for its ttl once that is corrected, and no longer`() {
        let ahead = Self.now.advanced(by: .seconds(86_400))
        var ledger = ClaimLedger([Self.claim(1, at: ahead)])
        ledger.settle(Self.now)
        #expect(ledger.claim(id: "c1", Self.now)?.madeAt == Self.now)
        let end = Self.now.advanced(by: .seconds(600))
        #expect(ledger.claimed([benchmarkAccount], Self.unit, Self.now.advanced(by: .seconds(599))) == ExactDecimal(20))
        #expect(ledger.claimed([benchmarkAccount], Self.unit, end) == .zero)
        // Its name stands for it as long, and a repeat is the same claim.
        #expect(ledger.claim(Self.claim(2, key: "k1"), now: Self.now, decide: Self.decide(20)) == .repeated(Self.claim(1)))
        #expect(
            ledger.claim(Self.claim(3, key: "k1", at: end), now: end, decide: Self.decide(20))
                == .made(Self.claim(3, key: "k1", at: end)))
    }

    @Test func `a client has its share of an account, and takes it from nobody else`() {
        var ledger = ClaimLedger()
        func outcome(_ number: Int, _ owner: String, at time: WallTime = Self.now) -> ClaimLedger.Outcome {
            ledger.claim(Self.claim(number, 1, owner: owner, at: time), now: time, decide: Self.decide(100_000, 1))
        }
        for number in 0..<ClaimLedger.mostPerClient { _ = outcome(number, "greedy") }
        #expect(outcome(2_000, "greedy") == .shareUsed)
        #expect(outcome(2_001, "other") == .made(Self.claim(2_001, 1, owner: "other")))
        // What ended makes room again.
        let end = Self.now.advanced(by: .seconds(600))
        #expect(outcome(2_002, "greedy", at: end) == .made(Self.claim(2_002, 1, owner: "greedy", at: end)))
    }

    @Test func `where there are no clients, one owner may have all of an account, and no more`() {
        var ledger = ClaimLedger((0..<ClaimLedger.mostPerAccount).map { Self.claim($0, 1) })
        #expect(ledger.claim(Self.claim(20_000, 1), now: Self.now, decide: Self.decide(100_000, 1)) == .full)
    }

    @Test func `a claim of too many decimals, which an earlier version kept, counts for no less and stops nobody`() {
        let tiny = Claim(
            id: "c1", account: benchmarkAccount, unit: Self.unit,
            amount: ExactDecimal("0.\(String(repeating: "0", count: 36))1") ?? .zero, owner: "", key: "k1", madeAt: Self.now,
            expiresAt: Self.now.advanced(by: .seconds(86_400)))
        var ledger = ClaimLedger([tiny])
        #expect(ledger.claimed([benchmarkAccount], Self.unit, Self.now)?.description == "0.000000000000000001")
        #expect(
            ledger.claim(Self.claim(2), now: Self.now) {
                GuardDecision(
                    needs: ExactDecimal(20), have: ExactDecimal("109.415"), claimed: $0, isReadable: true, isFreshEnough: true)
            } == .made(Self.claim(2)))
        #expect(ledger.claimed([benchmarkAccount], Self.unit, Self.now)?.description == "20.000000000000000001")
        #expect(ledger.release(id: "c1", Self.now) != nil)
        #expect(ledger.claimed([benchmarkAccount], Self.unit, Self.now)?.description == "20")
    }

    /// Claims, releases, ends and a clock that goes to and fro, against a look at every one.
    @Test func `the sum that is kept is the sum of all that is active`() {
        var random = SplitMix64(seed: 20_261_127)
        var ledger = ClaimLedger()
        var all: [Claim] = []
        var now = Self.now
        for number in 0..<3_000 {
            now = now.advanced(by: .seconds(Int.random(in: -5...20, using: &random)))
            ledger.settle(now)
            all = all.map { $0.madeAt > now ? $0.moved(to: now) : $0 }
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                guard let index = all.indices.randomElement(using: &random) else { continue }
                if let released = ledger.release(id: all[index].id, now) { all[index] = released }
            case 1:
                ledger.expire(now)
                all.removeAll { now >= $0.expiresAt }
            default:
                let claim = Self.claim(number, Int.random(in: 1...50, using: &random), owner: "o\(number % 3)", at: now)
                let outcome = ledger.claim(claim, now: now, decide: Self.decide(1_000_000))
                #expect(outcome == .made(claim))
                all.removeAll { now >= $0.expiresAt }
                all.append(claim)
            }
            // Looking ahead forgets nothing.
            for time in [now, now.advanced(by: .seconds(300))] {
                let sum = all.filter { $0.isActive(time) }.reduce(ExactDecimal.zero) { $0.adding($1.amount) ?? $0 }
                #expect(ledger.claimed([benchmarkAccount], Self.unit, time) == sum)
            }
        }
        #expect(Set(ledger.active(now).map(\.id)) == Set(all.filter { $0.isActive(now) }.map(\.id)))
    }

    @Test func `what could not be kept is taken back`() {
        var ledger = ClaimLedger()
        _ = ledger.claim(Self.claim(1), now: Self.now, decide: Self.decide(20))
        ledger.remove("c1")
        #expect(ledger.claim(Self.claim(2, key: "k1"), now: Self.now, decide: Self.decide(20)) == .made(Self.claim(2, key: "k1")))
    }

    @Test func `unknown is never enough`() {
        func answer(_ have: String?, readable: Bool = true, fresh: Bool = true) -> (GuardDecision.Answer, GuardDecision.Unknown?)
        {
            let decision = GuardDecision(
                needs: ExactDecimal(20), have: have.flatMap { ExactDecimal($0) }, claimed: .zero, isReadable: readable,
                isFreshEnough: fresh)
            return (decision.answer, decision.reason)
        }
        #expect(answer("20.00") == (.yes, nil))
        #expect(answer("19.999999999999999999999999") == (.no, nil))
        #expect(answer("-5") == (.no, nil))
        // The answer is known where what would be left has too many digits to be said.
        let huge = "1" + String(repeating: "0", count: 37)
        #expect(answer(huge) == (.yes, nil))
        let hardly = GuardDecision(
            needs: ExactDecimal("0.01") ?? .zero, have: ExactDecimal(huge), claimed: .zero, isReadable: true, isFreshEnough: true)
        #expect(hardly.answer == .yes && hardly.leftAfter == nil)
        let never = GuardDecision(
            needs: ExactDecimal(huge) ?? .zero, have: ExactDecimal("0.5"), claimed: .zero, isReadable: true, isFreshEnough: true)
        #expect(never.answer == .no && never.leftAfter == nil)
        let unsayable = GuardDecision(
            needs: ExactDecimal("0.01") ?? .zero, have: ExactDecimal(1), claimed: ExactDecimal(huge) ?? .zero, isReadable: true,
            isFreshEnough: true)
        #expect(unsayable.reason == .tooLarge)
        #expect(answer(nil) == (.unknown, .noAmount))
        #expect(answer("100", fresh: false) == (.unknown, .stale))
        #expect(answer("100", readable: false) == (.unknown, .unavailable))
    }

    @Test func `what a store has is joined: all that is not known here, and releases, which nothing takes back`() {
        var (known, mine, released) = (Self.claim(1), Self.claim(2), Self.claim(3))
        released.isReleased = true
        var ledger = ClaimLedger([known, mine, released])
        known.isReleased = true
        var active = released
        active.isReleased = false
        let other = Self.claim(4, key: "k2")
        ledger.join([known, active, other])
        #expect(Set(ledger.active(Self.now).map(\.id)) == ["c2", "c4"] && ledger.all.count == 4)
        #expect(ledger.earlier(owner: "", key: "k2", Self.now)?.id == "c2", "what was made under a name here stands for it")
        ledger.remove("c4")
        #expect(ledger.earlier(owner: "", key: "k2", Self.now)?.id == "c2")
        mine.isReleased = true
        ledger.join([mine])
        #expect(ledger.active(Self.now).isEmpty)
    }

    @Test func `where it is not known what is claimed, nothing is enough`() {
        func decide(_ have: Int?, readable: Bool = true, fresh: Bool = true) -> GuardDecision {
            GuardDecision(
                needs: ExactDecimal(1), have: have.map { ExactDecimal($0) }, claimed: nil, isReadable: readable,
                isFreshEnough: fresh)
        }
        #expect(decide(100).answer == .unknown && decide(100).reason == .claimsUnknown)
        #expect(decide(100).leftAfter == nil && decide(100).have == ExactDecimal(100))
        #expect(decide(100, fresh: false).reason == .stale && decide(nil).reason == .noAmount)
    }
}
