import BursarBasics
import BursarModel
import Testing

@testable import BursarInsight

/// A year of an account whose key is taken away now and then, which is topped up and given something back, and lasts longer or shorter.
@Suite struct `A year of keys, top-ups and runways` {
    private static let limit: Duration = .seconds(3 * 86_400)

    @Test func `each is told for its cause, within two readings, and once an hour at the most`() {
        for seed in AlertBench.years {
            var world = Year(seed: seed)
            world.run()
            #expect(world.problems.isEmpty, "seed \(seed): \(world.problems.prefix(3))")
            let happened = [world.fired["key"] ?? 0, world.fired["runway"] ?? 0, world.topUps.count, world.refunds]
            #expect(happened.allSatisfy { $0 > 5 }, "seed \(seed): too little happened: \(happened)")
        }
    }

    /// Read every quarter of an hour. *Value.*
    private struct Year {
        private enum Answer { case value, rejected, nothing }

        private var dice: SplitMix64
        private var bench = AlertBench([
            AlertRule(name: "key", condition: .keyRejected, targets: ["ops"]),
            AlertRule(name: "added", condition: .toppedUp, targets: ["ops"]),
            AlertRule(name: "runway", condition: .runway(limit), targets: ["ops"])
        ])
        private var balance = 2_000
        private var isRejected: UInt64 = 0
        private var isDown: UInt64 = 0
        /// What was read last, and by how much it was less than before.
        private var known: Int?
        private var drop = 0
        /// Since the provider took the key.
        private var rejections = 0
        /// How long it was said to last, the newest two times; nil for no end in sight.
        private var lasting: [Duration?] = []
        private var isForecast = false
        private var firedAt: [String: WallTime] = [:]
        var fired: [String: Int] = [:]
        var topUps: [String] = []
        var refunds = 0
        var problems: [String] = []

        init(seed: UInt64) { dice = SplitMix64(seed: seed) }

        private mutating func roll(_ sides: UInt64) -> UInt64 { dice.next() % sides }

        mutating func run() {
            for _ in 0..<(365 * 96) {
                bench.now = bench.now.advanced(by: .seconds(900))
                let (key, runway) = (bench.state("key").firing, bench.state("runway").firing)
                let answer = live()
                look(answer)
                judge("key", key, isSo: rejections >= 2, isOver: rejections == 0, isHeard: answer != .nothing)
                let isShort = lasting.count == 2 && lasting.allSatisfy { $0.map { $0 < limit } ?? false }
                let isLong = lasting.last.map { $0.map { $0 >= limit * 5 / 4 } ?? true } ?? false
                judge("runway", runway, isSo: isShort, isOver: isLong, isHeard: isForecast)
            }
            // What is gathered last is told, too.
            bench.pass(.seconds(60))
            let told = bench.events.filter { $0.kind == .toppedUp }.map { "\($0.facts.detail ?? "-") at \($0.at.rfc3339)" }
            if told != topUps {
                let wrong = zip(told, topUps).first { $0 != $1 }.map { "\($0), not \($1)" } ?? "one more or less"
                problems.append("\(told.count) top-ups were told and \(topUps.count) booked: \(wrong)")
            }
            if Set(bench.events.map(\.id)).count != bench.events.count { problems.append("an event was told twice") }
        }

        /// What a quarter of an hour brings: spending, more credit before all is gone, what a failed job cost, outages.
        private mutating func live() -> Answer {
            if isDown == 0, roll(700) == 0 { isDown = roll(40) }
            if isRejected == 0, roll(900) == 0 { isRejected = roll(30) }
            isDown -= min(1, isDown)
            isRejected -= min(1, isRejected)
            let answer: Answer = isDown > 0 ? .nothing : isRejected > 0 ? .rejected : .value
            if answer == .value, drop > 0, known == balance, roll(50) == 0 {
                balance += drop
                refunds += 1
                return answer
            }
            balance -= Int(roll(4))
            if balance < 100 || (balance < 300 && roll(40) == 0) { balance += 1_500 }
            return answer
        }

        private mutating func look(_ answer: Answer) {
            isForecast = false
            switch answer {
            case .nothing: bench.ledger.failed(AlertBench.account, .timeout, at: bench.now, now: bench.now)
            case .rejected:
                rejections += 1
                let code: ProblemCode = roll(2) == 0 ? .unauthorized : .forbidden
                bench.ledger.failed(AlertBench.account, code, at: bench.now, now: bench.now)
            case .value:
                rejections = 0
                let change = balance - (known ?? balance)
                // A refund is some credits, a top-up more than a thousand.
                if change > 1_000 { topUps.append("\(change) at \(bench.now.rfc3339)") }
                (known, drop) = (balance, max(0, -change))
                let amounts = AlertBench.amounts("\(balance)")
                bench.ledger.read(AlertBench.account, amounts, at: bench.now, now: bench.now)
                bench.ledger.lasts(AlertBench.account, forecast(), of: amounts.first, at: bench.now, now: bench.now)
            }
            bench.run()
        }

        /// 144 a day, known to a tenth; now and then it is seen otherwise, or not at all.
        private mutating func forecast() -> AlertLedger.Lasting {
            guard roll(300) > 0 else { return .unknown }
            isForecast = true
            let seconds = Int64(balance) * 600 * Int64(90 + roll(21)) / 100 * (roll(60) == 0 ? 2 : 1)
            let left: Duration? = roll(500) == 0 ? nil : .seconds(seconds)
            lasting = lasting.suffix(1) + [left]
            return left.map { .expected($0) } ?? .open
        }

        /// - Parameters:
        ///   - isSo: two readings in a row say what the rule is for.
        ///   - isOver: the newest one says that it is over.
        ///   - isHeard: the newest answer says something of it.
        private mutating func judge(_ rule: String, _ before: String?, isSo: Bool, isOver: Bool, isHeard: Bool) {
            let isFiring = bench.state(rule).firing != nil
            let isQuiet = firedAt[rule].map { $0.duration(to: bench.now) < AlertTiming.quiet } ?? false
            let at = "\(rule) at \(bench.now.rfc3339)"
            if before == nil, isFiring {
                fired[rule, default: 0] += 1
                firedAt[rule] = bench.now
                if !isSo { problems.append("\(at): told without a cause") }
                if isQuiet { problems.append("\(at): told too often") }
            }
            if before != nil, !isFiring, !isOver { problems.append("\(at): ended without a cause") }
            if isSo, isHeard, !isFiring, !isQuiet { problems.append("\(at): not told") }
            if isOver, isHeard, isFiring { problems.append("\(at): did not end") }
        }
    }
}
