import BursarInsight
import BursarModel
import Testing

struct SpendCountersTests {
    private static let unit = ObservedHistory.unit

    private static func entry(_ minutes: Int64, _ available: String, reserved: String? = nil, granted: String? = nil)
        -> Observation
    {
        let time = WallTime(seconds: 1_700_000_000 + minutes * 60)
        func amount(_ kind: AmountKind, _ text: String) -> Amount {
            Amount(kind: kind, value: ExactDecimal(text) ?? .zero, unit: unit)
        }
        return Observation(
            at: time, until: time,
            amounts: [amount(.available, available)] + (reserved.map { [amount(.reserved, $0)] } ?? [])
                + (granted.map { [amount(.granted, $0)] } ?? []))
    }

    private static func count(_ entries: [Observation]) -> SpendCounters {
        var counters = SpendCounters.zero
        for index in entries.indices.dropFirst() {
            counters.count(entries[index], after: Array(entries[..<index]), unit: unit)
        }
        return counters
    }

    @Test func `what is spent and what is added are counted to the digit`() {
        let counters = Self.count([
            Self.entry(0, "100.00"), Self.entry(5, "87.5"), Self.entry(10, "287.5"), Self.entry(15, "287.49"),
            Self.entry(20, "0"), Self.entry(25, "90")
        ])
        #expect(counters.spent.description == "300.00")
        #expect(counters.toppedUp.description == "290.0")
    }

    @Test func `a refund is taken off what is spent next, so that nothing ever falls`() {
        let start = [Self.entry(0, "100"), Self.entry(5, "50"), Self.entry(10, "45"), Self.entry(15, "50")]
        #expect(Self.count(start) == SpendCounters(spent: ExactDecimal(55), toppedUp: .zero, refunded: ExactDecimal(5)))
        let spent = Self.count(start + [Self.entry(20, "47"), Self.entry(25, "40")])
        #expect(spent == SpendCounters(spent: ExactDecimal(60), toppedUp: .zero, refunded: .zero))
    }

    @Test func `what a running job holds is not spent`() {
        let counters = Self.count([
            Self.entry(0, "100", reserved: "0"), Self.entry(5, "60", reserved: "40"), Self.entry(10, "90", reserved: "0")
        ])
        #expect(counters == SpendCounters(spent: ExactDecimal(10), toppedUp: .zero, refunded: .zero))
    }

    @Test func `what expires is not spent, and what the provider says it gave is exact`() {
        let counters = Self.count([
            Self.entry(0, "100", granted: "500"), Self.entry(5, "70", granted: "480"), Self.entry(10, "160", granted: "580")
        ])
        #expect(counters == SpendCounters(spent: ExactDecimal(20), toppedUp: ExactDecimal(100), refunded: .zero))
    }

    @Test func `another way of counting counts nothing`() {
        let counters = Self.count([
            Self.entry(0, "10000"), Self.entry(5, "100"), Self.entry(10, "90", reserved: "0"), Self.entry(15, "80", reserved: "5")
        ])
        #expect(counters == SpendCounters(spent: ExactDecimal(5), toppedUp: .zero, refunded: .zero))
    }

    @Test func `a part that is left over where the row's own amount is unlimited is not what was spent`() {
        let counters = Self.count(
            (0..<12).map { minute in
                Observation(
                    at: WallTime(seconds: 1_700_000_000 + minute * 60), until: WallTime(seconds: 1_700_000_000 + minute * 60),
                    amounts: StandingAmountTests.amounts(
                        own: minute.isMultiple(of: 2) ? "300" : nil, part: "plan", [("paygo", "50")]))
            })
        #expect(counters == .zero)
    }

    @Test func `two parts are two ways of counting, and where they stand is none`() {
        func entry(_ minute: Int64, own: (String, String), _ other: (part: String?, value: String)) -> Observation {
            let amounts = StandingAmountTests.amounts(own: own.1, part: own.0, [other])
            let time = WallTime(seconds: 1_700_000_000 + minute * 60)
            return Observation(at: time, until: time, amounts: minute.isMultiple(of: 2) ? amounts : amounts.reversed())
        }
        let counters = Self.count([
            entry(0, own: ("plan", "300"), ("paygo", "50")), entry(1, own: ("plan", "290"), ("paygo", "80")),
            entry(2, own: ("paygo", "80"), ("plan", "290")), entry(3, own: ("paygo", "75"), ("plan", "290"))
        ])
        #expect(counters == SpendCounters(spent: ExactDecimal(15), toppedUp: .zero, refunded: .zero))
    }

    @Test func `figures of 38 digits overflow into no count at all`() {
        let most = String(repeating: "9", count: 38)
        #expect(Self.count([Self.entry(0, "-" + most), Self.entry(5, most)]) == .zero)
    }
}
