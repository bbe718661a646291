@testable import BursarInsight
import BursarModel
import Testing

/// What was spent in a time: exact, with what is not known named.
struct SpendingTests {
    private static let unit = ObservedHistory.unit
    /// 2026-11-23T00:00:00Z, a Monday.
    static let monday: Int64 = 1_795_392_000

    private static func hour(_ hours: Double) -> WallTime { WallTime(seconds: monday + Int64(hours * 3_600)) }

    private static func amount(_ kind: AmountKind, _ text: String, part: String? = nil, isAside: Bool = false) -> Amount {
        Amount(
            kind: kind, value: ExactDecimal(text) ?? .zero, unit: unit, part: part.flatMap { AmountPart($0) }, isAside: isAside)
    }

    /// Hours from Monday on; confirmed until the next entry was about to be seen.
    private static func entry(_ at: Double, until: Double? = nil, _ available: String, granted: String? = nil) -> Observation {
        Observation(
            at: hour(at), until: hour(until ?? at),
            amounts: [amount(.available, available)] + (granted.map { [amount(.granted, $0)] } ?? []))
    }

    private static func spending(_ history: [Observation], since: Double = 0, until: Double = 24) -> Spending {
        Spending(history, since: hour(since), until: hour(until))
    }

    private static func sum(_ history: [Observation], since: Double = 0, until: Double = 24) throws -> Spending.Sum {
        let sums = spending(history, since: since, until: until).whole.sums
        #expect(sums.count == 1)
        return try #require(sums.first)
    }

    @Test func `a top-up in the middle is apart, and both are exact to the digit`() throws {
        let sum = try Self.sum([
            Self.entry(-1, until: 5, "100.0000"), Self.entry(5, until: 10, "37.5"), Self.entry(10.1, until: 12, "137.5"),
            Self.entry(12, until: 24, "137.4968")
        ])
        #expect(sum.spent?.description == "62.5032")
        #expect(sum.toppedUp == ExactDecimal(100) && sum.expired == .zero && sum.dropped == .zero)
        #expect(sum.unknownSeconds == 0 && sum.spentOrBefore == .zero && sum.isOwn && sum.reset == nil)
    }

    @Test func `time before the first sight and after the last one is not known, and is no zero`() throws {
        let sum = try Self.sum([Self.entry(6, until: 8, "50"), Self.entry(8, until: 20, "45")])
        #expect(sum.spent == ExactDecimal(5))
        #expect(sum.unknownSeconds == (6 + 4) * 3_600)
        let never = try Self.sum([Self.entry(-30, until: -28, "50"), Self.entry(-28, until: -26, "45")])
        #expect(never.spent == nil && never.toppedUp == nil && never.expired == nil)
        #expect(never.unknownSeconds == 86_400)
        #expect(Self.spending([]).whole.sums.isEmpty)
    }

    @Test func `what fell in a gap is counted in a time that holds the gap, and in no shorter one`() throws {
        let history = [
            Self.entry(-1, until: 10, "100"), Self.entry(10, until: 18, "97"), Self.entry(54, until: 60, "47"),
            Self.entry(60, until: 72, "45")
        ]
        let spending = Self.spending(history, until: 72)
        #expect(spending.whole.sums.first?.spent == ExactDecimal(55))
        #expect(spending.whole.sums.first?.unknownSeconds == 0)
        let days = spending.days.compactMap(\.sums.first)
        #expect(days.map(\.spent) == [ExactDecimal(3), nil, ExactDecimal(2)])
        #expect(days.map(\.spentOrBefore) == [.zero, .zero, ExactDecimal(50)])
        #expect(days.map(\.unknownSeconds) == [6 * 3_600, 86_400, 6 * 3_600])
        let ended = try Self.sum(Array(history.prefix(3)), until: 48)
        #expect(ended.spent == ExactDecimal(3) && ended.unknownSeconds == 30 * 3_600)
    }

    @Test func `a step that began within the hour before midnight is of the day in which it was seen`() {
        let history = [
            Self.entry(0, until: 23.5, "100"), Self.entry(25, until: 30, "90"), Self.entry(30, until: 48, "89.5")
        ]
        let days = Self.spending(history, until: 48).days
        #expect(days.map { $0.sums.first?.spent } == [.zero, ExactDecimal("10.5")])
        #expect(days.map { $0.sums.first?.unknownSeconds } == [0, 0])
        #expect(days.map(\.since) == [Self.hour(0), Self.hour(24)] && days.map(\.until) == [Self.hour(24), Self.hour(48)])
    }

