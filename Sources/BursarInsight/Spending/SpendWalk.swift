import BursarModel

/// Goes from change to change and tells spending from refunds, top-ups and what expired, by the rules of ``Steps`` but in exact
/// decimals. *Value.* The counters and what was spent in a time are both made by it, so that both
/// judge a change alike; only one large drop is set apart by the second.
struct SpendWalk {
    struct Change {
        var burned = ExactDecimal.zero
        var toppedUp = ExactDecimal.zero
        var refunded = ExactDecimal.zero
        var expired = ExactDecimal.zero
        /// Whether more may have been spent than was seen: a balance that rose does not tell what was spent before and after.
        var hidesSpending = false
    }

    /// Why two balances do not tell what happened between them.
    enum Incomparable: Error, Equatable {
        /// One is not there, or is counted another way.
        case measure
        /// One is exactly 100, 1,000 … times the other: another way of writing it.
        case scale
        /// More than 38 digits.
        case digits
    }

    /// Since the last top-up.
    private var burns: [(at: WallTime, amount: ExactDecimal)] = []
    /// What they are of.
    private var measure: Balance.Measure?

    /// Nothing of what was seen before is compared with what comes.
    mutating func beginAnew() { burns.removeAll() }

    /// - Parameter time: when `new` was seen first.
    mutating func step(_ old: Balance?, _ new: Balance?, at time: WallTime) throws(Incomparable) -> Change {
        do throws(Incomparable) {
            return try compared(old, new, at: time)
        } catch {
            beginAnew()
            throw error
        }
    }

    private mutating func compared(_ old: Balance?, _ new: Balance?, at time: WallTime) throws(Incomparable) -> Change {
        guard let old, let new, old.measure == new.measure else { throw .measure }
        guard let past = old.value, let present = new.value, let difference = present.subtracting(past) else { throw .digits }
        guard !present.isOtherScale(of: past) else { throw .scale }
        // A rise of one part takes back nothing of another.
        if measure != new.measure { burns.removeAll() }
        measure = new.measure
        var change = Change()
        var rise = difference.isNegative ? .zero : difference
        var burned = difference.isNegative ? difference.negated : .zero
        if let granted = old.granted, let now = new.granted, let given = now.subtracting(granted), !given.isZero {
            if given.isNegative, difference.isNegative {
                change.expired = min(given.negated, burned)
                guard let rest = burned.subtracting(change.expired) else { throw .digits }
                burned = rest
            } else if !given.isNegative, given >= difference {
                guard let rest = given.subtracting(difference) else { throw .digits }
                (rise, burned, change.toppedUp) = (.zero, rest, given)
                burns.removeAll()
            }
        }
        if !burned.isZero {
            change.burned = burned
            burns.append((time, burned))
        }
        if !rise.isZero { rises(by: rise, at: time, &change) }
        return change
    }

    private mutating func rises(by amount: ExactDecimal, at time: WallTime, _ change: inout Change) {
        let earliest = time.advanced(by: .milliseconds(-Steps.refundWindow))
        burns.removeAll { $0.at <= earliest }
        let burned = burns.reduce(ExactDecimal.zero) { $0.adding($1.amount) ?? $0 }
        guard Rise.isRefund(amount, newestBurn: burns.last?.amount ?? .zero, burned: burned) else {
            change.toppedUp = amount
            change.hidesSpending = true
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
