import BursarInsight
import BursarModel
import Glibc
import Testing

/// Made-up histories with a known end, each seen through a gateway's eyes: the bars of docs/runway.md. `BURSAR_RUNWAY_HISTORIES`
/// and `BURSAR_RUNWAY_SEED` choose how many and which.
struct RunwayBenchmark {
    let count: Int
    let seed: UInt64

    init() {
        count = Self.number("BURSAR_RUNWAY_HISTORIES").map { Int($0) } ?? 500
        seed = Self.number("BURSAR_RUNWAY_SEED") ?? 20_261_126
    }

    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

    struct Result {
        var families: [Usage.Family: Score] = [:]
        var all = Score()
        var baselines: [Score] = Baseline.all.map { _ in Score() }
        var steadyRefused: [String] = []
    }

    private func run() -> Result {
        var result = Result()
        var dice = Dice(seed: seed)
        for index in 0..<count {
            let family = Usage.Family.allCases[index % Usage.Family.allCases.count]
            let days = dice.chance(0.06) ? dice.uniform(0.5...3) : dice.logUniform(3.5...45)
            let history = ObservedHistory(family, days: days, seed: dice.random.next())
            let question = history.question
            let runway = Runway.answer(question)
            result.families[family, default: Score()].add(runway, now: history.now, truth: history.truth)
            result.all.add(runway, now: history.now, truth: history.truth)
            guard let forecast = runway.forecast else {
                if family == .steady, days >= 3 {
                    result.steadyRefused.append("\(index): \(days) \(runway.status) \(runway.basis)")
                }
                continue
            }
            let plain = BaselineHistory(question)
            for (place, baseline) in Baseline.all.enumerated() {
                result.baselines[place].add(
                    baseline, plain, truth: history.truth, isJudgedByLow: forecast.latest == nil)
            }
        }
        return result
    }

    @Test func `each bar of the runway holds, family by family, against every simple method`() {
        let result = run()
        print("seed \(seed), \(count) histories\n| | \(Score.head) |")
        for family in Usage.Family.allCases {
            print("| \(family.rawValue) | \(result.families[family, default: Score()].line) |")
        }
        print("| all | \(result.all.line) |")
        for (baseline, score) in zip(Baseline.all, result.baselines) { print("| \(baseline.name) | \(score.line) |") }
        // A family of a few dozen scatters by some percent: its own bars are for the long run.
        let isLong = count >= 5_000
        #expect(result.all.coverage >= 0.85)
        #expect(result.all.under <= 0.06)
        #expect(result.all.underNotBefore <= 0.02)
        #expect(result.all.width <= 4)
        #expect(result.all.refusedShare <= 0.15)
        #expect(result.all.openShare <= 0.35)
        #expect(result.families[.steady, default: Score()].width <= 2.7)
        #expect(result.steadyRefused == [])
        for (family, score) in result.families where isLong {
            #expect(score.coverage >= 0.75, "\(family)")
            #expect(score.under <= 0.12, "\(family)")
            #expect(score.underNotBefore <= 0.05, "\(family)")
        }
        for (baseline, score) in zip(Baseline.all, result.baselines) {
            #expect(result.all.interval < score.interval, "\(baseline.name)")
        }
    }
}
