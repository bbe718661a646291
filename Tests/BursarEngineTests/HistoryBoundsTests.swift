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
        // 1,800,000,000 is a whole hour, and no whole day.
        let old = times([0, 72 * hour + 1, 72 * hour + 2, 73 * hour + 1, 40 * 24 * hour, 40 * 24 * hour + 5, 731 * 24 * hour])
        #expect(bounds.kept(old) == Set([old[0], old[1], old[3], old[4]]))
        #expect(bounds.kept([]).isEmpty)
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
        #expect(bounds.kept(wild) == [wild[4]])
    }
}
