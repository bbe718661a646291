import BursarModel
import Testing

@testable import BursarEngine

/// A row of the contract's section 5: how a call fails, what the account's row then says, and when it is asked again.
struct FailureRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let failure: CallFailure
    let warmStatus: RowStatus
    let hold: Hold.Kind
    /// Seconds from the failure to the next call, at least and, with all jitter, at most.
    let wait: ClosedRange<Double>
    let isRetried: Bool

    init(
        _ name: String, _ code: ProblemCode, _ status: Int?, hint: CooldownHint? = nil, warm: RowStatus = .stale,
        hold: Hold.Kind = .backoff, wait: ClosedRange<Double> = 1...1.25, isRetried: Bool = true
    ) {
        testDescription = name
        failure = CallFailure(code: code, upstreamStatus: status, hint: hint)
        warmStatus = warm
        self.hold = hold
        self.wait = wait
        self.isRetried = isRetried
    }

    static let seventeen = CooldownHint(wait: .seconds(17), source: .retryAfterSeconds)
    static let hours = CooldownHint(wait: .seconds(244_800), source: .retryAfterSeconds)

    static let all = [
        FailureRow("429 with a hint", .rateLimited, 429, hint: seventeen, hold: .cooldown, wait: 17...17, isRetried: false),
        FailureRow("429 with 68 h", .rateLimited, 429, hint: hours, hold: .cooldown, wait: 3_600...3_600, isRetried: false),
        FailureRow("429 without", .rateLimited, 429, hold: .cooldown, wait: 30...33, isRetried: false),
        FailureRow("401", .unauthorized, 401, warm: .unavailable, hold: .rejectedKey, wait: 300...300, isRetried: false),
        FailureRow("403", .forbidden, 403, warm: .unavailable, hold: .rejectedKey, wait: 300...300, isRetried: false),
        FailureRow("500", .upstreamError, 500),
        FailureRow("502", .upstreamError, 502),
        FailureRow("503", .upstreamError, 503),
        FailureRow("504", .upstreamError, 504),
        FailureRow("503 with a hint", .upstreamError, 503, hint: seventeen, hold: .cooldown, wait: 17...17, isRetried: false),
        FailureRow("404", .upstreamError, 404, isRetried: false),
        FailureRow("a redirect", .upstreamError, 302, isRetried: false),
        FailureRow("refused", .unreachable, nil),
        FailureRow("no connection in time", .timeout, nil),
        FailureRow("wrong shape", .invalidResponse, 200)
    ]
}

@Suite struct `Each row of section 5` {
    @Test(arguments: FailureRow.all)
    func `cold: unavailable with its problem, and asked again once, then and not before`(row: FailureRow) {
        var bench = Bench()
        let start = bench.start(.anyCached)
        #expect(start?.kind == .first)
        let action = bench.fail(start, row.failure)
        guard let settled = settle(action, row, &bench) else { return }
        #expect(settled.status == .unavailable)
        #expect(settled.reading == nil && settled.fetchedAt == nil && settled.expiresAt == nil)
        check(settled, row, &bench, demand: .anyCached)
    }

    @Test(arguments: FailureRow.all)
    func `warm: stale with its problem, except that a rejected key shows nothing`(row: FailureRow) {
        var bench = Bench.warm()
        let action = bench.fail(bench.start(.newest), row.failure)
        guard let settled = settle(action, row, &bench) else { return }
        #expect(settled.status == row.warmStatus)
        #expect((settled.reading == nil) == (row.warmStatus == .unavailable))
        check(settled, row, &bench, demand: .newest)
    }

    @Test(arguments: FailureRow.all)
    func `inside its ttl: fresh with the problem, except that a rejected key shows nothing`(row: FailureRow) {
        var bench = Bench()
        _ = bench.succeed(bench.start())
        let action = bench.fail(bench.start(.newest), row.failure)
        guard let settled = settle(action, row, &bench) else { return }
        #expect(settled.status == (row.warmStatus == .stale ? .fresh : .unavailable))
        check(settled, row, &bench, demand: .newest)
    }

    /// Ends the immediate retry too, where the row has one.
    private func settle(_ action: CompletionAction, _ row: FailureRow, _ bench: inout Bench) -> AccountView? {
        var action = action
        if case .retry(let retry) = action {
            #expect(row.isRetried, "retried although it would fail again")
            #expect(retry.kind == .retry)
            action = bench.fail(retry, row.failure)
        } else {
            #expect(!row.isRetried, "not retried although there was time")
        }
        guard case .settled(let wake, let view, changed: true) = action else {
            Issue.record("not settled: \(action)")
            return nil
        }
        #expect(wake == [WaiterID(bench.lastWaiter)], "the one who waited is woken once")
        return view
    }

    private func check(_ view: AccountView, _ row: FailureRow, _ bench: inout Bench, demand: Demand) {
        #expect(view == bench.view)
        #expect(view.problem?.code == row.failure.code)
        #expect(view.problem?.upstreamStatus == row.failure.upstreamStatus)
        guard let hold = view.hold else { return unexpected("no hold") }
        #expect(hold.kind == row.hold)
        let wait = Double(bench.now.monotonic.duration(to: hold.until.monotonic).nanoseconds) / 1e9
        #expect(row.wait.contains(wait), "\(wait) s")
        // C12: a failed key tells the end of its hold as well.
        #expect(view.problem?.retryAt == hold.until.wall)

        // Nobody pierces it, whatever they ask for.
        bench.now = Moment(monotonic: MonotonicTime(nanoseconds: hold.until.monotonic.nanoseconds - 1), wall: bench.now.wall)
        #expect(bench.status?.nextAttempt == hold.until)
        for demand in [Demand.anyCached, .newerThan(age: .zero), .newest] where bench.start(demand) != nil {
            Issue.record("\(demand) asked inside the hold")
        }
        // And then exactly one call is made, which the next caller joins.
        bench.now = hold.until
        guard case .start(let start) = bench.request(.newest) else { return unexpected("not asked after the hold") }
        #expect(bench.request(.newest) == .join(start.id))
        // A success ends the affair.
        guard case .settled(let wake, let after, changed: true) = bench.succeed(start, mark: 2) else {
            return unexpected("no success")
        }
        #expect(wake.count == 2)
        #expect(after.status == .fresh && after.problem == nil && after.hold == nil)
        #expect(bench.status?.breaker == .closed(failures: 0))
    }
}
