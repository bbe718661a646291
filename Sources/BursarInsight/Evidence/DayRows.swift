import BursarModel

/// What was burned in each of the last 28 times 24 hours, counted back from the newest word, hour by hour. *Value.*
///
/// A row is a day that may come again. Its hours are hours of the clock: the first one begins at the time of day of that word.
struct DayRows: Sendable, Equatable {
    struct Row: Sendable, Equatable {
        /// How many days back: 0 is the last 24 hours.
        let age: Int
        /// 24 of them, oldest first, scaled up to a whole day where a part is unknown.
        let hours: [Int64]
        let total: Int64
    }

    static let most = 28
    static let hour: Int64 = 3_600_000
    static let day = WallTime.day
    /// A day known for less is no evidence.
    static let leastKnown: Int64 = 18 * hour
    /// But where there are too few days otherwise, a day that only top-ups hide a part of is evidence with this much.
    static let leastBesideTopUps: Int64 = 6 * hour

    /// The days that are known well enough, newest first.
    private(set) var rows: [Row] = []
    /// Burned in the last 24 hours; nil unless all of them are known.
    private(set) var lastDay: Int64?
    /// Burned within all rows, and how many milliseconds of them are known.
    private(set) var burned: Int64 = 0
    private(set) var known: Int64 = 0

    /// - Parameter now: when the newest amounts were confirmed last, in milliseconds since 1970.
    init(_ steps: Steps, now: Int64) {
        var cells = [Int64](repeating: 0, count: Self.most * 24)
        var unseen = [Int64](repeating: 0, count: Self.most)
        var hidden = unseen
        let base = now - Int64(Self.most) * Self.day
        for burn in steps.burns where burn.to > base { Self.spread(burn, over: &cells, base: base) }
        Self.mark(from: .min, to: steps.start, in: &unseen, base: base)
        for gap in steps.unknown { Self.mark(from: gap.from, to: gap.to, in: &hidden, base: base) }
        take(cells, unseen, hidden, least: Self.leastKnown)
        if rows.count < Runway.leastDays { take(cells, unseen, hidden, least: Self.leastBesideTopUps) }
    }

    /// - Parameter least: how much of a day must be known, beside what top-ups hide.
    private mutating func take(_ cells: [Int64], _ unseen: [Int64], _ hidden: [Int64], least: Int64) {
        (rows, burned, known) = ([], 0, 0)
        for age in 0..<Self.most {
            let index = Self.most - 1 - age
            let hours = cells[(index * 24)..<(index * 24 + 24)]
            let total = hours.reduce(0, +)  // all burns together are below 2⁵⁸
            let known = Self.day - unseen[index] - hidden[index]
            if age == 0 { lastDay = known == Self.day ? total : nil }
            guard known >= least, Self.day - unseen[index] >= Self.leastKnown else { continue }
            self.known += known
            burned += total
            let scaled = known == Self.day ? Array(hours) : hours.map { Int64(Int128($0) * Int128(Self.day) / Int128(known)) }
            rows.append(Row(age: age, hours: scaled, total: scaled.reduce(0, +)))
        }
    }

    /// Evenly over the hours that the burn lies in, the remainder in the last of them, so that sums stay exact.
    private static func spread(_ burn: Steps.Burn, over cells: inout [Int64], base: Int64) {
        let last = min(cells.count - 1, Int((burn.to - 1 - base) / hour))
        guard last >= 0 else { return }
        let length = burn.to - burn.from
        guard length > 0 else { return cells[last] += burn.amount }
        let first = max(0, Int((max(burn.from, base) - base) / hour))
        var left = burn.amount
        if burn.from < base { left -= share(burn, base - burn.from) }
        for cell in first..<max(first, last) {
            let from = max(burn.from, base + Int64(cell) * hour)
            let to = min(burn.to, base + Int64(cell + 1) * hour)
            let part = share(burn, to - from)
            cells[cell] += part
            left -= part
        }
        cells[last] += left
    }

    private static func share(_ burn: Steps.Burn, _ part: Int64) -> Int64 {
        Int64(Int128(burn.amount) * Int128(part) / Int128(burn.to - burn.from))
    }

    private static func mark(from: Int64, to: Int64, in unknown: inout [Int64], base: Int64) {
        for index in unknown.indices {
            let start = base + Int64(index) * day
            let overlap = min(to, start + day) - max(from, start)
            if overlap > 0 { unknown[index] += overlap }
        }
    }
}