    @Test func `what is seen first at midnight was spent before it, and two times side by side are one`() throws {
        let history = [Self.entry(20, until: 23.9, "100"), Self.entry(24, until: 30, "90"), Self.entry(30, until: 48, "80")]
        #expect(try Self.sum(history, since: 20, until: 24).spent == ExactDecimal(10))
        #expect(try Self.sum(history, since: 24, until: 48).spent == ExactDecimal(10))
        #expect(try Self.sum(history, since: 20, until: 48).spent == ExactDecimal(20))
    }

    @Test func `days begin at midnight, and the first and the last may be parts of one`() {
        let history = [Self.entry(-40, until: 60, "5")]
        let days = Self.spending(history, since: -30.5, until: 25).days
        #expect(days.map(\.since) == [-30.5, -24, 0, 24].map(Self.hour))
        #expect(days.map(\.until) == [-24, 0, 24, 25].map(Self.hour))
        #expect(days.allSatisfy { $0.sums.first?.spent == .zero })
    }

    @Test func `a top-up that was seen hours later hides what was spent meanwhile`() throws {
        let sum = try Self.sum([Self.entry(0, until: 4, "10"), Self.entry(9, until: 20, "60"), Self.entry(20, until: 24, "55")])
        #expect(sum.spent == ExactDecimal(5) && sum.toppedUp == ExactDecimal(50))
        #expect(sum.unknownSeconds == 5 * 3_600)
        // Where the provider says what it gave, nothing is hidden.
        let told = try Self.sum([
            Self.entry(0, until: 4, "10", granted: "100"), Self.entry(9, until: 24, "60", granted: "160")
        ])
        #expect(told.spent == ExactDecimal(10) && told.toppedUp == ExactDecimal(60) && told.unknownSeconds == 0)
    }

    @Test func `what expires is not spent`() throws {
        let sum = try Self.sum([
            Self.entry(0, until: 4, "100", granted: "500"), Self.entry(4, until: 24, "70", granted: "480")
        ])
        #expect(sum.spent == ExactDecimal(10) && sum.expired == ExactDecimal(20) && sum.dropped == .zero)
    }

    @Test func `money given back is not spent, on the day on which it was spent`() throws {
        let history = [
            Self.entry(0, until: 20, "100"), Self.entry(20, until: 26, "60"), Self.entry(26, until: 48, "67")
        ]
        let days = Self.spending(history, until: 48).days.compactMap(\.sums.first)
        #expect(days.map(\.spent) == [ExactDecimal(33), .zero])
        #expect(days.map(\.toppedUp) == [.zero, .zero])
    }

    @Test func `one drop that is like no other is told apart, as another key may be the reason`() throws {
        var history: [Observation] = []
        for index in 0..<20 {
            let at = Double(index) - 20
            history.append(Self.entry(at, until: at + 1, "\(500 - index)"))
        }
        history.append(Self.entry(1, until: 4, "3"))
        history.append(Self.entry(4, until: 24, "2"))
        let sum = try Self.sum(history)
        #expect(sum.dropped == ExactDecimal(478) && sum.spent == ExactDecimal(1))
        #expect(sum.reset == Spending.Reset(at: Self.hour(1), reason: "large_drop"))
    }

    @Test func `where there is no day to compare with, another key looks like spending or a top-up`() throws {
        let sum = try Self.sum([
            Self.entry(0, until: 5, "500"), Self.entry(5, until: 9, "7"), Self.entry(9, until: 24, "707")
        ])
        #expect(sum.spent == ExactDecimal(493) && sum.toppedUp == ExactDecimal(700) && sum.reset == nil)
    }

    @Test func `a figure that is written another way is neither spent nor added`() throws {
        let sum = try Self.sum([
            Self.entry(0, until: 5, "10000"), Self.entry(5.5, until: 9, "100"), Self.entry(9, until: 24, "98")
        ])
        #expect(sum.spent == ExactDecimal(2) && sum.toppedUp == .zero && sum.unknownSeconds == 1_800)
        #expect(sum.reset == Spending.Reset(at: Self.hour(5.5), reason: "scale_changed"))
    }

