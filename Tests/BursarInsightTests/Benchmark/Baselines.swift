import BursarInsight
import BursarModel

/// What others do with the same history, for comparison: each says a range of milliseconds from now. *Value.*
struct Baseline: Sendable {
    let name: String
    let range: @Sendable (BaselineHistory) -> (low: Double, high: Double)

    static let all: [Baseline] = [
        Baseline(name: "mean of 7 days, ÷ and × 1.5") { history in
            around(history.value, history.burned(days: 7) / history.known(days: 7), by: 1.5)
        },
        Baseline(name: "slope of the last 6 h") { history in around(history.value, history.slope(hours: 6), by: 1.5) },
        Baseline(name: "Theil–Sen over 14 days") { history in
            around(history.value, history.medianSlope(days: 14), by: 3.0.squareRoot())
        },
        Baseline(name: "bootstrap of days, nominal 95 %") { history in history.bootstrap() }
    ]

    static let longest = 200.0 * 86_400_000

    private static func around(_ value: Double, _ perMillisecond: Double, by factor: Double) -> (Double, Double) {
        guard perMillisecond > 0 else { return (longest, longest) }
        let middle = value / perMillisecond
        return (min(middle / factor, longest), min(middle * factor, longest))
    }
}

/// A history as plain numbers: burns with top-ups taken out. *Value.*
struct BaselineHistory {
    let value: Double
    /// When each step was seen, how much was burned until then in all; the first has 0.
    private var cumulated: [(at: Double, burned: Double)] = []
    private let now: Double

    init(_ question: RunwayQuestion) {
        let points = question.history.map { entry in
            (Double(entry.at.milliseconds), Double(entry.amounts.first?.value.description ?? "") ?? 0)
        }
        value = points.last?.1 ?? 0
        now = Double(question.history.last?.until.milliseconds ?? 0)
        var sum = 0.0
        var last = points.first?.1 ?? 0
        for (at, value) in points {
            sum += max(0, last - value)
            last = value
            cumulated.append((at, sum))
        }
    }

    func known(days: Double) -> Double { max(1, min(days * 86_400_000, now - (cumulated.first?.at ?? now))) }
    func burned(days: Double) -> Double { burned(at: now) - burned(at: now - days * 86_400_000) }

    /// Linear between the steps.
    func burned(at time: Double) -> Double {
        guard let first = cumulated.first, let last = cumulated.last else { return 0 }
        if time <= first.at { return 0 }
        if time >= last.at { return last.burned }
        var (low, high) = (0, cumulated.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if cumulated[middle].at <= time { low = middle } else { high = middle }
        }
        let (from, to) = (cumulated[low], cumulated[high])
        return from.burned + (to.burned - from.burned) * (time - from.at) / max(1, to.at - from.at)
    }

    /// By least squares over the last hours, as an alert rule over a gauge does it.
    func slope(hours: Double) -> Double {
        let times = (0...24).map { now - hours * 3_600_000 * (1 - Double($0) / 24) }.filter { $0 >= (cumulated.first?.at ?? now) }
        guard times.count > 2 else { return 0 }
        let values = times.map(burned(at:))
        let meanTime = times.reduce(0, +) / Double(times.count)
        let meanValue = values.reduce(0, +) / Double(times.count)
        let covariance = zip(times, values).reduce(0) { $0 + ($1.0 - meanTime) * ($1.1 - meanValue) }
        return covariance / times.reduce(0) { $0 + ($1 - meanTime) * ($1 - meanTime) }
    }

    func medianSlope(days: Double) -> Double {
        let from = max(now - days * 86_400_000, cumulated.first?.at ?? now)
        let times = (0...40).map { from + (now - from) * Double($0) / 40 }
        let values = times.map(burned(at:))
        var slopes: [Double] = []
        for left in times.indices {
            for right in (left + 1)..<max(left + 1, times.count) where times[right] > times[left] {
                slopes.append((values[right] - values[left]) / (times[right] - times[left]))
            }
        }
        slopes.sort()
        return slopes.isEmpty ? 0 : slopes[slopes.count / 2]
    }

    func bootstrap() -> (Double, Double) {
        let count = max(1, min(28, Int((now - (cumulated.first?.at ?? now)) / 86_400_000)))
        let days = (0..<count).map { age in
            burned(at: now - Double(age) * 86_400_000) - burned(at: now - Double(age + 1) * 86_400_000)
        }
        guard days.contains(where: { $0 > 0 }) else { return (Baseline.longest, Baseline.longest) }
        var dice = Dice(seed: UInt64(max(0, value)) &+ UInt64(max(0, now)))
        var ends = (0..<200).map { _ in
            var left = value
            for day in 0..<200 {
                let burned = dice.pick(days)
                if burned >= left { return (Double(day) + left / burned) * 86_400_000 }
                left -= burned
            }
            return Baseline.longest
        }
        ends.sort()
        return (ends[5], ends[194])
    }
}
