import BursarModel
import Testing

@testable import BursarInsight

@Suite struct `What is told of an account` {
    @Test func `a condition that holds and has not fired says when it will`() {
        var bench = AlertBench([AlertRule(name: "key", condition: .keyRejected, targets: ["ops"])])
        #expect(bench.ledger.listing(bench.now).map(\.firesAt) == [nil])
        bench.fail(.unauthorized)
        let due = bench.now.advanced(by: AlertTiming.settling)
        #expect(bench.ledger.listing(bench.now).map(\.firesAt) == [due] && bench.state("key").firing == nil)
        bench.pass(.seconds(601))
        #expect(bench.ledger.listing(bench.now).map(\.firesAt) == [nil] && bench.state("key").firing != nil)
    }

    @Test func `low is told after two readings, in one message half a minute later`() throws {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("60")
        bench.read("49.99")
        #expect(bench.state().firing == nil && bench.state().candidate?.readings == 1)
        bench.read("49.98")
        #expect(bench.state().word == .firing && bench.told.isEmpty)
        bench.pass(.seconds(31))
        #expect(bench.kinds == [[.low]])
        let event = try #require(bench.events.first)
        #expect(event.facts.value?.description == "49.98" && event.limit == "50" && event.facts.unit?.name == "credits")
    }

