import BursarEngine
import BursarModel

/// One entry a step, and none where nobody knew: a gap stays a gap. Pure.
enum HistorySteps {
    /// The amounts as they were at each of `from`, `from + step` …, where an entry covers that time. A step of whole days counts from
    /// midnight (UTC): a day is a day of the calendar, and not 24 hours from when somebody asked.
    static func take(_ entries: [HistoryEntry], every step: Duration, from: WallTime, to: WallTime) -> [HistoryEntry] {
        let length = max(1, step.milliseconds)
        var taken: [HistoryEntry] = []
        var index = 0
        var time = from.milliseconds
        if length.isMultiple(of: WallTime.day), from != from.midnight { time = from.midnight.milliseconds + WallTime.day }
        while time <= to.milliseconds {
            while index + 1 < entries.count, entries[index + 1].at.milliseconds <= time { index += 1 }
            if index < entries.count, entries[index].at.milliseconds <= time, time <= entries[index].until.milliseconds {
                let entry = entries[index]
                let point = WallTime(milliseconds: time)
                taken.append(
                    HistoryEntry(
                        account: entry.account, at: point, until: point, asOf: entry.asOf, providerSaysLow: entry.providerSaysLow,
                        amounts: entry.amounts))
            }
            time += length
        }
        return taken
    }
}
