import BursarInsight
import BursarModel
import Foundation
import Testing

/// Real counts of the Numenta Anomaly Benchmark, each taken as spending. The files are not part of the project: `BURSAR_NAB` names
/// their folder, and where there is none the test is skipped.
struct RealSeriesTests {
    static let folder: String? = {
        let named = ProcessInfo.processInfo.environment["BURSAR_NAB"]
        return named.flatMap { FileManager.default.fileExists(atPath: $0 + "/nyc_taxi.csv") ? $0 : nil }
    }()

    /// Spending by five minutes, in thousandths.
    private static func spending(_ path: String) throws -> [Int64] {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
        var times: [Int64] = []
        var values: [Double] = []
        for line in lines {
            let parts = line.split(separator: ",")
            guard parts.count == 2, let value = Double(parts[1].trimmingCharacters(in: .whitespaces)),
                let time = WallTime(rfc3339: parts[0] + "Z")
            else { continue }
            times.append(time.milliseconds)
            values.append(value)
        }
        // A step of half an hour is spread over its six parts; a hole in the series stays a time without spending.
        let step = Int((times[1] - times[0]) / 300_000)
        var cells: [Int64] = []
        for (index, value) in values.enumerated() {
            let place = Int((times[index] - times[0]) / 300_000)
            while cells.count < place { cells.append(0) }
            for _ in 0..<step { cells.append(Int64((value * 1_000 / Double(step)).rounded())) }
        }
        return cells
    }

    @Test(.enabled(if: folder != nil)) func `forecasts over real series cover the truth and are seldom too late`() throws {
        let folder = try #require(Self.folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".csv") }.sorted()
        let each = ProcessInfo.processInfo.environment["BURSAR_RUNWAY_HISTORIES"] == nil ? 40 : 400
        var all = Score()
        var dice = Dice(seed: 20_261_126)
        print("| series | \(Score.head) |")
        for name in names {
            let cells = try Self.spending(folder + "/" + name)
            var score = Score()
            for _ in 0..<each {
                let origin = Int(dice.uniform(0.25...0.85) * Double(cells.count))
                let left = cells.count - origin
                let begin = max(0, origin - 60 * 288)
                let past = Array(cells[begin..<origin])
                let rate = Double(past.reduce(0, +)) / Double(past.count)
                let balance = Int64(rate * dice.logUniform(72...max(80, Double(left) / 2)))
                guard balance > 0 else { continue }
                var gone: Int64 = 0
                var truth: Int?
                for cell in origin..<cells.count {
                    gone += cells[cell]
                    if gone >= balance {
                        truth = cell - origin
                        break
                    }
                }
                let world = World(spent: past, balance: balance)
                let polling = Polling(cells: past.count, dice: &dice)
                let now = WallTime(milliseconds: ObservedHistory.start + Int64(past.count) * ObservedHistory.cell)
                let runway = Runway.answer(
                    RunwayQuestion(
                        account: benchmarkAccount, unit: ObservedHistory.unit, history: polling.observe(world), isFresh: true,
                        ttl: .milliseconds(polling.every * ObservedHistory.cell), now: now))
                // Where the series ends first, the end is later than that: only an answer that is sure to be wrong counts so.
                let end = truth.map { Int64($0) * ObservedHistory.cell }
                score.add(runway, now: now, truth: end, seen: Int64(left) * ObservedHistory.cell)
                all.add(runway, now: now, truth: end, seen: Int64(left) * ObservedHistory.cell)
            }
            print("| \(name) | \(score.line) |")
        }
        print("| all | \(all.line) |")
        // 82 % is for the long run; a few dozen of each series scatter by some percent.
        #expect(all.coverage >= (each >= 400 ? 0.82 : 0.78))
        #expect(all.underNotBefore <= (each >= 400 ? 0.03 : 0.05))
    }

    @Test(.enabled(if: folder != nil)) func `what was spent over a real series is exact, in all and by day`() throws {
        let cells = try Self.spending(try #require(Self.folder) + "/nyc_taxi.csv").prefix(60 * 288)
        let total = cells.reduce(0, +)
        func decimal(_ thousandths: Int64) throws -> ExactDecimal {
            try #require(ExactDecimal(Int(thousandths)).scaled(byPowerOfTen: -3))
        }
        var left = total * 2
        var history: [Observation] = []
        func see(at time: Int64, until: Int64) throws {
            let amount = Amount(kind: .available, value: try decimal(left), unit: ObservedHistory.unit)
            history.append(
                Observation(at: WallTime(milliseconds: time), until: WallTime(milliseconds: until), amounts: [amount]))
        }
        for (index, spent) in cells.enumerated() {
            let time = ObservedHistory.start + Int64(index) * ObservedHistory.cell
            try see(at: time, until: time + ObservedHistory.cell - 1)
            left -= spent
            if index % 5_000 == 4_999 {
                // Between what was spent before and what is spent after.
                try see(at: time + ObservedHistory.cell - 1, until: time + ObservedHistory.cell - 1)
                left += total
            }
        }
        let end = ObservedHistory.start + Int64(cells.count) * ObservedHistory.cell
        try see(at: end, until: end)
        let spending = Spending(history, since: WallTime(milliseconds: ObservedHistory.start), until: WallTime(milliseconds: end))
        let sum = try #require(spending.whole.sums.first)
        #expect(try sum.spent == decimal(total) && sum.toppedUp == decimal(total * Int64(cells.count / 5_000)))
        #expect(sum.unknownSeconds == 0 && sum.reset == nil && sum.spentOrBefore == .zero)
        let days = spending.days.compactMap { $0.sums.first?.spent }
        #expect(days.count == 61)
        #expect(try days.reduce(ExactDecimal.zero) { try #require($0.adding($1)) } == decimal(total))
    }
}