    @Test func `a clock that went back compares nothing`() throws {
        let sum = try Self.sum([
            Self.entry(0, until: 12, "100"), Self.entry(10, until: 14, "60"), Self.entry(14, until: 24, "59")
        ])
        #expect(sum.spent == ExactDecimal(1) && sum.unknownSeconds == 2 * 3_600 && sum.reset?.reason == "clock_changed")
    }

    @Test func `units are never added up, and one that another took the place of has ended`() throws {
        let dollars = try #require(AmountUnit("USD"))
        func dollar(_ at: Double, until: Double, _ value: String) -> Observation {
            Observation(
                at: Self.hour(at), until: Self.hour(until),
                amounts: [Amount(kind: .available, value: ExactDecimal(value) ?? .zero, unit: dollars)])
        }
        let sums = Self.spending([
            Self.entry(0, until: 4, "100"), Self.entry(4, until: 6, "90"), dollar(6, until: 20, "9"), dollar(20, until: 24, "8.5")
        ]).whole.sums
        #expect(sums.map(\.unit) == [dollars, Self.unit])
        #expect(sums.map(\.spent) == [ExactDecimal("0.5"), ExactDecimal(10)])
        #expect(sums.map(\.unknownSeconds) == [6 * 3_600, 18 * 3_600])
    }

    @Test func `less than nothing is spent like anything else`() throws {
        let sum = try Self.sum([
            Self.entry(0, until: 2, "1.25"), Self.entry(2, until: 4, "-0.5"), Self.entry(4, until: 6, "-3"),
            Self.entry(6, until: 24, "20")
        ])
        #expect(sum.spent?.description == "4.25" && sum.toppedUp == ExactDecimal(23))
    }

    @Test func `a part has a sum of its own, and what stands for the unit comes first`() throws {
        func parts(_ at: Double, until: Double, own: String?, paid: String) -> Observation {
            Observation(
                at: Self.hour(at), until: Self.hour(until),
                amounts: [Self.amount(.available, paid, part: "paygo", isAside: true)]
                    + (own.map { [Self.amount(.available, $0, part: "plan")] } ?? []))
        }
        let sums = Self.spending([
            parts(0, until: 4, own: "300", paid: "50"), parts(4, until: 8, own: nil, paid: "49"),
            parts(8, until: 12, own: "310", paid: "49"), parts(12, until: 24, own: "290", paid: "44")
        ]).whole.sums
        #expect(sums.map { $0.part?.name } == ["plan", "paygo"] && sums.map(\.isOwn) == [true, false])
        #expect(sums.map(\.spent) == [ExactDecimal(20), ExactDecimal(6)])
        // Where the plan was unlimited, nobody knows what was spent of it.
        #expect(sums.map(\.unknownSeconds) == [4 * 3_600, 0] && sums[0].reset?.reason == "unit_changed")
    }

    @Test func `it agrees with the counters, which are made by the same rules`() throws {
        let values = ["100", "93.75", "90", "91", "70", "170", "169.999", "120", "119", "169", "4"]
        let history = values.enumerated().map { index, value in
            Self.entry(Double(index), until: Double(index) + 0.95, value)
        }
        var counters = SpendCounters.zero
        for index in history.indices.dropFirst() {
            counters.count(history[index], after: Array(history[..<index]), unit: Self.unit)
        }
        let sum = try Self.sum(history)
        #expect(sum.dropped == .zero)
        #expect(sum.toppedUp == counters.toppedUp && sum.spent == counters.spent.subtracting(counters.refunded))
    }

    @Test func `figures that need more than 38 digits have no sum`() throws {
        let most = String(repeating: "9", count: 38)
        let sum = try Self.sum([
            Self.entry(0, until: 1, "0"), Self.entry(1, until: 2, "-" + most), Self.entry(2, until: 24, "-1")
        ])
        #expect(sum.spent?.description == most && sum.toppedUp != nil)
        let second = try Self.sum([
            Self.entry(0, until: 1, "0"), Self.entry(1, until: 2, "-" + most), Self.entry(2, until: 3, "0"),
            Self.entry(3, until: 24, "-1")
        ])
        #expect(second.spent == nil && second.unknownSeconds == 0)
    }
}
