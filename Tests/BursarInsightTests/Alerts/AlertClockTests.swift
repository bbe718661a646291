import BursarModel
import Testing

@testable import BursarInsight

/// Whoever sets the wall clock back makes nothing wait for as long as it was ahead.
@Suite struct `Alerts under a clock that is set back` {
    private static let ahead: Duration = .seconds(7_200)

    @Test func `what is read after it is judged`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.read("100")
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        for value in ["40", "39"] { bench.read(value) }
        #expect(bench.state().firing != nil)
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        bench.read("100")
        #expect(bench.state().firing == nil)
    }

    @Test func `a history of the future makes a restart no deafer`() {
        var bench = AlertBench([AlertBench.below(50)])
        let later = bench.now.advanced(by: Self.ahead)
        let history = [Observation(at: bench.now, until: later, amounts: AlertBench.amounts("100"))]
        bench.ledger.remember(AlertBench.account, history, now: bench.now)
        for value in ["40", "39"] { bench.read(value) }
        #expect(bench.state().firing != nil)
    }

    @Test func `a top-up of before is told once, and the next one is`() {
        var bench = AlertBench([AlertRule(name: "topped_up", condition: .toppedUp, targets: ["ops"])])
        for value in ["10", "100"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kinds == [[.toppedUp]])
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        for value in ["100", "99"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.kinds.count == 1)
        bench.read("200")
        bench.pass(.seconds(60))
        #expect(bench.kinds.count == 2 && bench.events.last?.before?.value == ExactDecimal(99))
    }

    @Test func `how long it lasts is judged`() {
        var bench = AlertBench([AlertRule(name: "runway", condition: .runway(.seconds(86_400)), targets: ["ops"])])
        bench.ledger.lasts(AlertBench.account, .open, of: nil, at: bench.now, now: bench.now)
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        for _ in 0..<2 {
            bench.now = bench.now.advanced(by: .seconds(1))
            bench.ledger.lasts(AlertBench.account, .expected(.seconds(3_600)), of: nil, at: bench.now, now: bench.now)
        }
        #expect(bench.state("runway").firing != nil)
    }

    @Test func `a firing of the future keeps nothing quiet`() {
        var bench = AlertBench([AlertBench.below(50)])
        for value in ["40", "39", "100"] { bench.read(value) }
        bench.now = bench.now.advanced(by: .seconds(-86_400))
        for value in ["40", "39"] { bench.read(value) }
        #expect(bench.state().firing != nil && bench.state().firedAt == bench.now)
        // It is one of now: what flaps is told once an hour.
        for value in ["100", "40", "39"] { bench.read(value) }
        #expect(bench.state().firing == nil)
    }

    @Test func `nothing is due that the hour of quiet puts off`() {
        let rule = AlertRule(name: "unavailable", condition: .unavailable(.seconds(3_700)), targets: ["ops"])
        var bench = AlertBench([rule])
        bench.fail(.timeout)
        bench.pass(.seconds(3_700))
        bench.fail(.timeout)
        let fired = bench.now
        #expect(bench.state("unavailable").firing != nil)
        bench.read("12")
        bench.pass(.seconds(60))
        bench.now = fired.advanced(by: .seconds(-3_600))
        bench.fail(.timeout)
        bench.now = fired.advanced(by: .seconds(150))
        bench.fail(.timeout)
        #expect(bench.state("unavailable").firing == nil)
        #expect(bench.ledger.nextWake(bench.now).map { $0 > bench.now } ?? true)
        bench.now = fired.advanced(by: .seconds(3_700))
        bench.fail(.timeout)
        #expect(bench.state("unavailable").firing != nil)
    }

    @Test func `what is to be tried again is tried now, and once`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.outcome = { _ in .failed(reason: "http_500", mayHaveArrived: true, retryAfter: nil) }
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        #expect(bench.told.count == 2)
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        for _ in 0..<10 { bench.run() }
        #expect(bench.told.count == 3 && Set(bench.told.map(\.id)).count == 1)
    }

    @Test func `what fires is told again in its time`() {
        var bench = AlertBench([AlertBench.below(50, repeats: .seconds(3_600))])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        bench.pass(.seconds(3_500))
        #expect(bench.events.map(\.isReminder) == [false])
        bench.pass(.seconds(200))
        #expect(bench.events.map(\.isReminder) == [false, true])
    }

    @Test func `states are told on`() {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", takesStates: true)])
        for value in ["40", "39"] { bench.read(value) }
        let told = bench.told.count
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        for _ in 0..<10 { bench.run() }
        #expect(bench.told.count == told + 1)
    }

    @Test func `a mute that was begun while it was ahead lasts no longer than it was to, over a restart too`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: Self.ahead), now: bench.now)
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(3_600))
        bench.now = bench.now.advanced(by: .seconds(-86_400))
        bench.run()
        bench.restart()
        // It begins anew.
        bench.pass(.seconds(7_100))
        #expect(bench.told.isEmpty && bench.ledger.isMuted(AlertBench.account, bench.now))
        bench.pass(.seconds(200))
        #expect(bench.kinds == [[.low]])
    }

    @Test func `a mute that was begun before it went ahead, or since it was set back, stands`() {
        var bench = AlertBench([AlertBench.below(50)])
        let until = bench.now.advanced(by: .seconds(4 * 3_600))
        bench.ledger.mute(AlertBench.account, until: until, now: bench.now)
        bench.run()
        bench.now = bench.now.advanced(by: Self.ahead)
        bench.run()
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        bench.run()
        #expect(bench.ledger.records.mutes == [AlertBench.account: until])
        // Nor does a process that starts while it is ahead take it for its own.
        bench.now = bench.now.advanced(by: Self.ahead)
        bench.restart()
        bench.run()
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        bench.run()
        #expect(bench.ledger.records.mutes == [AlertBench.account: until])
        // Nothing was looked at between the step and this.
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        let later = bench.now.advanced(by: Self.ahead)
        bench.ledger.mute(AlertBench.account, until: later, now: bench.now)
        bench.run()
        #expect(bench.ledger.records.mutes == [AlertBench.account: later])
    }

    @Test func `a mute of a process whose clock was years ahead lasts no longer than one may`() {
        var bench = AlertBench([AlertBench.below(50)])
        bench.ledger.mute(AlertBench.account, until: bench.now.advanced(by: .seconds(3_650 * 86_400)), now: bench.now)
        bench.kept.apply(bench.ledger.takeChanges())
        bench.restart()
        bench.run()
        let longest = bench.now.advanced(by: AlertTiming.longestMute)
        #expect(bench.ledger.records.mutes == [AlertBench.account: longest] && bench.kept.mutes == bench.ledger.records.mutes)
    }

    @Test func `what ended while it was ahead is told as ended for five minutes, and not as of the future`() throws {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", takesStates: true)])
        for value in ["40", "39"] { bench.read(value) }
        bench.pass(.seconds(60))
        bench.read("100")
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        bench.told = []
        bench.pass(.seconds(3_600))
        #expect((5...6).contains(bench.told.count) && bench.state().told.isEmpty)
        for dispatch in bench.told {
            let report = try #require(bench.reports(dispatch).first)
            let end = try #require(report.end)
            #expect(report.event.at <= end.at && end.at <= dispatch.at && end.facts.value == ExactDecimal(100))
        }
    }

    @Test func `what fired while it was ahead begins neither in the future nor behind its end`() throws {
        var bench = AlertBench([AlertBench.below(50)], targets: [AlertTarget(name: "ops", takesStates: true)])
        for value in ["40", "39"] { bench.read(value) }
        bench.now = bench.now.advanced(by: .zero - Self.ahead)
        bench.told = []
        bench.pass(.seconds(120))
        bench.read("100")
        bench.pass(.seconds(120))
        let reports = bench.told.flatMap { dispatch in bench.reports(dispatch).map { (dispatch.at, $0) } }
        #expect(reports.contains { $0.1.end == nil } && reports.contains { $0.1.end != nil })
        for (at, report) in reports {
            #expect(report.event.at <= at && report.event.since <= report.event.at)
            if let end = report.end { #expect(report.event.at <= end.at && end.at <= at) }
        }
    }

    @Test func `a message of before it went ahead that was tried meanwhile is tried now, over a restart too`() {
        for isRestart in [false, true] {
            var bench = AlertBench([AlertBench.below(50)])
            bench.outcome = { _ in .failed(reason: "http_503", mayHaveArrived: false, retryAfter: nil) }
            for value in ["40", "39"] { bench.read(value) }
            bench.pass(.seconds(31))
            bench.now = bench.now.advanced(by: Self.ahead)
            bench.run()
            #expect(bench.told.count == 2)
            bench.now = bench.now.advanced(by: .zero - Self.ahead)
            if isRestart { bench.restart() }
            for _ in 0..<10 { bench.run() }
            #expect(bench.told.count == 3 && Set(bench.told.map(\.id)).count == 1)
        }
    }
}

extension AlertBench {
    fileprivate func reports(_ dispatch: AlertDispatch) -> [AlertReport] {
        if case .states(let reports) = dispatch.content { reports } else { [] }
    }
}
