package import BursarModel

/// Which figure of a reading a unit's balance is. Chosen by name and never by place: a provider that leaves one figure out of an answer
/// must not move another into its place, for the difference between the two would look like money that was spent or added.
extension [Amount] {
    /// The row's own: as ``Reading/available``, of amounts whose reading is gone.
    package var ownAvailable: Amount? { first { $0.kind == .available && !$0.isAside } }

    /// The `available` amount that stands for a unit; nil where none does.
    ///
    /// The row's own, where that is in this unit; else the one without a part. A part stands only where the row's own amount is known and
    /// in another unit: beside one that is unknown or unlimited it is of the same whole, and says nothing of that. It is then the part
    /// that the unit begins with, and no other one. Of amounts that hold at once none but the row's own stands: each alone may be more than
    /// can be spent.
    package func available(of unit: AmountUnit) -> Amount? {
        let own = ownAvailable
        if let own, own.unit == unit { return own }
        if contains(where: { $0.binds && $0.unit == unit }) { return nil }
        if let whole = available(of: unit, part: nil) { return whole }
        guard own != nil, let part = first(where: { $0.unit == unit })?.part else { return nil }
        return available(of: unit, part: part)
    }

    /// What `later`, an amount of a newer reading, was here; nil where it was not told.
    ///
    /// What stands for the unit, but of amounts that hold at once the one of the same part, whichever was the least: the difference between
    /// two parts is nothing that was spent or added.
    package func available(before later: Amount) -> Amount? {
        guard let standing = available(of: later.unit) else { return nil }
        guard later.binds, standing.binds else { return standing }
        return first { $0.binds && $0.unit == later.unit && $0.part == later.part }
    }

    /// The amounts that the balance of a unit is the least of, the one that stands for it first; empty where none does.
    package func bounds(of unit: AmountUnit) -> [Amount] {
        guard let standing = available(of: unit) else { return [] }
        guard standing.binds else { return [standing] }
        return [standing] + filter { $0.binds && $0.unit == unit && $0.part != standing.part }
    }

    /// The units that an amount stands for, in the order of the amounts.
    package var availableUnits: [AmountUnit] {
        var units: [AmountUnit] = []
        for amount in self where amount.kind == .available && !units.contains(amount.unit) {
            if available(of: amount.unit) != nil { units.append(amount.unit) }
        }
        return units
    }

    private func available(of unit: AmountUnit, part: AmountPart?) -> Amount? {
        first { $0.kind == .available && $0.unit == unit && $0.part == part }
    }
}
