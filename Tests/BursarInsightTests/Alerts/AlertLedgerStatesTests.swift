import BursarModel
import Testing

@testable import BursarInsight

@Suite struct `What receivers of states are told` {
    private static let targets = [AlertTarget(name: "ops", takesStates: true)]

    private func last(_ bench: AlertBench) -> AlertReport? {
        guard case .states(let reports)? = bench.told.last?.content else { return nil }
        return reports.count == 1 ? reports.first : nil
    }

    /// Low, told, and ten minutes later well again.
    private func recovered() -> (bench: AlertBench, began: WallTime, ended: WallTime) {
        var bench = AlertBench([AlertBench.below(50)], targets: Self.targets)
        bench.read("40")
        let began = bench.now
        bench.read("39")
        bench.pass(.seconds(600))
        bench.read("200")
        return (bench, began, bench.now)
    }

    @Test func `a later push has the newest amount and its time, and is of the same event`() throws {
        var bench = AlertBench([AlertBench.below(50)], targets: Self.targets)
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        let first = try #require(last(bench))
        bench.read("7")
        let read = bench.now
        bench.fail(.timeout)
        bench.pass(.seconds(120))
        let later = try #require(last(bench))
        #expect(first.event.facts.value == ExactDecimal(39) && later.event.facts.value == ExactDecimal(7))
        #expect(later.event.facts.readAt == read && later.event.before == first.event.facts && later.end == nil)
        #expect(later.event.id == first.event.id && later.event.at == first.event.at && later.event.since == first.event.since)
        #expect(later.event.kind == .low && later.event.limit == "50")
    }

    @Test func `an end has both amounts and how long it was, and keeps them whatever is read after it`() throws {
        let (past, began, ended) = recovered()
        var bench = past
        let told = try #require(last(bench))
        bench.read("30")
        bench.pass(.seconds(120))
        for report in [told, try #require(last(bench))] {
            let end = try #require(report.end)
            #expect(end.kind == .recovered && end.at == ended && end.since == began && end.firing == report.event.id)
            #expect(end.facts.value == ExactDecimal(200) && end.before?.value == ExactDecimal(39))
        }
    }

    @Test func `after a restart an end says what it was, and how long`() throws {
        let (past, began, ended) = recovered()
        var bench = past
        bench.restart()
        bench.pass(.seconds(61))
        let end = try #require(last(bench)?.end)
        #expect(end.kind == .recovered && end.at == ended && end.since == began)
        #expect(end.facts.value == nil && end.before?.value == ExactDecimal(39))
    }

    @Test func `the end of what was not known is told as known`() throws {
        let rule = AlertRule(name: "unavailable", condition: .unavailable(.seconds(60)), targets: ["ops"])
        var bench = AlertBench([rule], targets: Self.targets)
        for _ in 0..<2 {
            bench.fail(.timeout)
            bench.pass(.seconds(300))
        }
        #expect(last(bench)?.event.kind == .unknown)
        bench.read("12")
        let end = try #require(last(bench)?.end)
        #expect(end.kind == .known && end.facts.value == ExactDecimal(12))
    }

    @Test func `a receiver that asks to wait ten minutes is left alone for them`() {
        var bench = AlertBench([AlertBench.below(50)], targets: Self.targets)
        bench.outcome = { _ in .failed(reason: "http_429", mayHaveArrived: false, retryAfter: .seconds(600)) }
        for value in ["40", "39"] { bench.read(value) }
        for _ in 0..<10 { bench.run() }
        #expect(bench.told.count == 1)
        bench.pass(.seconds(590))
        #expect(bench.told.count == 1)
        bench.pass(.seconds(20))
        #expect(bench.told.count == 2)
    }
}
