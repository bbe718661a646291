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
            guard let standing = after.available(of: unit), let old = Balance(before, before: standing)?.value,
                let new = Balance(after, unit)?.value
            else { return false }
            return new > old
        }
    }

    /// With one more change counted. Where figures cannot be compared (other kinds, another scale) or need more than 38 digits, nothing
    /// changes.
    /// - Parameter recent: the changes of the last ``lookBack``, oldest first, the newest of them the one before `next`.
    package mutating func count(_ next: Observation, after recent: [Observation], unit: AmountUnit) {
        var walk = SpendWalk()
        for (before, after) in zip(recent, recent.dropFirst()) { _ = walk.step(before, after, unit) }
        guard let last = recent.last, let change = walk.step(last, next, unit) else { return }
        guard let returned = refunded.adding(change.refunded), let added = toppedUp.adding(change.toppedUp) else { return }
        let absorbed = min(returned, change.burned)
        guard let counted = change.burned.subtracting(absorbed), let left = returned.subtracting(absorbed),
            let total = spent.adding(counted)
        else { return }
        (spent, toppedUp, refunded) = (total, added, left)
    }
}

/// Goes from change to change and tells spending from refunds and top-ups, by the rules of ``Steps`` but in exact decimals. *Value.*
private struct SpendWalk {
    struct Change {
        var burned = ExactDecimal.zero
        var toppedUp = ExactDecimal.zero
        var refunded = ExactDecimal.zero
    }

    /// Since the last top-up.
    private var burns: [(at: WallTime, amount: ExactDecimal)] = []
    /// What they are of.
    private var measure: Balance.Measure?

    /// Nil where the two cannot be compared.
    mutating func step(_ before: Observation, _ after: Observation, _ unit: AmountUnit) -> Change? {
        guard let standing = after.amounts.available(of: unit), let old = Balance(before.amounts, before: standing),
            let new = Balance(after.amounts, unit), old.measure == new.measure, let past = old.value, let present = new.value,
            !present.isOtherScale(of: past),
            let difference = present.subtracting(past)
        else {
            burns.removeAll()
            return nil
        }
        // A rise of one part takes back nothing of another.
        if measure != new.measure { burns.removeAll() }
        measure = new.measure
        var change = Change()
        var rise = difference.isNegative ? .zero : difference
        var burned = difference.isNegative ? difference.negated : .zero
        if let granted = old.granted, let now = new.granted, let given = now.subtracting(granted), !given.isZero {
            if given.isNegative, difference.isNegative {
                guard let rest = burned.subtracting(min(given.negated, burned)) else { return nil }
                burned = rest
            } else if !given.isNegative, given >= difference {
                guard let rest = given.subtracting(difference) else { return nil }
                (rise, burned, change.toppedUp) = (.zero, rest, given)
                burns.removeAll()
            }
        }
        if !burned.isZero {
            change.burned = burned
            burns.append((after.at, burned))
        }
        if !rise.isZero { rises(by: rise, at: after.at, &change) }
        return change
    }

    private mutating func rises(by amount: ExactDecimal, at time: WallTime, _ change: inout Change) {
        let earliest = time.advanced(by: .milliseconds(-Steps.refundWindow))
        burns.removeAll { $0.at <= earliest }
        let burned = burns.reduce(ExactDecimal.zero) { $0.adding($1.amount) ?? $0 }
        guard Rise.isRefund(amount, newestBurn: burns.last?.amount ?? .zero, burned: burned) else {
            change.toppedUp = amount
            burns.removeAll()
            return
        }
        change.refunded = amount
        var left = amount
        while !left.isZero, let newest = burns.popLast() {
            let taken = min(left, newest.amount)
            left = left.subtracting(taken) ?? .zero
            if let rest = newest.amount.subtracting(taken), !rest.isZero { burns.append((newest.at, rest)) }
        }
    }
}

extension ExactDecimal {
    fileprivate var magnitude: ExactDecimal { isNegative ? negated : self }

    /// Whether one is exactly 100, 1,000 … times the other.
    fileprivate func isOtherScale(of other: ExactDecimal) -> Bool {
        guard !isZero, isNegative == other.isNegative else { return false }
        let (small, large) = magnitude < other.magnitude ? (self, other) : (other, self)
        for power in 2...Self.maxDigits {
            guard let scaled = small.scaled(byPowerOfTen: power), scaled.magnitude <= large.magnitude else { return false }
            if scaled == large { return true }
        }
        return false
    }
}
