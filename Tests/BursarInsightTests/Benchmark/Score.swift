import BursarInsight
import BursarModel

import Glibc

/// How good ranges were, over many histories. *Value.*
struct Score {
    var count = 0
    var refused = 0
    var covered = 0
    var early = 0
    var beforeNotBefore = 0
    var open = 0
    var widths: [Double] = []
    private var penalty = 0.0
    private var strictPenalty = 0.0

    static let longest = Double(200 * ObservedHistory.day)

    var answered: Int { count - refused }
    var coverage: Double { share(covered) }
    var under: Double { share(early) }
    var underNotBefore: Double { share(beforeNotBefore) }
    var openShare: Double { share(open) }
    var refusedShare: Double { count == 0 ? 0 : Double(refused) / Double(count) }
    /// Of the interval from low to high for a nominal 80 %, over logarithms: narrow is good, a miss costs ten times its distance. Where
    /// the method makes no claim about the high end, every method is judged by its low end alone (the same score of one quantile).
    var interval: Double { answered == 0 ? 0 : penalty / Double(answered) }
    /// The same with an open end taken as 200 days.
    var strictInterval: Double { answered == 0 ? 0 : strictPenalty / Double(answered) }
    var width: Double {
        let sorted = widths.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    private func share(_ part: Int) -> Double { answered == 0 ? 0 : Double(part) / Double(answered) }

    mutating func refuse() {
        count += 1
        refused += 1
    }

    /// - Parameters:
    ///   - high: nil is open.
    ///   - truth: nil is beyond 200 days. Milliseconds from now, all.
    ///   - isJudgedByLow: the method makes no claim about the high end.
    mutating func add(notBefore: Double, low: Double, high: Double?, truth: Double?, isJudgedByLow: Bool) {
        count += 1
        let minute = 60_000.0
        let truth = max(minute, truth ?? Self.longest)
        let low = max(minute, low)
        let top = max(low, high ?? Self.longest)
        // A cell of five minutes is as exact as the truth is.
        let grain = Double(ObservedHistory.cell)
        if truth + grain < low { early += 1 } else if truth <= top + grain { covered += 1 }
        if truth + grain < notBefore { beforeNotBefore += 1 }
        if high == nil { open += 1 } else { widths.append(top / low) }
        let early = 10 * max(0, log(low / truth))
        let both = log(top / low) + early + 10 * max(0, log(truth / top))
        strictPenalty += both
        penalty += isJudgedByLow ? log(truth / low) + early : both
    }

    mutating func add(_ runway: Runway, now: WallTime, truth: Int64?) {
        guard let forecast = runway.forecast else { return refuse() }
        func span(_ time: WallTime) -> Double { Double(time.milliseconds - now.milliseconds) }
        let notBefore = span(forecast.notBefore)
        add(
            notBefore: notBefore, low: forecast.earliest.map(span) ?? notBefore, high: forecast.latest.map(span),
            truth: truth.map(Double.init), isJudgedByLow: forecast.latest == nil)
    }

    /// - Parameter seen: how far the truth is known where it has no end.
    mutating func add(_ runway: Runway, now: WallTime, truth: Int64?, seen: Int64) {
        guard truth == nil, let latest = runway.forecast?.latest, latest.milliseconds - now.milliseconds > seen else {
            return add(runway, now: now, truth: truth)
        }
        add(runway, now: now, truth: latest.milliseconds - now.milliseconds)
    }

    mutating func add(_ baseline: Baseline, _ history: BaselineHistory, truth: Int64?, isJudgedByLow: Bool) {
        let range = baseline.range(history)
        add(
            notBefore: range.low, low: range.low, high: range.high, truth: truth.map(Double.init), isJudgedByLow: isJudgedByLow)
    }

    static func percent(_ share: Double) -> String { fixed(share * 100) + " %" }
    static func fixed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
    static func hundredths(_ value: Double) -> String {
        let part = Int((value * 100).rounded())
        return "\(part / 100).\(String("\(100 + abs(part % 100))".dropFirst()))"
    }

    var line: String {
        "\(answered) | \(Self.percent(coverage)) | \(Self.percent(under)) | \(Self.percent(underNotBefore)) | ×\(Self.hundredths(width)) | \(Self.percent(openShare)) | \(Self.percent(refusedShare)) | \(Self.hundredths(interval)) | \(Self.hundredths(strictInterval))"
    }
    static let head =
        "answered | covers | before `earliest` | before `not_before` | width | open | refused | interval score | with open as 200 days"
}
