@testable import BursarInsight
import BursarModel
import Testing

/// Histories that mislead: each is refused, or answered exactly.
struct HostileHistoryTests {
    private static let start: Int64 = 1_700_000_000_000
    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000
    private static let unit = ObservedHistory.unit

    private static func entry(_ at: Int64, until: Int64? = nil, _ value: String, unit: String = "credits") -> Observation {
        Observation(
            at: WallTime(milliseconds: start + at), until: WallTime(milliseconds: start + (until ?? at)),
            amounts: [
                Amount(
                    kind: .available, value: ExactDecimal(value) ?? .zero, unit: AmountUnit(unit) ?? preconditionFailed())
            ])
    }

    private static func runway(_ history: [Observation], now: Int64? = nil, isFresh: Bool = true) -> Runway {
        let end = now.map { start + $0 } ?? history.last?.until.milliseconds ?? start
        return Runway.answer(
            RunwayQuestion(
                account: benchmarkAccount, unit: unit, history: history, isFresh: isFresh, ttl: .seconds(300),
                now: WallTime(milliseconds: end)))
    }

    /// Falls by one each half hour.
    private static func falling(from: Int64 = 10_000, days: Int64 = 10) -> [Observation] {
        (0..<(days * 48)).map { entry($0 * 30 * minute, "\(from - $0)") }
    }

    @Test func `a constant balance is flat`() {
        #expect(Self.runway([Self.entry(0, until: 10 * Self.day, "100")]).status == .flat)
        #expect(Self.runway([Self.entry(0, until: Self.day, "100")]).word == "accumulating")
    }

    @Test func `one step is too little to go by`() {
        let history = [Self.entry(0, until: 5 * Self.day, "100"), Self.entry(5 * Self.day + 1, until: 6 * Self.day, "60")]
        #expect(Self.runway(history).word == "accumulating")
    }

    @Test func `rises alone are no spending`() {
        let history = (0..<40).map { Self.entry(Int64($0) * 6 * Self.hour, "\(100 + $0 * 10)") }
        #expect(Self.runway(history).forecast == nil)
    }

    @Test func `an allowance that begins anew each month has no end but its next rise`() throws {
        var history: [Observation] = []
        for day in 0..<130 { history.append(Self.entry(Int64(day) * Self.day, "\(1_000 - day % 30 * 20)")) }
        let runway = Self.runway(history)
        #expect(runway.status == .quota(next: WallTime(milliseconds: Self.start + 150 * Self.day)))
        #expect(runway.forecast == nil)
    }

    @Test func `less than nothing is empty`() {
        #expect(Self.runway(Self.falling(from: 100)).status == .empty)
        #expect(Self.runway([Self.entry(0, "0")]).status == .empty)
    }

    @Test func `a clock that went back begins anew`() {
        var history = Self.falling(days: 6)
        history.append(Self.entry(5 * Self.day, "9000"))
        history.append(Self.entry(5 * Self.day + Self.hour, "8990"))
        let runway = Self.runway(history)
        #expect(runway.word == "accumulating")
        #expect(runway.basis.reset == "clock_changed")
    }

    @Test func `times in the future are refused`() {
        #expect(Self.runway(Self.falling(), now: 5 * Self.day).status == .unknown(.clock))
    }

    @Test func `of equal times the last counts`() {
        let doubled = Self.falling().flatMap { [Self.entry($0.at.milliseconds - Self.start, "5"), $0] }
        #expect(Self.runway(doubled) == Self.runway(Self.falling()))
    }

    @Test func `figures beyond 64 bits are refused`() {
        let huge = (0..<200).map { Self.entry(Int64($0) * Self.hour, "10000000000000000000000000000\(900 - $0)") }
        #expect(Self.runway(huge).status == .unknown(.tooLarge))
    }

    @Test func `a unit that is switched, and switched back, begins anew`() {
        var history = Self.falling()
        history.insert(Self.entry(9 * Self.day + Self.minute, "20", unit: "USD"), at: 9 * 48 + 1)
        let runway = Self.runway(history)
        #expect(runway.word == "accumulating")
        #expect(runway.basis.reset == "unit_changed")
        history.append(Self.entry(10 * Self.day, "20", unit: "USD"))
        #expect(Self.runway(history).status == .unknown(.noAmount))
    }

    @Test func `a part never takes the place of the row's own amount`() {
        let falling = Self.falling(from: 1_200)
        func seen(_ amounts: (Int, String) -> [Amount]) -> [Observation] {
            falling.enumerated().map { index, entry in
                Observation(at: entry.at, until: entry.until, amounts: amounts(index, entry.amounts[0].value.description))
            }
        }
        // Its place in the list says nothing.
        let moving = seen { index, value in
            let amounts = StandingAmountTests.amounts(own: value, part: "plan", [("paygo", "50"), (nil, "7")])
            return index.isMultiple(of: 3) ? amounts.reversed() : amounts
        }
        #expect(Self.runway(moving).forecast == Self.runway(falling).forecast)
        // Unlimited each second time: nothing was spent, and nothing added.
        let alternating = seen { index, value in
            StandingAmountTests.amounts(own: index.isMultiple(of: 2) ? nil : value, part: "plan", [("paygo", "50")])
        }
        let runway = Self.runway(alternating)
        #expect(runway.word == "accumulating" && runway.basis.reset == "unit_changed" && runway.lastTopUp == nil)
        #expect(Self.runway(Array(alternating.dropLast())).status == .unknown(.noAmount))
    }

