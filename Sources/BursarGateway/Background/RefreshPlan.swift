import BursarModel

/// When each account that is refreshed in the background is due. *Value.* Pure: the clock is an argument.
///
/// Every account is due once an interval, at a moment within it that follows from its credential: so the calls of ten thousand
/// accounts are spread evenly from the first interval on, a reload moves none of them, and two accounts with one credential are due
/// together, which is one call.
struct RefreshPlan: Sendable {
    /// An account and how often it is due.
    struct Item: Sendable, Equatable {
        let index: Int
        let interval: Duration
        /// Where within the interval, as a share of 2⁶⁴.
        let share: UInt64
    }

    /// The accounts of one interval, by their moment in it.
    private struct Group: Sendable {
        let interval: Duration
        let offsets: [(offset: Duration, index: Int)]
        /// The begin of the round that ``cursor`` counts in.
        var round: MonotonicTime
        /// The next of `offsets`; never past the end.
        var cursor = 0

        var next: MonotonicTime { round.advanced(by: offsets[cursor].offset) }

        mutating func step() {
            cursor += 1
            guard cursor == offsets.count else { return }
            cursor = 0
            round = round.advanced(by: interval)
        }

        /// Begins with the first moment that is not past: what was missed is not made up for, or a machine that wakes from a night's
        /// sleep would ask every provider at once.
        mutating func skip(to now: MonotonicTime) {
            let rounds = round.duration(to: now).nanoseconds / max(1, interval.nanoseconds)
            round = round.advanced(by: .nanoseconds(rounds.multipliedSaturating(by: interval.nanoseconds)))
            cursor = 0
            while next < now {
                step()
                if cursor == 0 { return }
            }
        }
    }

    private var groups: [Group]

    init(_ items: [Item], from now: MonotonicTime) {
        let byInterval = Dictionary(grouping: items, by: \.interval)
        groups = byInterval.map { interval, items in
            let offsets = items.map { (offset: Self.offset($0), index: $0.index) }
            var group = Group(
                interval: interval, offsets: offsets.sorted { ($0.offset, $0.index) < ($1.offset, $1.index) },
                round: MonotonicTime(nanoseconds: 0))
            group.skip(to: now)
            return group
        }
    }

    /// The accounts that are due, each once. Those missed by more than their interval wait for their next moment.
    mutating func due(at now: MonotonicTime) -> [Int] {
        var due: [Int] = []
        for index in groups.indices {
            if groups[index].next.advanced(by: groups[index].interval) < now { groups[index].skip(to: now) }
            while groups[index].next <= now {
                due.append(groups[index].offsets[groups[index].cursor].index)
                groups[index].step()
            }
        }
        return due
    }

    /// Nil where nothing is ever due.
    var next: MonotonicTime? { groups.map(\.next).min() }

    private static func offset(_ item: Item) -> Duration {
        // share / 2⁶⁴ × interval: the high half of the product.
        let nanoseconds = UInt64(max(0, item.interval.nanoseconds))
        return .nanoseconds(Int64(clamping: nanoseconds.multipliedFullWidth(by: item.share).high))
    }
}
