/// A balance that is filled up to the same level at equal intervals, as a monthly allowance is: it does not run out, it begins anew. *Value.*
struct Quota: Sendable, Equatable {
    /// The level that it rises to.
    let level: Int64
    /// When it rises next, if it goes on so; milliseconds since 1970.
    let next: Int64

    /// Months differ by three days of thirty, and whoever polls sees a rise late.
    private static let spacingTolerance: Int64 = 7  // one part in
    /// Some is spent before the rise is seen.
    private static let levelTolerance: Int64 = 100  // one part in

    /// The last three top-ups lead to the same level, at equal distances, and the next one is not long overdue.
    init?(_ topUps: [Steps.TopUp], now: Int64) {
        guard topUps.count >= 3 else { return nil }
        let last = topUps.suffix(3)
        guard let first = last.first, let newest = last.last, newest.level > 0 else { return nil }
        let levels = last.map(\.level)
        guard let low = levels.min(), let high = levels.max(), high - low <= high / Self.levelTolerance else { return nil }
        let middle = last[last.index(after: last.startIndex)]
        let spacings = (middle.at - first.at, newest.at - middle.at)
        let (shorter, longer) = (min(spacings.0, spacings.1), max(spacings.0, spacings.1))
        guard shorter > 0, longer - shorter <= longer / Self.spacingTolerance else { return nil }
        let next = newest.at + (newest.at - first.at) / 2
        guard now <= next + longer / 2 else { return nil }
        level = newest.level
        self.next = next
    }
}
