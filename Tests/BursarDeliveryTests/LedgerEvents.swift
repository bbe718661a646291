import BursarInsight
import BursarModel
import Testing

/// What the ledger tells of an account with a rule of each kind that is spent, out of reach, rejected and topped up. *Value.*
struct LedgerEvents {
    /// All but the test, which no ledger makes.
    static let kinds = AlertEvent.Kind.allCases.filter { $0 != .test }
    private static let step: Duration = .seconds(60)

    private var ledger = AlertLedger(seed: 1)
    private var now = Messages.now.advanced(by: .seconds(-3_600))
    private var told: [AlertEvent] = []
    private let account: AccountID
    private let credits: AmountUnit

    /// One or more of each of ``kinds``.
    static func all() throws -> [AlertEvent] {
        var events = try LedgerEvents()
        events.live()
        return events.told
    }

    private init() throws {
        account = AccountID(provider: try #require(ProviderID("sample")), account: try #require(AccountName("a1")))
        credits = try #require(AmountUnit("credits"))
        let conditions: [(name: String, condition: AlertRule.Condition)] = [
            ("below", .below(ExactDecimal(50), unit: nil)), ("runway", .runway(.seconds(3 * 86_400))),
            ("unavailable", .unavailable(Self.step)), ("key", .keyRejected), ("topped_up", .toppedUp)
        ]
        let rules = conditions.map { AlertRule(name: $0.name, condition: $0.condition, targets: ["ops"]) }
        ledger.configure(rules: [account: rules], targets: [AlertTarget(name: "ops")])
    }

    private mutating func live() {
        read(800, days: 20)
        for _ in 0..<2 { read(40, days: 2) }
        for _ in 0..<2 { fail(.timeout) }
        read(40, days: 2)
        for _ in 0..<2 { fail(.unauthorized) }
        read(9_040, days: 100)
    }

    private mutating func read(_ value: Int, days: Int64) {
        let amount = Amount(kind: .available, value: ExactDecimal(value), unit: credits)
        ledger.read(account, [amount], at: now, now: now)
        ledger.lasts(account, .expected(.seconds(days * 86_400)), of: amount, at: now, now: now)
        tell()
    }

    private mutating func fail(_ code: ProblemCode) {
        ledger.failed(account, code, at: now, now: now)
        tell()
    }

    /// What gathered is told a step later.
    private mutating func tell() {
        now = now.advanced(by: Self.step)
        ledger.tick(now)
        for dispatch in ledger.takeDue(now) {
            if case .events(let events) = dispatch.content { told += events }
            ledger.finished(dispatch.target, .delivered, now: now)
        }
        _ = ledger.takeChanges()
    }
}
