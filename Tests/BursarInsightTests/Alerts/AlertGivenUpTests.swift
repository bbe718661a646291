import BursarModel
import Testing

@testable import BursarInsight

/// A rule that is to tell again tells a target, too, that heard nothing of it.
@Suite struct `What a target was never told` {
    private static let day: Duration = .seconds(86_400)

    private func told(_ bench: AlertBench, _ target: String) -> [AlertEvent] {
        bench.told.filter { $0.target == target }.flatMap { dispatch -> [AlertEvent] in
            if case .events(let events) = dispatch.content { events } else { [] }
        }
    }

    @Test func `a message that was given up is made good when its rule tells again, and its end is told`() throws {
        var bench = AlertBench([AlertBench.below(50, repeats: Self.day)])
        bench.outcome = { _ in .failed(reason: "http_403", mayHaveArrived: false, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        for _ in 0..<100 where bench.ledger.givenUp.isEmpty { bench.pass(.seconds(3_600)) }
        #expect(bench.ledger.givenUp == ["ops": 1] && bench.ledger.pending("ops") == 0 && bench.state().told.isEmpty)
        let (fired, message) = (try #require(bench.events.first), try #require(bench.told.first?.id))
        bench.read("7")
        bench.restart()
        bench.read("6")
        bench.outcome = { _ in .delivered }
        bench.told = []
        bench.pass(Self.day)
        // The same event, in another message, and as it is by now.
        #expect(bench.kinds == [[.low]] && bench.told.first?.id != message)
        let event = try #require(bench.events.first)
        #expect(event.id == fired.id && !event.isReminder && event.at == fired.at && event.since == fired.since)
        #expect(event.facts.value == ExactDecimal(6) && event.before == fired.facts)
        #expect(bench.state().told == ["ops": fired.id] && bench.state().confirmed == ["ops"])
        bench.pass(Self.day)
        let reminder = try #require(bench.events.last)
        #expect(bench.kinds == [[.low], [.low]] && reminder.isReminder && reminder.firing == fired.id)
        #expect(reminder.before == fired.facts)
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(bench.kinds.last == [.recovered] && bench.events.last?.firing == fired.id)
        #expect(bench.state().told.isEmpty && bench.ledger.records.events.isEmpty && bench.kept.events.isEmpty)
    }

    @Test func `what may have arrived before it was given up is reminded of`() throws {
        var bench = AlertBench([AlertBench.below(50, repeats: Self.day)])
        bench.outcome = { _ in .failed(reason: "timeout", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        for _ in 0..<100 where bench.ledger.givenUp.isEmpty { bench.pass(.seconds(3_600)) }
        let fired = try #require(bench.events.first)
        bench.outcome = { _ in .delivered }
        bench.told = []
        bench.pass(Self.day)
        #expect(bench.events.map(\.isReminder) == [true] && bench.events.first?.firing == fired.id)
    }

    @Test func `what ended before its rule tells again is not told, nor its end`() {
        var bench = AlertBench([AlertBench.below(50, repeats: Self.day)])
        bench.outcome = { _ in .failed(reason: "http_403", mayHaveArrived: false, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        for _ in 0..<100 where bench.ledger.givenUp.isEmpty { bench.pass(.seconds(3_600)) }
        bench.outcome = { _ in .delivered }
        bench.told = []
        bench.read("100")
        bench.pass(Self.day)
        #expect(bench.told.isEmpty && bench.ledger.records.events.isEmpty)
    }

    @Test func `a target that its rule names later is told when that tells again, and one that it names no more is not`() {
        var bench = AlertBench(
            [AlertBench.below(50, repeats: Self.day)], targets: ["ops", "phone"].map { AlertTarget(name: $0) })
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        bench.rules = [AlertBench.account: [AlertBench.below(50, to: ["phone"], repeats: Self.day)]]
        bench.ledger.configure(rules: bench.rules, targets: bench.targets)
        bench.pass(.seconds(3_600))
        #expect(told(bench, "phone").isEmpty)
        bench.pass(Self.day)
        #expect(told(bench, "phone").map(\.kind) == [.low] && told(bench, "phone").map(\.isReminder) == [false])
        #expect(told(bench, "ops").count == 1)
        // Whoever was told hears of the end.
        bench.read("100")
        bench.pass(.seconds(60))
        #expect(told(bench, "phone").last?.kind == .recovered && told(bench, "ops").last?.kind == .recovered)
    }
}