    @Test func `a figure divided by 100 is another way of writing it`() {
        var history = Self.falling()
        history.append(Self.entry(10 * Self.day, "95.21"))
        let runway = Self.runway(history)
        #expect(runway.word == "accumulating")
        #expect(runway.basis.reset == "scale_changed")
        #expect(runway.burn == nil)
    }

    @Test func `a stale newest reading is refused`() {
        #expect(Self.runway(Self.falling(), now: 10 * Self.day + Self.hour).status == .unknown(.stale))
        #expect(Self.runway(Self.falling(), isFresh: false).status == .unknown(.stale))
    }

    @Test func `a gap over all is one step`() {
        #expect(Self.runway([Self.entry(0, "1000"), Self.entry(20 * Self.day, "10")]).word == "accumulating")
    }

    @Test(arguments: [1, 2, 3]) func `a figure that only jitters is not spent`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var history: [Observation] = []
        for index in 0..<2_000 {
            history.append(Self.entry(Int64(index) * 10 * Self.minute, "\(100 + Int(dice.uniform(0...2.99)))"))
        }
        #expect(Self.runway(history).forecast == nil)
        let toggling = (0..<2_000).map { Self.entry(Int64($0) * 10 * Self.minute, "\(100 + $0 % 2)") }
        #expect(Self.runway(toggling).forecast == nil)
    }

    @Test func `2,472 entries are answered as exactly as a few`() throws {
        // The most that a store keeps of one account. One unit each half hour, from 4,000: 83 days and 8 hours in all.
        let history = (0..<2_472).map { Self.entry(Int64($0) * 30 * Self.minute, "\(4_000 - $0)") }
        let runway = Self.runway(history)
        let forecast = try #require(runway.forecast)
        let truth = WallTime(milliseconds: Self.start + 4_000 * 30 * Self.minute)
        #expect(try #require(forecast.earliest) < truth)
        #expect(truth < (forecast.latest ?? WallTime(milliseconds: .max)))
        #expect(runway.burn == .init(last24h: ExactDecimal(48), perDay: ExactDecimal(48)))
    }

    @Test(arguments: [1, 2, 3]) func `a balance that is topped up every hour has no end`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var value: Int64 = 100_000
        var history: [Observation] = []
        for index in 0..<1_500 {
            let isTopUp = index % 4 == 3
            value += isTopUp ? Int64(dice.uniform(20...60)) : -Int64(dice.uniform(5...20))
            history.append(Self.entry(Int64(index) * 15 * Self.minute, "\(value)"))
        }
        #expect(Self.runway(history).forecast == nil)
    }

    @Test func `a top-up keeps the rate of before`() throws {
        var history = Self.falling(from: 600, days: 10)
        let topUp = 10 * Self.day
        history.append(Self.entry(topUp, "1120"))
        let runway = Self.runway(history)
        #expect(runway.lastTopUp?.amount == ExactDecimal(999))
        #expect(runway.status == .burning)
        let expected = try #require(runway.forecast?.expected)
        let days = Double(expected.milliseconds - Self.start - topUp) / Double(Self.day)
        #expect((18...28).contains(days))  // 1,120 at 48 a day
    }

    @Test func `what a top-up hides of the last day is unknown, and not nothing`() {
        // Read once a day, 10 a day: 110 at first, 20 after nine days, and 110 again after a top-up of 100.
        var history = (0...9).map { Self.entry(Int64($0) * Self.day, "\(110 - $0 * 10)") }
        #expect(Self.runway(history).burn == .init(last24h: ExactDecimal(10), perDay: ExactDecimal(10)))
        history.append(Self.entry(10 * Self.day, "110"))
        #expect(Self.runway(history).burn == .init(last24h: nil, perDay: ExactDecimal(10)))
        history.append(Self.entry(11 * Self.day, "100"))
        #expect(Self.runway(history).burn == .init(last24h: ExactDecimal(10), perDay: ExactDecimal(10)))
    }

    @Test func `a day of which only a part was seen has no figure`() {
        let history = (0..<24).map { Self.entry(Int64($0) * Self.hour, "\(1_000 - $0)") }
        #expect(Self.runway(history).burn == .init(last24h: nil, perDay: ExactDecimal(24)))
        let whole = history + [Self.entry(24 * Self.hour, "976")]
        #expect(Self.runway(whole).burn == .init(last24h: ExactDecimal(24), perDay: ExactDecimal(24)))
    }

    @Test func `the same history gives the same answer to the millisecond, everywhere`() throws {
        let forecast = try #require(Self.runway(Self.falling(from: 1_200)).forecast)
        let times = [forecast.notBefore, forecast.earliest, forecast.expected, forecast.latest].map { time in
            time.map { $0.milliseconds - Self.start }
        }
        #expect(times == Self.known)
    }

    /// What it was when it was written down: a change of these numbers is a change of the method, or a machine that counts otherwise.
    private static let known: [Int64?] = [1_565_018_761, 1_721_127_074, 2_140_800_445, 2_748_402_719]
}
