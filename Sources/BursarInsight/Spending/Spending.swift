package import BursarModel

/// What was spent of an account in a time, and in each day of it, as far as its history tells. *Value.* Exact; some milliseconds of
/// work for the longest history: not for an event loop.
///
/// What is counted is the amount that stands for a unit, as guard, counters and alerts take it. Each part has a sum of its own beside
/// that: parts may overlap, so nothing is ever added up.
package struct Spending: Sendable {
    /// How much of the history before a time belongs into the question: refunds are of what was burned before them, and a drop is
    /// large beside the days before it.
    package static let lookBack: Duration = .seconds(7 * 86_400)
    /// How precise a history is that was thinned. A step that began no longer than this before a time counts as of that time.
    static let precision: Int64 = 3_600_000

    /// One amount within a time. *Value.*
    package struct Sum: Sendable, Equatable {
        package let unit: AmountUnit
        package let part: AmountPart?
        /// Whether this amount stands for the unit. Where it does not, the sum may be a part of another one, and is never added to it.
        package let isOwn: Bool
        /// What was given back is not spent. Nil where nothing is known of that time, or where a sum needs more than 38 digits.
        package let spent: ExactDecimal?
        /// In a step that began long before this time: spent in it or before. In no other sum.
        package let spentOrBefore: ExactDecimal?
        /// When it was seen first.
        package let toppedUp: ExactDecimal?
        package let expired: ExactDecimal?
        /// In drops of over half the balance and over twenty times the largest day: another key, or one large job.
        package let dropped: ExactDecimal?
        /// Rounded up: what is not known is never 0.
        package let unknownSeconds: Int
        /// The last one in this time: what was before it compares with nothing after it.
        package let reset: Reset?
    }

    package struct Reset: Sendable, Equatable {
        package let at: WallTime
        /// `unit_changed`, `scale_changed`, `large_drop`, `clock_changed`.
        package let reason: String
    }

    package struct Period: Sendable, Equatable {
        package let since: WallTime
        package let until: WallTime
        /// What stands for a unit first. Empty where nothing was seen at all.
        package let sums: [Sum]
    }

    private let since: Int64
    private let until: Int64
    private let amounts: [(name: CountedAmount, track: SpendTrack)]

    /// - Parameter history: oldest first, from ``lookBack`` before `since` to `until`.
    package init(_ history: [Observation], since: WallTime, until: WallTime) {
        self.since = since.milliseconds
        self.until = max(since, until).milliseconds
        amounts = CountedAmount.all(history).map { name in (name, SpendTrack(history, name)) }
    }

    /// All of it.
    package var whole: Period { periods([since, until])[0] }

    /// Calendar days of UTC; the first and the last may be parts of one.
    package var days: [Period] {
        var edges = [since]
        let first = WallTime(milliseconds: since).midnight.milliseconds + WallTime.day
        edges.append(contentsOf: stride(from: first, to: max(first, until), by: Int64.Stride(WallTime.day)))
        edges.append(until)
        return periods(edges)
    }

    /// From each edge to the next one; there are two at least.
    private func periods(_ edges: [Int64]) -> [Period] {
        let sums = amounts.map { amount in amount.track.sums(between: edges).map { $0.sum(of: amount.name) } }
        return edges.indices.dropLast().map { index in
            Period(
                since: WallTime(milliseconds: edges[index]), until: WallTime(milliseconds: edges[index + 1]),
                sums: sums.map { $0[index] })
        }
    }
}

/// Which amount of an account is counted. *Value.*
struct CountedAmount: Equatable {
    let unit: AmountUnit
    /// Of what stands for the unit: the part that stood for it last.
    let part: AmountPart?
    let isOwn: Bool

    func balance(in amounts: [Amount]) -> Balance? { isOwn ? Balance(amounts, unit) : Balance(amounts, unit, part: part) }

    /// What was there before, as it is compared with what is there now.
    func past(_ before: [Amount], comparedWith after: [Amount]) -> Balance? {
        isOwn ? after.available(of: unit).flatMap { Balance(before, before: $0) } : balance(in: before)
    }

    /// What stands for a unit first, then all other parts, each in the order of the newest entry.
    static func all(_ history: [Observation]) -> [CountedAmount] {
        var own: [CountedAmount] = []
        var other: [CountedAmount] = []
        for entry in history.reversed() {
            for amount in entry.amounts where amount.kind == .available {
                let (unit, part) = (amount.unit, amount.part)
                if !own.contains(where: { $0.unit == unit }), let standing = entry.amounts.available(of: unit) {
                    own.append(CountedAmount(unit: unit, part: standing.part, isOwn: true))
                }
                let named = CountedAmount(unit: unit, part: part, isOwn: false)
                if !other.contains(named) { other.append(named) }
            }
        }
        return own + other.filter { other in !own.contains { $0.unit == other.unit && $0.part == other.part } }
    }
}
