import BursarBasics
import BursarModel
import Foundation
import Testing

@testable import BursarInsight

/// Gateways that are killed at any moment, receivers that hang, fail, come and go: what arrived is judged at the end.
@Suite struct `Alerts under kills and restarts` {
    /// `BURSAR_ALERT_RUNS`, else a thousand; `BURSAR_ALERT_SEED` for one that failed.
    @Test func `each edge arrives once by id, each firing has its end, none is lost and none is stale`() throws {
        let environment = ProcessInfo.processInfo.environment
        let runs = environment["BURSAR_ALERT_RUNS"].flatMap { Int($0) } ?? 1_000
        let first = environment["BURSAR_ALERT_SEED"].flatMap { UInt64($0) }
        let base = first ?? UInt64(20_261_127)
        for run in 0..<(first == nil ? UInt64(runs) : 1) {
            var world = AlertWorld(seed: base &+ run)
            world.run()
            if let broken = world.broken() {
                Issue.record("seed \(base &+ run): \(broken)")
                return
            }
        }
    }
}

/// Two accounts, three targets, one of them gone. *Value.*
private struct AlertWorld {
    private var dice: SplitMix64
    private var ledger: AlertLedger
    private var kept = AlertRecords()
    private var now = AlertBench.start
    private var balances: [AccountID: Int] = [:]
    private var receivers: [String: Receiver] = ["one": Receiver(), "two": Receiver(), "gone": Receiver()]
    /// Attempts whose answer is still on its way.
    private var open: [AlertDispatch] = []
    private var problem: String?
    private var isCalm = false
    private var restarts = 0
    private let accounts = [AlertBench.account("a"), AlertBench.account("b")]
    private let targets = [AlertTarget(name: "one"), AlertTarget(name: "two", perHour: 4), AlertTarget(name: "gone")]
    private var rules: [AccountID: [AlertRule]] {
        let names = targets.map(\.name)
        let all = [
            AlertBench.below(50, to: names),
            AlertRule(name: "unavailable", condition: .unavailable(.seconds(900)), targets: names),
            AlertRule(name: "key_rejected", condition: .keyRejected, targets: names)
        ]
        return Dictionary(uniqueKeysWithValues: accounts.map { ($0, all) })
    }

    /// What came, in the order in which it came first.
    private struct Receiver {
        var messages: [String: [String]] = [:]
        var events: [AlertEvent] = []
        var requests = 0
    }

    init(seed: UInt64) {
        dice = SplitMix64(seed: seed)
        ledger = AlertLedger(seed: dice.next())
        for account in accounts { balances[account] = 100 }
        ledger.configure(rules: rules, targets: targets)
    }

    private mutating func chance(_ percent: UInt64) -> Bool { dice.next() % 100 < percent }

    mutating func run() {
        for _ in 0..<60 {
            now = now.advanced(by: .seconds(Int64(dice.next() % 700) + 1))
            for account in accounts where chance(60) { happens(to: account) }
            step()
            if chance(6) { restart() }
            if chance(3), let account = accounts.first {
                if chance(50) {
                    ledger.mute(account, until: now.advanced(by: .seconds(Int64(dice.next() % 8_000))), now: now)
                } else {
                    ledger.unmute(account)
                }
            }
        }
        // Then everything works, and all that is on its way arrives.
        isCalm = true
        for _ in 0..<400 {
            now = max(now.advanced(by: .seconds(1)), ledger.nextWake(now) ?? now.advanced(by: .seconds(60)))
            step()
            if ledger.nextWake(now) == nil, open.isEmpty { break }
        }
    }

    private mutating func happens(to account: AccountID) {
        switch dice.next() % 10 {
        case 0: ledger.failed(account, .unauthorized, at: now, now: now)
        case 1, 2: ledger.failed(account, .timeout, at: now, now: now)
        default:
            let balance = (balances[account] ?? 0) + Int(dice.next() % 61) - 30
            balances[account] = chance(5) ? 200 : max(0, balance)
            ledger.read(account, AlertBench.amounts("\(balances[account] ?? 0)"), at: now, now: now)
        }
    }

