import BursarModel
import Foundation

@testable import BursarInsight

/// A ledger, a clock that is moved, and targets that take what they are given.
struct AlertBench {
    var ledger: AlertLedger
    var now: WallTime
    /// What was persisted: all that a restart has.
    var kept = AlertRecords()
    var told: [AlertDispatch] = []
    var outcome: (AlertDispatch) -> AlertOutcome = { _ in .delivered }
    var rules: [AccountID: [AlertRule]]
    var targets: [AlertTarget]

    static let account = account("a")
    static let start = WallTime(seconds: 1_800_000_000)

    /// The seeds of the years that are lived through: `BURSAR_ALERT_YEARS` of them, else one, from `BURSAR_ALERT_SEED` on.
    static var years: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["BURSAR_ALERT_SEED"].flatMap { UInt64($0) } ?? 20_261_127
        return (0..<(environment["BURSAR_ALERT_YEARS"].flatMap { UInt64($0) } ?? 1)).map { first &+ $0 }
    }

    static func account(_ name: String) -> AccountID {
        guard let provider = ProviderID("sample"), let name = AccountName(name) else { preconditionFailure("well-formed") }
        return AccountID(provider: provider, account: name)
    }

    static func amounts(_ value: String, _ unit: String = "credits") -> [Amount] {
        guard let value = ExactDecimal(value), let unit = AmountUnit(unit) else { preconditionFailure("well-formed") }
        return [Amount(kind: .available, value: value, unit: unit)]
    }

    static func below(_ limit: Int, to targets: [String] = ["ops"], repeats: Duration? = nil) -> AlertRule {
        AlertRule(name: "below", condition: .below(ExactDecimal(limit), unit: nil), targets: targets, repeats: repeats)
    }

    init(
        _ rules: [AlertRule], accounts: [AccountID] = [account], targets: [AlertTarget] = [AlertTarget(name: "ops")],
        seed: UInt64 = 1
    ) {
        self.rules = Dictionary(uniqueKeysWithValues: accounts.map { ($0, rules) })
        self.targets = targets
        ledger = AlertLedger(seed: seed)
        now = Self.start
        ledger.configure(rules: self.rules, targets: targets)
    }

    mutating func pass(_ duration: Duration) {
        // In steps, so that what is due in between comes in its order.
        let end = now.advanced(by: duration)
        while true {
            run()
            let next = ledger.nextWake(now).map { max($0, now.advanced(by: .seconds(1))) } ?? end
            guard next < end else { break }
            now = next
        }
        now = end
        run()
    }

    mutating func read(_ value: String, of account: AccountID = account) {
        now = now.advanced(by: .seconds(1))
        ledger.read(account, Self.amounts(value), at: now, now: now)
        run()
    }

    mutating func fail(_ code: ProblemCode, of account: AccountID = account) {
        now = now.advanced(by: .seconds(1))
        ledger.failed(account, code, at: now, now: now)
        run()
    }

    mutating func run() {
        ledger.tick(now)
        for dispatch in ledger.takeDue(now) {
            kept.apply(ledger.takeChanges())
            told.append(dispatch)
            ledger.finished(dispatch.target, outcome(dispatch), now: now)
        }
        kept.apply(ledger.takeChanges())
    }

    mutating func restart(seed: UInt64 = 2) {
        ledger = AlertLedger(kept, seed: seed)
        ledger.configure(rules: rules, targets: targets)
    }

    /// Kinds that were told, message by message, without what failed.
    var kinds: [[AlertEvent.Kind]] {
        told.compactMap {
            guard case .events(let events) = $0.content else { return nil }
            return events.map(\.kind)
        }
    }

    var events: [AlertEvent] {
        told.flatMap { dispatch -> [AlertEvent] in
            if case .events(let events) = dispatch.content { events } else { [] }
        }
    }

    func state(_ rule: String = "below", of account: AccountID = account) -> AlertState {
        ledger.records.states[AlertKey(account, rule)] ?? AlertState()
    }
}
