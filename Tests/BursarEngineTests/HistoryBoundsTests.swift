import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `How history thins` {
    private let newest = WallTime(seconds: 1_800_000_000)
    private func times(_ ages: [Int]) -> [WallTime] { ages.map { newest.advanced(by: .seconds(-$0)) } }

    @Test func `all of two days, the last of an hour for a month, the last of a day for two years`() {
        let bounds = HistoryBounds()
        let hour = 3_600
        let kept = bounds.kept(times([0, 1, 2, 47 * hour, 47 * hour + 1]))
        #expect(kept.count == 5)
        // A change each half hour, on it and a second before: 1,800,000,000 is a whole hour, and no whole day.
        let halfHours: [Int] = Array(stride(from: 0, through: 733 * 24 * hour, by: hour / 2))
        let steady = times(halfHours + halfHours.map { $0 + 1 })
        let thinned: [Int] = bounds.kept(steady).map { (time: WallTime) -> Int in
            Int(time.duration(to: newest).components.seconds)
        }
        #expect(thinned.count { $0 <= 48 * hour } == 193)
        let hourly = thinned.filter { $0 > 48 * hour && $0 <= 30 * 24 * hour }
        // The last of an hour is a second before the next one begins.
        #expect(hourly.count == 28 * 24 && hourly.allSatisfy { $0 % hour == 1 })
        // The edges of the class cut a day.
        #expect(thinned.count { $0 > 30 * 24 * hour } == 701 && thinned.allSatisfy { $0 <= 730 * 24 * hour })
        #expect(bounds.kept([]).isEmpty)
    }

    @Test func `a year in which nothing changed counts as two days`() {
        let bounds = HistoryBounds()
        let day = 86_400
        let old = times([0, 365 * day, 365 * day + 1, 365 * day + 7_200, 800 * day])
        #expect(bounds.kept(old) == Set(old))
    }

    @Test func `one change while the clock stands years ahead deletes no history`() {
        let bounds = HistoryBounds()
        let before = bounds.kept(times((0..<3_000).map { $0 * 7_200 }))
        let ahead = newest.advanced(by: .seconds(3 * 365 * 86_400))
        let kept = bounds.kept(before.union([ahead]))
        #expect(kept.contains(ahead) && kept.count > before.count * 9 / 10)
        // Nor does the clock that is right again.
        let after = (1...100).map { newest.advanced(by: .seconds($0 * 60)) }
        #expect(bounds.kept(kept.union(after)).count > before.count * 9 / 10)
    }

    @Test func `an account that changes every second for three years stays within the bound`() {
        let bounds = HistoryBounds()
        var kept: Set<WallTime> = []
        // A change a second for a day, and before that one a minute: more of them are dropped by the same rules.
        let ages = Array(0..<86_400) + stride(from: 86_400, to: 3 * 365 * 86_400, by: 60)
        kept = bounds.kept(times(ages))
        #expect(kept.count <= bounds.longest - bounds.slack)
        #expect(kept.count > 2_000)
        #expect(bounds.longest == 2_472)
    }

    @Test func `times of a clock that is wrong trap nowhere`() {
        let bounds = HistoryBounds()
        let wild = [Int64.min, -1, 0, 1, Int64.max].map(WallTime.init(milliseconds:))
        #expect(bounds.kept(wild) == [wild[4], wild[3], wild[2], wild[0]])
    }
}
