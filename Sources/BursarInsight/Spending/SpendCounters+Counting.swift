package import BursarModel

/// What counts as spent and what as added.
extension SpendCounters {
    /// How far back a caller must give the changes: a rise is judged by the 24 hours before it, and those by theirs.
    package static let lookBack: Duration = .seconds(48 * 3_600)

    /// The units that are counted: those that an available amount stands for.
    package static func units(_ amounts: [Amount]) -> [AmountUnit] { amounts.availableUnits }

    /// Whether any figure rose: only then what came before has to be looked at.
    package static func rises(_ before: [Amount], _ after: [Amount]) -> Bool {
        units(after).contains { unit in
            let (old, new) = Balance.pair(before, after, unit)
            guard let old = old?.value, let new = new?.value else { return false }
            return new > old
        }
    }

    /// With one more change counted. Where figures cannot be compared (other kinds, another scale) or need more than 38 digits, nothing
    /// changes.
    /// - Parameter recent: the changes of the last ``lookBack``, oldest first, the newest of them the one before `next`.
    package mutating func count(_ next: Observation, after recent: [Observation], unit: AmountUnit) {
        var walk = SpendWalk()
        func step(_ before: Observation, _ after: Observation) -> SpendWalk.Change? {
            let (old, new) = Balance.pair(before.amounts, after.amounts, unit)
            return try? walk.step(old, new, at: after.at)
        }
        for (before, after) in zip(recent, recent.dropFirst()) { _ = step(before, after) }
        guard let last = recent.last, let change = step(last, next) else { return }
        guard let returned = refunded.adding(change.refunded), let added = toppedUp.adding(change.toppedUp) else { return }
        let absorbed = min(returned, change.burned)
        guard let counted = change.burned.subtracting(absorbed), let left = returned.subtracting(absorbed),
            let total = spent.adding(counted)
        else { return }
        (spent, toppedUp, refunded) = (total, added, left)
    }
}
