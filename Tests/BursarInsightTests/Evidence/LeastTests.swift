import BursarModel
import Testing

@testable import BursarInsight

/// Amounts that hold at once, over time: the series of one never goes on as that of another.
struct LeastTests {
    private static let unit = ObservedHistory.unit
    private static let start: Int64 = 1_800_000_000_000
    private static let minute: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    /// As a definition with `own: least` reads them: the least is the row's own, and first. Nil: that part is unknown.
    static func amounts(_ parts: [(part: String, value: String?)]) -> [Amount] {
        let known = parts.compactMap { part in part.value.flatMap { ExactDecimal($0) }.map { (name: part.part, value: $0) } }
        let least = known.count == parts.count ? known.min { $0.value < $1.value } : nil
        let amounts = known.map { part in
            Amount(
                kind: .available, value: part.value, unit: unit, part: AmountPart(part.name), isAside: part.name != least?.name,
                binds: true)
        }
        return amounts.filter { !$0.isAside } + amounts.filter(\.isAside)
    }

    private static func entry(_ at: Int64, plan: String?, key: String?) -> Observation {
        let time = WallTime(milliseconds: start + at)
        return Observation(at: time, until: time, amounts: amounts([("plan", plan), ("key", key)]))
    }

    private static func count(_ entries: [Observation]) -> SpendCounters {
        var counters = SpendCounters.zero
        for index in entries.indices.dropFirst() {
            counters.count(entries[index], after: Array(entries[..<index]), unit: unit)
        }
        return counters
    }

    private static func runway(_ history: [Observation]) -> Runway {
        Runway.answer(
            RunwayQuestion(
                account: benchmarkAccount, unit: unit, history: history, isFresh: true, ttl: .seconds(300),
                now: history.last?.until ?? WallTime(milliseconds: start)))
    }

    // MARK: - What stands

    @Test func `the least stands for the unit`() {
        #expect(Self.amounts([("plan", "300"), ("key", "10")]).available(of: Self.unit)?.value == ExactDecimal(10))
    }

    @Test func `where one is unknown nothing stands for the unit, though the other is known`() {
        let amounts = Self.amounts([("plan", "300"), ("key", nil)])
        #expect(amounts.count == 1 && amounts.available(of: Self.unit) == nil && amounts.availableUnits.isEmpty)
        // Also where the known one has no part, and so would be the whole elsewhere.
        let whole = Amount(kind: .available, value: ExactDecimal(300), unit: Self.unit, isAside: true, binds: true)
        #expect([whole].available(of: Self.unit) == nil)
    }

    // MARK: - What is counted

    @Test func `where another becomes the least, each is compared with itself`() {
        let counters = Self.count([
            Self.entry(0, plan: "1000", key: "40"), Self.entry(1, plan: "990", key: "30"),
            // The key was filled up: the plan is the least now, and lost five.
            Self.entry(2, plan: "985", key: "5000"), Self.entry(3, plan: "980", key: "4995")
        ])
        #expect(counters == SpendCounters(spent: ExactDecimal(20), toppedUp: .zero, refunded: .zero))
    }

    @Test func `the day begins anew and the month goes on`() {
        let counters = Self.count([
            Self.entry(0, plan: "605", key: "5"), Self.entry(1, plan: "600", key: "800"), Self.entry(2, plan: "590", key: "790")
        ])
        #expect(counters == SpendCounters(spent: ExactDecimal(15), toppedUp: .zero, refunded: .zero))
    }

    @Test func `what is added to the least is a top-up`() {
        let counters = Self.count([Self.entry(0, plan: "1000", key: "40"), Self.entry(1, plan: "1000", key: "90")])
        #expect(counters == SpendCounters(spent: .zero, toppedUp: ExactDecimal(50), refunded: .zero))
    }

    @Test func `a rise of one takes back nothing that was spent of another`() {
        let counters = Self.count([
            Self.entry(0, plan: "1000", key: "500"), Self.entry(1, plan: "1000", key: "400"),
            Self.entry(2, plan: "1000", key: "5000"), Self.entry(3, plan: "1010", key: "5000")
        ])
        // Ten would be a small part of what the key lost.
        #expect(counters == SpendCounters(spent: ExactDecimal(100), toppedUp: ExactDecimal(10), refunded: .zero))
    }