    private mutating func step() {
        ledger.tick(now)
        let due = ledger.takeDue(now)
        // Killed before it was kept, or before it was sent.
        if !isCalm, chance(2) { return restart() }
        kept.apply(ledger.takeChanges())
        if !isCalm, chance(2) { return restart() }
        let life = restarts
        for dispatch in due where restarts == life { send(dispatch) }
        guard restarts == life else { return }
        let ending = open
        open = []
        for dispatch in ending { answer(dispatch) }
        if !isCalm, chance(2) { return restart() }
        kept.apply(ledger.takeChanges())
    }

    private mutating func send(_ dispatch: AlertDispatch) {
        if dispatch.target == "gone" {
            receivers["gone"]?.requests += 1
            ledger.finished("gone", .gone(status: 404), now: now)
            return
        }
        if !isCalm, chance(15) {
            ledger.finished(
                dispatch.target, .failed(reason: "connection_refused", mayHaveArrived: false, retryAfter: nil), now: now)
            return
        }
        // It hangs before or behind the receiver.
        if !isCalm, chance(15) {
            if chance(50) { receive(dispatch) }
            open.append(dispatch)
            return
        }
        receive(dispatch)
        if !isCalm, chance(4) { return restart() }
        answer(dispatch)
    }

    private mutating func answer(_ dispatch: AlertDispatch) {
        let arrived = receivers[dispatch.target]?.messages[dispatch.id] != nil
        if !isCalm, chance(30) || !arrived {
            ledger.finished(dispatch.target, .failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil), now: now)
        } else if arrived {
            ledger.finished(dispatch.target, .delivered, now: now)
        } else {
            receive(dispatch)
            ledger.finished(dispatch.target, .delivered, now: now)
        }
    }

    private mutating func receive(_ dispatch: AlertDispatch) {
        guard case .events(let events) = dispatch.content, var receiver = receivers[dispatch.target] else { return }
        receiver.requests += 1
        for event in events where !receiver.events.contains(where: { $0.id == event.id }) {
            receiver.events.append(event)
            if event.kind.isFiring, let key = event.key, ledger.records.states[key]?.firing != event.id {
                problem = problem ?? "\(event.id) of \(key) was sent although it is over"
            }
        }
        receiver.messages[dispatch.id, default: []] += events.map(\.id)
        receivers[dispatch.target] = receiver
    }

    private mutating func restart() {
        restarts += 1
        ledger = AlertLedger(kept, seed: dice.next())
        ledger.configure(rules: rules, targets: targets)
        open = []
        // What is heard first after a start is a reading.
        for account in accounts { ledger.read(account, AlertBench.amounts("\(balances[account] ?? 0)"), at: now, now: now) }
    }

    /// What went wrong; nil: nothing.
    func broken() -> String? {
        if let problem { return problem }
        if let gone = receivers["gone"], gone.requests > 1 {
            // A kill between the answer and its keeping may cost one more.
            if gone.requests > 4 { return "the target that is gone was posted to \(gone.requests) times" }
        }
        for name in ["one", "two"] {
            guard let receiver = receivers[name] else { continue }
            var messageOf: [String: String] = [:]
            for (message, events) in receiver.messages {
                for event in events {
                    if let other = messageOf.updateValue(message, forKey: event), other != message {
                        return "\(name): \(event) came in two messages"
                    }
                }
            }
            for (key, state) in ledger.records.states {
                var isOpen: String?
                for event in receiver.events where event.key == key {
                    if event.kind.isFiring {
                        if let isOpen { return "\(name): \(event.id) of \(key) fired while \(isOpen) was open" }
                        isOpen = event.id
                    } else {
                        // What hung on its way may not have come; its end is told all the same.
                        let came = receiver.events.contains { $0.id == event.firing }
                        guard event.firing == isOpen || (isOpen == nil && !came) else {
                            return "\(name): \(event.id) ended \(event.firing ?? "-") while \(isOpen ?? "nothing") was open"
                        }
                        isOpen = nil
                    }
                }
                if (isOpen != nil) != (state.firing != nil) {
                    return "\(name): \(key) is \(state.word), and the receiver believes \(isOpen == nil ? "ok" : "firing")"
                }
            }
        }
        return nil
    }
}
