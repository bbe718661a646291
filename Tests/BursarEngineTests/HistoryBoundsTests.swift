import BursarModel
import Testing

@testable import BursarEngine

@Suite struct `How history thins` {
    private let newest = WallTime(seconds: 1_800_000_000)
    private let bounds = HistoryBounds()
    private let minute = 60

    /// Where the clock never went back.
    private func survivors(of times: [WallTime]) -> Set<WallTime> { bounds.kept(times, landed: times.max() ?? newest) }

    /// Changes that land one after the other, thinned as rarely as a store may.
    private func landing(_ changes: some Sequence<WallTime>, on before: Set<WallTime> = []) -> Set<WallTime> {
        var all = before
        var added = 0
        for change in changes {
            all.insert(change)
            added += 1
            if added.isMultiple(of: bounds.slack + 1) { all = bounds.kept(all, landed: change) }
        }
        return all
    }

    private func times(_ ages: [Int]) -> [WallTime] { ages.map { newest.advanced(by: .seconds(-$0)) } }

    @Test func `all of two days, the last of an hour for a month, the last of a day for two years`() {
        let hour = 3_600
        let kept = survivors(of: times([0, 1, 2, 47 * hour, 47 * hour + 1]))
        #expect(kept.count == 5)
        // A change each half hour, on it and a second before: 1,800,000,000 is a whole hour, and no whole day.
        let halfHours: [Int] = Array(stride(from: 0, through: 733 * 24 * hour, by: hour / 2))
        let steady = times(halfHours + halfHours.map { $0 + 1 })
        let thinned: [Int] = survivors(of: steady).map { (time: WallTime) -> Int in
            Int(time.duration(to: newest).components.seconds)
        }
        #expect(thinned.count { $0 <= 48 * hour } == 193)
        let hourly = thinned.filter { $0 > 48 * hour && $0 <= 30 * 24 * hour }
        // The last of an hour is a second before the next one begins.
        #expect(hourly.count == 28 * 24 && hourly.allSatisfy { $0 % hour == 1 })
        // The edges of the class cut a day.
        #expect(thinned.count { $0 > 30 * 24 * hour } == 701 && thinned.allSatisfy { $0 <= 730 * 24 * hour })
        #expect(survivors(of: []).isEmpty)
    }

    @Test func `a year in which nothing changed makes nothing older than two days`() {
        let day = 86_400
        let old = times([0, 365 * day, 365 * day + 1, 365 * day + 7_200, 800 * day])
        #expect(survivors(of: old) == Set(old))
    }

    @Test(arguments: [7 * 3_600, 86_400, 3 * 365 * 86_400])
    func `one change while the clock stands ahead deletes no history, then or later`(_ seconds: Int) {
        let before = Set(times((0..<900).map { $0 * minute }))
        let ahead = newest.advanced(by: .seconds(seconds))
        #expect(bounds.kept(before.union([ahead]), landed: ahead) == before.union([ahead]))
        // Nor does the clock that is right again: 5 hours, until there are more than the newest 1,000.
        let after = (1...300).map { newest.advanced(by: .seconds($0 * minute)) }
        let right = landing(after, on: before.union([ahead])).union([ahead])
        #expect(right.contains(ahead) && right.isSuperset(of: after))
        let now = newest.advanced(by: .seconds(300 * minute))
        let whole = bounds.kept(right, landed: now).subtracting([ahead])
        #expect(whole == bounds.kept(before.union(after), landed: now) && whole.count >= 1_000)
    }

    @Test func `a right clock after one that was ahead keeps as many as if that had never been`() {
        let ahead = newest.advanced(by: .seconds(3 * 365 * 86_400))
        let before = times((0..<900).map { $0 * minute })
        let after = (1...1_999).map { newest.advanced(by: .seconds($0 * minute)) }
        let last = newest.advanced(by: .seconds(1_999 * minute))
        let kept = bounds.kept(landing(after, on: Set(before + [ahead])), landed: last)
        #expect(kept.subtracting([ahead]) == bounds.kept(landing(after, on: Set(before)), landed: last))
        #expect(kept.contains(ahead) && kept.isSuperset(of: after.suffix(1_000)))
    }

    @Test func `what landed while the clock stood ahead stays whole beside what was before and comes after`() {
        let before = times((0..<300).reversed().map { $0 * minute })
        let ahead = (0..<300).map { newest.advanced(by: .seconds(3 * 365 * 86_400 + $0 * minute)) }
        let after = (301...600).map { newest.advanced(by: .seconds($0 * minute)) }
        let kept = landing(before + ahead + after)
        #expect(kept == Set(before + ahead + after))
    }

    @Test func `a clock that is set back deletes neither what was before nor what lands under it`() {
        let before = Set(times((0..<450).map { $0 * minute }))
        for seconds in [3_600, 10 * 86_400, 1_800_000_000] {
            let back = newest.advanced(by: .seconds(-seconds - 30))
            let under = (0..<450).map { back.advanced(by: .milliseconds($0 * 1_000 + 500)) }
            #expect(landing(under, on: before) == before.union(under))
        }
    }

    @Test func `neither side of a clock that was set back grows beyond its bound`() {
        let all = Array(stride(from: 0, to: 900 * 86_400, by: 600))
        let later = all.map { newest.advanced(by: .seconds($0 + 1)) }
        let kept = bounds.kept(times(all) + later, landed: newest)
        #expect(kept.count <= bounds.longest - bounds.slack)
        #expect(kept.count { $0 > newest } <= bounds.longestLine && kept.count { $0 <= newest } <= bounds.longestLine)
    }

    @Test func `what changes seldom stays within the bound`() {
        #expect(survivors(of: times((0..<9_000).map { $0 * 3_601 })).count <= bounds.longestLine)
        #expect(survivors(of: times((0..<9_000).map { $0 * 49 * 3_600 })).count <= bounds.longestLine)
    }

    @Test func `an account that changes every second for three years stays within the bound`() {
        // A change a second for a day, and before that one a minute: more of them are dropped by the same rules.
        let ages = Array(0..<86_400) + stride(from: 86_400, to: 3 * 365 * 86_400, by: 60)
        let kept = survivors(of: times(ages))
        #expect(kept.count <= bounds.longestLine)
        #expect(kept.count > 2_000)
        #expect(bounds.longestLine + bounds.slack == 2_472 && bounds.longest == 4_894)
    }

    @Test func `times of a clock that is wrong trap nowhere`() {
        let wild = [Int64.min, -1, 0, 1, Int64.max].map(WallTime.init(milliseconds:))
        for landed in wild { #expect(bounds.kept(wild, landed: landed) == Set(wild)) }
    }
}
