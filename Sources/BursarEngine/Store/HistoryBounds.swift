package import BursarModel

/// How a history thins with age. *Value.*
///
/// | age, counted from the account's change that landed last | kept | at most |
/// |---|---|---|
/// | the last 48 hours with changes | every change, the newest 1,000 of them | 1,000 |
/// | to 30 days of changes | the last one of each hour | 720 |
/// | to 730 days of changes | the last one of each day | 700 |
///
/// Age counts from the change that landed last and not from now, and a time without a change counts as 48 hours at most: what
/// nobody asked for is not forgotten for that. Over an hour of it counts as nothing in the first class, which ``newest`` bounds: so
/// one change under a clock that stands hours or years ahead deletes nothing.
///
/// What is later than the change that landed last is of a clock that was ahead, or of a right one that was set back since. It thins
/// by itself, and neither side makes the other older. A store may thin an account only every ``slack`` changes, so it holds at most
/// ``longest`` entries of it.
package struct HistoryBounds: Sendable, Hashable {
    /// Every change is kept so long.
    package var all: Duration = .seconds(48 * 3_600)
    /// And this many, whatever their age; older ones are thinned as the next class.
    package var newest = 1_000
    package var hourly: Duration = .seconds(30 * 86_400)
    package var daily: Duration = .seconds(730 * 86_400)
    /// How many changes may be added before an account is thinned again.
    package var slack = 50

    /// Two days, of which one is whole: then no class holds more than its length says.
    private static let longestGap: Duration = .seconds(48 * 3_600)
    /// A longer time without a change makes nothing older of what is kept whole: nobody can tell it from a clock that went ahead.
    private static let quiet: Duration = .seconds(3_600)

    package init() {}

    /// An account that the configuration names no longer keeps its history so long: a name that was mistyped, or a file that was
    /// swapped for a day, must not cost two years of it.
    package static let grace: Duration = .seconds(7 * 86_400)

    /// The most entries an account can ever have: ``longestLine`` on either side of the change that landed last.
    package var longest: Int { 2 * longestLine + slack }

    /// The most where the clock never went back: one more than a class's length for the one that its edges cut.
    package var longestLine: Int {
        newest + Int(hourly / .seconds(3_600)) + 1 + Int((daily - hourly) / .seconds(86_400)) + 1
    }

    /// Which of an account's changes are kept; the times in any order, each once.
    /// - Parameter landed: the time of the change that landed last.
    package func kept(_ times: some Sequence<WallTime>, landed: WallTime) -> Set<WallTime> {
        let newestFirst = times.sorted(by: >)
        let later = newestFirst.prefix { $0 > landed }
        return keptOfLine(later).union(keptOfLine(newestFirst.dropFirst(later.count)))
    }

    private func keptOfLine(_ newestFirst: ArraySlice<WallTime>) -> Set<WallTime> {
        guard var later = newestFirst.first else { return [] }
        var age = Duration.zero
        var kept: Set<WallTime> = []
        var hours: Set<Int64> = []
        var days: Set<Int64> = []
        for (index, time) in newestFirst.enumerated() {
            let gap = time.duration(to: later)
            later = time
            let isWhole = age <= all && index < self.newest
            if !isWhole || gap <= Self.quiet { age += min(gap, Self.longestGap) }
            if age <= all, index < self.newest {
                kept.insert(time)
            } else if age <= hourly {
                if hours.insert(time.milliseconds / 3_600_000).inserted { kept.insert(time) }
            } else if age <= daily {
                if days.insert(time.milliseconds / 86_400_000).inserted { kept.insert(time) }
            }
        }
        return kept
    }
}
