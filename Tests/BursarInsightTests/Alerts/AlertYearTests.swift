import BursarBasics
import BursarModel
import Testing

@testable import BursarInsight

/// A year of an account that is spent, topped up, fails, flaps and is read wrongly now and then.
@Suite struct `A year of alerts` {
    private static let limit = 50

    @Test func `no alert without a cause, no cause without an alert within two readings, and what flaps once an hour`() throws {
        for seed in AlertBench.years {
            var world = Year(seed: seed)
            world.run()
            #expect(world.problems.isEmpty, "seed \(seed): \(world.problems.prefix(3))")
            #expect(world.fired > 20, "seed \(seed): too little happened")
        }
    }

    /// Read every quarter of an hour. *Value.*
    private struct Year {
        private var dice: SplitMix64
        private var bench = AlertBench([
            AlertBench.below(limit), AlertRule(name: "unavailable", condition: .unavailable(.seconds(3_600)), targets: ["ops"])
        ])
        private var balance = 400
        private var isDown = 0
        private var isFlapping = 0
        /// What was read last, oldest first; nil for an answer that could not be taken.
        private var readings: [Int?] = []
        private var lowSince = 0
        private var failingSince: WallTime?
        private var lastFired: WallTime?
        var problems: [String] = []
        var fired = 0

        init(seed: UInt64) { dice = SplitMix64(seed: seed) }

        private mutating func roll(_ sides: UInt64) -> UInt64 { dice.next() % sides }

        mutating func run() {
            for _ in 0..<(365 * 96) {
                bench.now = bench.now.advanced(by: .seconds(900))
                live()
                let before = bench.state().firing
                let wasUnknown = bench.state("unavailable").firing
                look()
                judge(before)
                judgeOutage(wasUnknown)
            }
            let ids = bench.events.map(\.id)
            if Set(ids).count != ids.count { problems.append("an event was told twice") }
            var open: Set<String> = []
            for event in bench.events {
                if event.kind.isFiring { open.insert(event.id) }
                if let firing = event.firing, open.remove(firing) == nil { problems.append("\(event.id) ended nothing") }
            }
            if open.count > 2 { problems.append("\(open.count) never ended") }
        }

        private mutating func live() {
            balance = max(0, balance - Int(roll(4)))
            if balance < 40, roll(60) == 0 { balance += 400 }
            if isFlapping == 0, roll(2_000) == 0 { isFlapping = 200 }
            if isFlapping > 0 {
                isFlapping -= 1
                balance = roll(2) == 0 ? 45 : 120
            }
            if isDown == 0, roll(700) == 0 { isDown = Int(roll(40)) }
            if isDown > 0 { isDown -= 1 }
        }

        private mutating func look() {
            if isDown > 0 {
                readings.append(nil)
                failingSince = failingSince ?? bench.now
                bench.ledger.failed(AlertBench.account, .timeout, at: bench.now, now: bench.now)
            } else {
                // Now and then a provider says nonsense, once.
                let value = roll(500) == 0 ? 0 : balance
                readings.append(value)
                failingSince = nil
                bench.ledger.read(AlertBench.account, AlertBench.amounts("\(value)"), at: bench.now, now: bench.now)
            }
            if readings.count > 60 { readings.removeFirst() }
            bench.run()
        }

        private mutating func judge(_ before: String?) {
            let known = readings.compactMap(\.self)
            let state = bench.state()
            let isLow = known.suffix(2).count == 2 && known.suffix(2).allSatisfy { $0 < limit }
            if before == nil, state.firing != nil {
                fired += 1
                if !isLow { problems.append("fired at \(bench.now.rfc3339) after \(known.suffix(2))") }
                if let lastFired, lastFired.duration(to: bench.now) < AlertTiming.quiet {
                    problems.append("flaps are told too often")
                }
                lastFired = bench.now
            }
            if before != nil, state.firing == nil, (known.last ?? 0) < limit { problems.append("ended at \(known.last ?? 0)") }
            let mayBeQuiet = lastFired.map { $0.duration(to: bench.now) < AlertTiming.quiet } ?? false
            if isLow, readings.last != .some(nil), state.firing == nil, !mayBeQuiet {
                problems.append("not told at \(bench.now.rfc3339), after \(known.suffix(2))")
            }
        }

        private mutating func judgeOutage(_ before: String?) {
            let state = bench.state("unavailable")
            let isLong = failingSince.map { $0.duration(to: bench.now) >= .seconds(3_600) } ?? false
            if before == nil, state.firing != nil, !isLong { problems.append("an outage was told that was none") }
            if isLong, state.firing == nil, state.firedAt.map({ $0.duration(to: bench.now) >= AlertTiming.quiet }) ?? true {
                problems.append("an outage was not told at \(bench.now.rfc3339)")
            }
            if failingSince == nil, state.firing != nil { problems.append("an outage did not end") }
        }
    }
}
