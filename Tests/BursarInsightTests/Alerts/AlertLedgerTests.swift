import BursarModel
import Testing

@testable import BursarInsight

@Suite struct `What is told of an account` {
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
        #expect(end.since == low.at)
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
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(3_600)))
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
            bench.ledger.lasts(AlertBench.account, .expected(.seconds(hours * 3_600)), at: bench.now, now: bench.now)
            bench.run()
        }
        for length in [73, 71, 70] { hours(length, &bench) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.runwayShort]])
        hours(80, &bench)
        #expect(bench.state("runway").firing != nil)
        bench.now = bench.now.advanced(by: .seconds(300))
        bench.ledger.lasts(AlertBench.account, .unknown, at: bench.now, now: bench.now)
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

@Suite struct `How targets are told` {
    @Test func `edges within half a minute are one message, and no more than so many an hour`() {
        let accounts = (0..<200).map { AlertBench.account("a\($0)") }
        var bench = AlertBench([AlertBench.below(50)], accounts: accounts, targets: [AlertTarget(name: "ops", perHour: 3)])
        for account in accounts { for value in ["40", "39"] { bench.read(value, of: account) } }
        bench.pass(.seconds(3_100))
        #expect(bench.told.count == 3)
        bench.pass(.seconds(3_600))
        // Four in all: the rest was summed up in one.
        #expect(bench.told.count == 4 && bench.events.count == 200 && Set(bench.events.map(\.id)).count == 200)
    }

    @Test func `what was superseded before it was sent is not sent, nor its end`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39", "100"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.told.isEmpty && bench.ledger.records.events.isEmpty && bench.ledger.records.deliveries.isEmpty)
    }

    @Test func `an end goes to who may have been told, and what was low is not sent again`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(31))
        bench.outcome = { _ in .delivered }
        bench.read("100")
        bench.pass(.seconds(40))
        #expect(bench.kinds == [[.low], [.recovered]])
        #expect(bench.events.last?.firing == bench.events.first?.id)
    }

    @Test func `whoever certainly heard nothing of it is not told of its end`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "connection_refused", mayHaveArrived: false, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(31))
        bench.outcome = { _ in .delivered }
        bench.read("100")
        bench.pass(.seconds(3_600))
        #expect(bench.kinds == [[.low]] && bench.ledger.records.deliveries.isEmpty && bench.state().told.isEmpty)
    }

    @Test func `a message keeps its id over its retries, which follow the schedule and are given up`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "http_500", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(10 * 86_400))
        #expect(bench.told.count == 10 && Set(bench.told.map(\.id)).count == 1 && bench.told.map(\.attempt) == Array(1...10))
        for (index, (first, next)) in zip(bench.told, bench.told.dropFirst()).enumerated() {
            let gap = first.at.duration(to: next.at)
            #expect(gap >= AlertTiming.retries[index] && gap <= AlertTiming.retries[index] * 6 / 5 + .seconds(2))
        }
        #expect(bench.ledger.givenUp == 1 && bench.ledger.records.messages.isEmpty)
    }

    @Test func `a target that asks to wait is left alone for so long`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "http_429", mayHaveArrived: false, retryAfter: .seconds(1_000)) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(900))
        #expect(bench.told.count == 1)
        bench.pass(.seconds(200))
        #expect(bench.told.count == 2)
    }

    @Test func `a target that is gone is posted to once, until its configuration is another one`() {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", fingerprint: "1")])
        bench.outcome = { _ in .gone(status: 404) }
        for _ in 0..<5 {
            for value in ["40", "39"] { bench.read(value) }
            bench.pass(.seconds(7_200))
            bench.read("100")
            bench.pass(.seconds(7_200))
        }
        bench.restart()
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(7_200))
        #expect(bench.told.count == 1 && bench.ledger.pausedStatus("ops") == 404)
        bench.outcome = { _ in .delivered }
        bench.targets = [AlertTarget(name: "ops", fingerprint: "2")]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        bench.pass(.seconds(60))
        // What is the case now, and nothing of what was meanwhile.
        #expect(bench.kinds == [[.low], [.low]] && bench.ledger.pausedStatus("ops") == nil)
    }

    @Test func `a muted account goes on, and only what differs is told at the end`() {
        var bench = AlertBench([AlertBench.below(50), AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low]])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(4 * 3_600)))
        bench.read("100")
        bench.pass(.seconds(3_600))
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.kinds.count == 1 && bench.state().firing != nil)
        bench.restart()
        bench.pass(.seconds(3 * 3_600))
        // It was low before, it is low after.
        #expect(bench.kinds.count == 1)
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.events.filter { $0.kind == .recovered }.map(\.firing) == [bench.events.first?.id])
    }

    @Test func `what began while muted is told at the end, where it still holds`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(3_600)))
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_000))
        #expect(bench.told.isEmpty)
        bench.pass(.seconds(700))
        #expect(bench.kinds == [[.low]])
    }

    @Test func `a target of states is told each minute while it fires and for five minutes more`() {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", takesStates: true)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(600))
        #expect((10...12).contains(bench.told.count))
        bench.restart()
        bench.pass(.seconds(60))
        let before = bench.told.count
        bench.read("100")
        bench.pass(.seconds(3_600))
        let resolved = bench.told[before...]
        #expect((5...6).contains(resolved.count))
        for dispatch in resolved {
            guard case .states(let reports) = dispatch.content else { continue }
            #expect(reports.allSatisfy { $0.endedAt != nil })
        }
        #expect(bench.ledger.records.events.isEmpty && bench.ledger.nextWake(bench.now) == nil)
    }

    @Test func `a restart tells nothing twice and misses no edge that fell into it`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        bench.restart()
        for value in ["38", "37"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        #expect(bench.kinds == [[.low]])
        bench.restart()
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low], [.recovered]])
        bench.restart()
        bench.pass(.seconds(3_600))
        for value in ["38", "37"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.low], [.recovered], [.low]])
    }

    @Test func `rules and targets that are named no longer leave nothing behind`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.ledger.configure(rules: [:], targets: [])
        bench.run()
        #expect(bench.kept.isEmpty && bench.ledger.records.isEmpty)
    }

    @Test func `a clock that was set back keeps nothing waiting`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39"] { bench.read(value) }
        bench.now = bench.now.advanced(by: .seconds(-400 * 86_400))
        bench.run()
        #expect(bench.kinds == [[.low]])
    }

    @Test func `two thousand accounts that fail together are one message, soon`() {
        let accounts = (0..<2_000).map { AlertBench.account("a\($0)") }
        var bench = AlertBench(
            [AlertRule(name: "unavailable", condition: .unavailable(.seconds(60)), targets: ["ops"])], accounts: accounts)
        for account in accounts { bench.ledger.failed(account, .timeout, at: bench.now, now: bench.now) }
        let clock = ContinuousClock()
        let time = clock.measure { bench.pass(.seconds(100)) }
        #expect(bench.told.count == 1 && bench.events.count == 2_000)
        #expect(time < .seconds(10))
    }
}
