import BursarBasics
import BursarModel

extension Runway {
    /// Under so many days no guess is made.
    static let leastDays = 3
    static let leastSteps = 8
    static let leastDaysWithBurn = 3
    /// So long without a burn is flat, whatever was before.
    static let flatAfter: Int64 = 7 * DayRows.day
    /// As many top-ups as this, and a third of the burns: no spending can be told from that.
    static let irregularTopUps = 8

    /// The answer to a question. Some hundred microseconds of work: not for an event loop.
    ///
    /// Of amounts that hold at once the one that ends first answers for all: it need not be the least today.
    package static func answer(_ question: RunwayQuestion) -> Runway {
        let bounds = question.history.last?.amounts.bounds(of: question.unit) ?? []
        let answers = bounds.map { answer(question, of: $0) }
        // The first of equals stands: the one of the amount that the row shows.
        return answers.min { $0.end < $1.end } ?? refused(question, .noAmount)
    }

    private static func answer(_ question: RunwayQuestion, of newest: Amount) -> Runway {
        let now = question.now.milliseconds
        let series: Series
        do throws(Series.Failure) {
            series = try Series(question.history, of: newest)
        } catch {
            return refused(question, error == .noAmount ? .noAmount : .tooLarge)
        }
        guard let newest = series.points.last else { return refused(question, .noAmount) }
        guard newest.until <= now, newest.at <= now else { return refused(question, .clock) }
        let age = WallTime(milliseconds: newest.until).duration(to: question.now)
        guard question.isFresh, age <= RunwayQuestion.oldest(ttl: question.ttl) else { return refused(question, .stale) }
        let steps = Steps(series)
        guard !steps.isTooLarge else { return refused(question, .tooLarge) }
        let evidence = Evidence(series: series, steps: steps, rows: DayRows(steps, now: newest.until), newest: newest, now: now)
        let status = evidence.status
        let seed = SplitMix64.seed("\(question.account) \(question.unit)", newest.at)
        return Runway(
            unit: question.unit, status: status, forecast: status == .burning ? evidence.forecast(seed: seed) : nil,
            burn: evidence.burn, basis: evidence.basis, lastTopUp: evidence.lastTopUp)
    }

    /// When it ends, for a comparison: unknown may be at once, and what begins anew or does not move has no end.
    private var end: (rank: Int, at: Int64) {
        switch status {
        case .empty: (0, 0)
        case .unknown: (1, 0)
        case .accumulating: (2, 0)
        case .burning: (3, (forecast?.expected ?? forecast?.notBefore)?.milliseconds ?? .max)
        case .quota: (4, 0)
        case .flat: (5, 0)
        }
    }

    private static func refused(_ question: RunwayQuestion, _ why: Unknown) -> Runway {
        Runway(unit: question.unit, status: .unknown(why), forecast: nil, burn: nil, basis: .none, lastTopUp: nil)
    }
}

/// A series and all that was made of it. *Value.*
///
/// Days are counted from when the newest amounts were confirmed last, and not from now: what was spent since is in the forecast,
/// and the same history gives the same answer whenever it is asked.
struct Evidence {
    let series: Series
    let steps: Steps
    let rows: DayRows
    let newest: Series.Point
    let now: Int64

    /// Where the days that are looked at begin.
    private var base: Int64 { newest.until - Int64(DayRows.most) * DayRows.day }

    /// The burns of the days that are looked at.
    private var recentBurns: ArraySlice<Steps.Burn> {
        let base = base
        return steps.burns.reversed().prefix { $0.to > base }.reversed()[...]
    }

    /// How long the evidence is.
    private var span: Int64 { newest.until - max(steps.start, base) }

    var status: Runway.Status {
        if newest.value <= 0 { return .empty }
        if let quota = Quota(steps.topUps, now: now) { return .quota(next: WallTime(milliseconds: quota.next)) }
        let base = base
        let topUps = steps.topUps.count { $0.at > base }
        if topUps >= Runway.irregularTopUps, topUps * 3 >= recentBurns.count { return .unknown(.irregular) }
        let quiet = newest.until - (steps.burns.last?.to ?? steps.start)
        if quiet >= (steps.burns.isEmpty ? Int64(Runway.leastDays) * DayRows.day : Runway.flatAfter) { return .flat }
        let missing = Runway.Missing(
            days: .init(seen: rows.rows.count, needed: Runway.leastDays),
            steps: .init(seen: recentBurns.count, needed: Runway.leastSteps),
            daysWithBurn: .init(seen: rows.rows.count { $0.total > 0 }, needed: Runway.leastDaysWithBurn))
        guard missing.days.isEnough, missing.steps.isEnough, missing.daysWithBurn.isEnough else { return .accumulating(missing) }
        return .burning
    }

    /// The longest time in which nothing was burned. An interval that holds a burn is none: it may lie anywhere in it.
    private var longestPause: Int64 {
        var last = max(steps.start, base)
        var longest: Int64 = 0
        for burn in recentBurns {
            longest = max(longest, burn.from - last)
            last = max(last, burn.to)
        }
        return max(longest, newest.until - last)
    }

    func forecast(seed: UInt64) -> Runway.Forecast {
        let draws = Draw(balance: newest.value, rows: rows.rows, seed: seed).durations
        // Of 500: the 13th, the 51st, the 251st and the 450th.
        let (notBefore, earliest, expected, latest) = (draws[12], draws[50], draws[250], draws[449])
        func time(_ duration: Int64) -> WallTime { WallTime(milliseconds: max(now, newest.until + duration)) }
        guard expected < Draw.longest else {
            return .init(notBefore: time(notBefore), earliest: nil, expected: nil, latest: nil)
        }
        let isOpen = latest >= Draw.longest || expected > 2 * span || longestPause >= max(DayRows.day, span / 4)
        return .init(
            notBefore: time(notBefore), earliest: time(earliest), expected: time(expected), latest: isOpen ? nil : time(latest))
    }

    var burn: Runway.BurnRate? {
        guard !steps.burns.isEmpty || !rows.rows.isEmpty else { return nil }
        let perDay = rows.known > 0 ? Int64(Int128(rows.burned) * Int128(DayRows.day) / Int128(rows.known)) : nil
        return .init(last24h: rows.lastDay.map(series.decimal), perDay: perDay.map(series.decimal))
    }

    var basis: Runway.Basis {
        .init(
            since: WallTime(milliseconds: steps.start), days: rows.rows.count, steps: recentBurns.count,
            topUps: steps.topUps.count, reset: steps.reset?.rawValue)
    }

    var lastTopUp: Runway.TopUp? {
        steps.topUps.last.map { .init(at: WallTime(milliseconds: $0.at), amount: series.decimal($0.amount)) }
    }
}