    @Test func `one reading is told after ten minutes, unless nothing is known by then`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("49")
        bench.pass(.seconds(595))
        #expect(bench.state().firing == nil)
        bench.pass(.seconds(40))
        #expect(bench.kinds == [[.low]])
        var silent = AlertBench([AlertBench.below(50)])
        silent.read("49")
        silent.fail(.timeout)
        silent.pass(.seconds(3_600))
        #expect(silent.told.isEmpty && silent.state().word == .unknown)
        // The second reading comes after the gap.
        silent.read("48")
        silent.pass(.seconds(31))
        #expect(silent.kinds == [[.low]])
    }

    @Test func `a limit is exact, and the limit itself is not below it`() {
        var bench = AlertBench([AlertBench.below(50)])
        for _ in 0..<3 { bench.read("50.00") }
        bench.pass(.seconds(700))
        #expect(bench.told.isEmpty && bench.state().word == .ok)
        for _ in 0..<2 { bench.read("49.99999999999999999999999999999999") }
        bench.pass(.seconds(31))
        #expect(bench.kinds == [[.low]])
    }

    @Test func `it recovers at 1.1 times the limit and not before, and says what was and for how long`() throws {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("60")
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        // Given back: within what was burned, so that it is no top-up.
        bench.read("43")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low]])
        bench.read("60")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low], [.recovered]])
        let (low, end) = (try #require(bench.events.first), try #require(bench.events.last))
        #expect(end.firing == low.id && end.before?.value?.description == "39" && end.facts.value?.description == "60")
        #expect(end.since == low.since && low.since < low.at)
    }

    @Test func `a top-up that reaches the limit is an end, one that does not is none`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["10", "9"] { bench.read(value) }
        bench.pass(.seconds(60))
        bench.read("49")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low]])
        bench.read("52")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low], [.recovered]])
    }

    @Test func `an outage neither fires nor ends low, and recovery goes to who was told, also through unknown`() {
        var bench = AlertBench([
            AlertBench.below(50), AlertRule(name: "unavailable", condition: .unavailable(.seconds(1_800)), targets: ["ops"])
        ])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        for _ in 0..<10 {
            bench.fail(.upstreamError)
            bench.pass(.seconds(300))
        }
        #expect(bench.kinds == [[.low], [.unknown]] && bench.state().word == .unknown && bench.state().firing != nil)
        bench.read("200")
        bench.pass(.seconds(60))
        #expect(bench.kinds.last?.map(\.rawValue).sorted() == ["balance.known", "balance.recovered"])
    }

    @Test func `a rejected key is told by its own rule, and not as an outage too`() {
        var bench = AlertBench([
            AlertRule(name: "key_rejected", condition: .keyRejected, targets: ["ops"]),
            AlertRule(name: "unavailable", condition: .unavailable(.seconds(1_800)), targets: ["ops"])
        ])
        bench.fail(.unauthorized)
        bench.pass(.seconds(300))
        bench.fail(.unauthorized)
        bench.pass(.seconds(7_200))
        #expect(bench.kinds == [[.keyRejected]])
        // A timeout says nothing of the key.
        bench.fail(.timeout)
        bench.pass(.seconds(60))
        #expect(bench.kinds.count == 1 && bench.state("key_rejected").firing != nil)
        bench.read("5")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.keyRejected], [.known]])
    }

    @Test func `a top-up is told once, a refund is none, and a restart does not tell it again`() {
        var bench = AlertBench([AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        for value in ["100", "90", "92", "500"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.toppedUp]] && bench.events.first?.facts.detail == "408")
        bench.restart()
        // The history was lost behind it; what was told was not.
        bench.ledger.remember(
            AlertBench.account,
            [Observation(at: AlertBench.start, until: AlertBench.start, amounts: AlertBench.amounts("92"))], now: bench.now)
        bench.read("499")
        bench.read("700")
        bench.pass(.seconds(60))
        #expect(bench.kinds.count == 2 && bench.events.last?.facts.detail == "201")
    }

    @Test func `a part that is left over is neither low nor a top-up`() {
        func bench(_ condition: AlertRule.Condition) -> AlertBench {
            AlertBench([AlertRule(name: "rule", condition: condition, targets: ["ops"])])
        }
        let conditions: [AlertRule.Condition] = [
            .below(ExactDecimal(100), unit: ObservedHistory.unit), .below(ExactDecimal(100), unit: nil), .toppedUp
        ]
        for condition in conditions {
            var bench = bench(condition)
            for minute in 0..<12 {
                bench.now = bench.now.advanced(by: .seconds(60))
                let own = minute.isMultiple(of: 2) ? "300" : nil
                bench.ledger.read(
                    AlertBench.account, StandingAmountTests.amounts(own: own, part: "plan", [("paygo", "50")]), at: bench.now,
                    now: bench.now)
                bench.run()
            }
            bench.pass(.seconds(3_600))
            #expect(bench.kinds.isEmpty, "\(condition)")
        }
    }

    @Test func `a top-up while nobody ran is told`() {
        var bench = AlertBench([AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        bench.ledger.remember(
            AlertBench.account,
            [Observation(at: AlertBench.start, until: AlertBench.start, amounts: AlertBench.amounts("5"))], now: bench.now)
        bench.read("105")
        bench.pass(.seconds(60))
        #expect(bench.events.map(\.facts.detail) == ["100"])
    }

    @Test func `a top-up that was kept as a reading and not as an event is told by the next process, once`() {
        var bench = AlertBench([AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        bench.read("5")
        func seen(_ value: String, after seconds: Int64) -> Observation {
            let at = AlertBench.start.advanced(by: .seconds(seconds))
            return Observation(at: at, until: at, amounts: AlertBench.amounts(value))
        }
        // Killed behind the second reading: the history has it.
        let history = [seen("5", after: 1), seen("105", after: 10)]
        for _ in 0..<2 {
            bench.restart()
            bench.now = bench.now.advanced(by: .seconds(60))
            bench.ledger.remember(AlertBench.account, history, now: bench.now)
            bench.read("105")
            bench.pass(.seconds(60))
            #expect(bench.events.map(\.facts.detail) == ["100"])
        }
    }

    @Test func `a top-up that was told, lost from the history and read again is not told again`() {
        var bench = AlertBench([AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        for value in ["5", "105"] { bench.read(value) }
        bench.pass(.seconds(60))
        func seen(_ value: String, after seconds: Int64) -> Observation {
            let at = AlertBench.start.advanced(by: .seconds(seconds))
            return Observation(at: at, until: at, amounts: AlertBench.amounts(value))
        }
        // By the next process, whose history has the second reading; the one after it sees that alone.
        bench.restart()
        bench.ledger.remember(AlertBench.account, [seen("5", after: 1), seen("105", after: 90)], now: bench.now)
        bench.read("105")
        bench.pass(.seconds(60))
        #expect(bench.events.count == 1)
    }

    @Test func `what failed is not tried again while its account is muted`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "http_503", mayHaveArrived: false, retryAfter: nil) }
        bench.read("39")
        bench.read("38")
        bench.pass(.seconds(31))
        let attempts = bench.told.count
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(3_600)), now: bench.now)
        bench.outcome = { _ in .delivered }
        bench.pass(.seconds(3_500))
        #expect(attempts > 0 && bench.told.count == attempts)
        bench.pass(.seconds(200))
        #expect(bench.told.count == attempts + 1)
    }

    @Test func `top-ups from before the rule are not told`() {
        var bench = AlertBench([AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        let times = [AlertBench.start, AlertBench.start.advanced(by: .seconds(1))]
        bench.ledger.remember(
            AlertBench.account,
            zip(times, ["5", "105"]).map { Observation(at: $0, until: $0, amounts: AlertBench.amounts($1)) }, now: bench.now)
        bench.now = bench.now.advanced(by: .seconds(10))
        bench.read("105")
        bench.pass(.seconds(60))
        #expect(bench.events.isEmpty)
    }

    @Test func `a short runway fires after two answers and ends at 1.25 times its limit`() {
        var bench = AlertBench([AlertRule(name: "runway", condition: .runway(.seconds(3 * 86_400)), targets: ["ops"])])
        func hours(_ hours: Int, _ bench: inout AlertBench) {
            bench.now = bench.now.advanced(by: .seconds(300))
            bench.ledger.lasts(AlertBench.account, .expected(.seconds(hours * 3_600)), of: nil, at: bench.now, now: bench.now)
            bench.run()
        }
        for length in [73, 71, 70] { hours(length, &bench) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.runwayShort]])
        hours(80, &bench)
        #expect(bench.state("runway").firing != nil)
        bench.now = bench.now.advanced(by: .seconds(300))
        bench.ledger.lasts(AlertBench.account, .unknown, of: nil, at: bench.now, now: bench.now)
        #expect(bench.state("runway").word == .unknown && bench.state("runway").firing != nil)
        hours(90, &bench)
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.runwayShort], [.recovered]])
    }

    @Test func `what flaps is told once an hour`() {
        var bench = AlertBench([AlertBench.below(50)])
        for _ in 0..<36 {
            for value in ["40", "40"] { bench.read(value) }
            bench.pass(.seconds(148))
            bench.read("90")
            bench.pass(.seconds(149))
        }
        // Three hours.
        let fired = bench.events.filter { $0.kind == .low }
        #expect(fired.count >= 2 && fired.count <= 4)
        for (first, next) in zip(fired, fired.dropFirst()) { #expect(first.at.duration(to: next.at) >= .seconds(3_600)) }
        #expect(bench.events.count { $0.kind == .recovered } >= fired.count - 1)
    }

    @Test func `a reminder is told where it was asked for, to who was told`() {
        var bench = AlertBench([AlertBench.below(50, repeats: .seconds(86_400))])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3 * 86_400))
        #expect(bench.kinds == [[.low], [.low], [.low]])
        let first = bench.events.first?.id
        #expect(bench.events.dropFirst().allSatisfy { $0.isReminder && $0.firing == first })
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.events.last?.kind == .recovered && bench.events.last?.firing == first)
    }
}
