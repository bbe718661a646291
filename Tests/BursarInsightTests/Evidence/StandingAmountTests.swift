import BursarModel
import Testing

@testable import BursarInsight

struct StandingAmountTests {
    private static let credits = named("credits")
    private static let dollars = named("USD")

    /// `own` is the row's; each of the others stands aside, with its part.
    static func amounts(own: String? = nil, part: String? = nil, _ others: [(part: String?, value: String)] = []) -> [Amount] {
        func amount(_ value: String, _ part: String?, isAside: Bool) -> Amount {
            Amount(
                kind: .available, value: ExactDecimal(value) ?? .zero, unit: ObservedHistory.unit,
                part: part.flatMap { AmountPart($0) }, isAside: isAside)
        }
        return (own.map { [amount($0, part, isAside: false)] } ?? [])
            + others.map { amount($0.value, $0.part, isAside: true) }
    }

    private static func named(_ name: String) -> AmountUnit { AmountUnit(name) ?? preconditionFailed() }

    private static func amount(_ kind: AmountKind, _ value: Int, _ unit: AmountUnit, _ part: String? = nil, isAside: Bool = true)
        -> Amount
    {
        Amount(kind: kind, value: ExactDecimal(value), unit: unit, part: part.flatMap { AmountPart($0) }, isAside: isAside)
    }

    @Test func `the row's own stands for its unit, wherever it stands in the list and whatever its part`() {
        let plan = Self.amount(.available, 300, Self.credits, "plan", isAside: false)
        let paid = Self.amount(.available, 50, Self.credits, "paygo")
        let whole = Self.amount(.available, 350, Self.credits)
        for amounts in [[plan, paid, whole], [paid, plan, whole], [whole, paid, plan]] {
            #expect(amounts.available(of: Self.credits) == plan)
            #expect(amounts.availableUnits == [Self.credits])
        }
    }

    @Test func `a part stands for nothing where the row's own amount is unknown or unlimited`() {
        let amounts = [
            Self.amount(.used, 700, Self.credits, "plan", isAside: false), Self.amount(.available, 50, Self.credits, "paygo"),
            Self.amount(.available, 9, Self.dollars)
        ]
        #expect(amounts.available(of: Self.credits) == nil)
        #expect(amounts.availableUnits == [Self.dollars])
    }

    @Test func `of another unit the whole stands, else the part that it begins with and no other one`() {
        let own = Self.amount(.available, 12, Self.dollars, isAside: false)
        let daily = Self.amount(.available, 300, Self.credits, "daily")
        let bought = Self.amount(.available, 50, Self.credits, "bought")
        let whole = Self.amount(.available, 350, Self.credits)
        let used = Self.amount(.used, 7, Self.credits, "daily")
        #expect([own, daily, bought, whole].available(of: Self.credits) == whole)
        #expect([own, used, daily, bought].available(of: Self.credits) == daily)
        #expect([own, used, bought].available(of: Self.credits) == nil)
    }

    @Test func `what is reserved and granted counts where it is of the same part`() throws {
        let amounts = [
            Self.amount(.available, 300, Self.credits, "plan", isAside: false),
            Self.amount(.reserved, 40, Self.credits, "paygo"), Self.amount(.granted, 90, Self.credits),
            Self.amount(.reserved, 5, Self.credits, "plan", isAside: false)
        ]
        let balance = try #require(Balance(amounts, Self.credits))
        #expect(balance.value == ExactDecimal(305) && balance.granted == nil)
    }
}