    @Test func `around an unknown part nothing is counted`() {
        let counters = Self.count([
            Self.entry(0, plan: "1000", key: "40"), Self.entry(1, plan: "900", key: nil), Self.entry(2, plan: "800", key: "30")
        ])
        #expect(counters == .zero)
    }

    // MARK: - How long it lasts

    /// Of each half hour; what falls loses as much in each.
    private static func history(plan: (from: Int, by: Int), key: (from: Int, by: Int), days: Int64 = 10) -> [Observation] {
        (0..<Int(days * 48)).map { step in
            entry(Int64(step) * 30 * minute, plan: "\(plan.from - plan.by * step)", key: "\(key.from - key.by * step)")
        }
    }

    private static func alone(_ part: String, _ history: [Observation]) -> Runway {
        runway(
            history.map { entry in
                Observation(
                    at: entry.at, until: entry.until,
                    amounts: entry.amounts.filter { $0.part?.name == part }.map {
                        Amount(kind: $0.kind, value: $0.value, unit: $0.unit, part: $0.part)
                    })
            })
    }

    @Test func `the account lasts as long as the part that ends first, which need not be the least today`() throws {
        // The key has less and loses little; the plan ends within days.
        let history = Self.history(plan: (12_000, 20), key: (2_000, 1))
        let runway = Self.runway(history)
        #expect(history.last?.amounts.available(of: Self.unit)?.part?.name == "key")
        #expect(runway == Self.alone("plan", history) && runway.word == "burning")
        let key = try #require(Self.alone("key", history).forecast?.expected)
        #expect(try #require(runway.forecast?.expected) < key)
    }

    @Test func `a part that was not the least keeps its days`() {
        // The plan is the least only at the end.
        let history = Self.history(plan: (10_000, 20), key: (1_000, 1))
        let runway = Self.runway(history)
        #expect(history.last?.amounts.available(of: Self.unit)?.part?.name == "plan")
        #expect(runway == Self.alone("plan", history) && runway.basis.reset == nil && runway.basis.topUps == 0)
    }

    @Test func `beside a part that does not move the other one is the account's`() {
        let history = Self.history(plan: (500_000, 0), key: (2_000, 1))
        #expect(Self.runway(history) == Self.alone("key", history))
        let flat = Self.history(plan: (20_000, 20), key: (300, 0))
        #expect(Self.alone("key", flat).status == .flat && Self.runway(flat) == Self.alone("plan", flat))
    }

    @Test func `where one part is new the account's runway is not known yet`() {
        var history = Self.history(plan: (20_000, 20), key: (300, 0))
        history = history.enumerated().map { index, entry in
            guard index < history.count - 2 else { return entry }
            let plan = entry.amounts.first { $0.part?.name == "plan" }
            return Observation(
                at: entry.at, until: entry.until, amounts: Self.amounts([("plan", plan?.value.description)]))
        }
        #expect(Self.runway(history).word == "accumulating")
    }

    @Test func `where one part is unknown there is no amount to forecast`() {
        let history = Self.history(plan: (20_000, 20), key: (300, 0)) + [Self.entry(11 * Self.day, plan: "9000", key: nil)]
        #expect(Self.runway(history).status == .unknown(.noAmount))
    }

    // MARK: - What is told

    @Test func `another part that becomes the least is no top-up, and below is what can be spent`() {
        let rules = [
            AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"]),
            AlertRule(name: "below", condition: .below(ExactDecimal(100), unit: nil), targets: ["ops"])
        ]
        var bench = AlertBench(rules)
        func read(plan: String, key: String) {
            bench.now = bench.now.advanced(by: .seconds(60))
            bench.ledger.read(
                AlertBench.account, Self.amounts([("plan", plan), ("key", key)]), at: bench.now, now: bench.now)
            bench.run()
        }
        read(plan: "1000", key: "400")
        read(plan: "1000", key: "40")
        read(plan: "1000", key: "40")
        bench.pass(.seconds(600))
        #expect(bench.events.map(\.kind) == [.low] && bench.events.first?.facts.value == ExactDecimal(40))
        read(plan: "1000", key: "5000")
        bench.pass(.seconds(600))
        #expect(bench.events.map(\.kind) == [.low, .recovered])
    }
}
