import BursarModel

/// What happened to one amount of an account, from entry to entry of its history. *Value.* Made in one pass.
struct SpendTrack {
    /// From one entry to the next.
    struct Step {
        /// When the amount before was confirmed last, and when the one after was seen first: all of it lies between the two.
        let from: Int64
        let to: Int64
        var burned = ExactDecimal.zero
        var toppedUp = ExactDecimal.zero
        var expired = ExactDecimal.zero
        /// One drop so large that it may be another key, or a new contract, as well as a large job: told apart.
        var dropped = ExactDecimal.zero
        /// What was spent meanwhile cannot be told.
        var isUnknown = false
        var reset: Steps.Reset?
    }

    /// In the order of the history. What is given back is taken off the newest of the burns before it.
    private(set) var steps: [Step] = []
    /// From the first sight of the amount to its last confirmation; nil where it was never seen.
    private(set) var seen: (from: Int64, until: Int64)?

    private var walk = SpendWalk()
    /// Burned by day of UTC, to know the largest since all began anew.
    private var days: (day: Int64, burned: ExactDecimal, largest: ExactDecimal) = (.min, .zero, .zero)

    init(_ history: [Observation], _ amount: CountedAmount) {
        var last: (amounts: [Amount], until: Int64)?
        var isInterrupted = false
        for entry in history {
            guard let next = amount.balance(in: entry.amounts) else {
                isInterrupted = true
                continue
            }
            let (at, until) = (entry.at.milliseconds, entry.until.milliseconds)
            if let last {
                add(isInterrupted ? nil : amount.past(last.amounts, comparedWith: entry.amounts), at: last.until, next, at: at)
            }
            seen = (min(at, seen?.from ?? at), max(until, seen?.until ?? until))
            (last, isInterrupted) = ((entry.amounts, until), false)
        }
    }

    private mutating func add(_ before: Balance?, at from: Int64, _ after: Balance, at to: Int64) {
        guard from <= to else { return beginAnew(Step(from: to, to: from, isUnknown: true, reset: .clock)) }
        var step = Step(from: from, to: to)
        do throws(SpendWalk.Incomparable) {
            let change = try walk.step(before, after, at: WallTime(milliseconds: to))
            if let past = before?.value, isLarge(change.burned, of: past) {
                step.dropped = change.burned
                step.expired = change.expired
                step.reset = .drop
                return beginAnew(step)
            }
            step.burned = change.burned
            step.toppedUp = change.toppedUp
            step.expired = change.expired
            step.isUnknown = change.hidesSpending && to - from > Steps.longestPreciseTopUp
            steps.append(step)
            count(change.burned, day: to / DayRows.day)
            takeBack(change.refunded)
        } catch {
            step.isUnknown = true
            step.reset = error.reset
            beginAnew(step)
        }
    }

    private mutating func beginAnew(_ step: Step) {
        steps.append(step)
        walk.beginAnew()
        days = (.min, .zero, .zero)
    }

    /// Over half of what was there, and over twenty times the largest day: ``Steps`` begins anew at as much.
    private func isLarge(_ burned: ExactDecimal, of before: ExactDecimal) -> Bool {
        guard !days.largest.isZero, before > .zero, let twice = burned.adding(burned),
            let twenty = days.largest.adding(days.largest)?.scaled(byPowerOfTen: 1)
        else { return false }
        return twice > before && burned > twenty
    }

    private mutating func count(_ burned: ExactDecimal, day: Int64) {
        guard !burned.isZero else { return }
        if day != days.day { (days.day, days.burned) = (day, .zero) }
        days.burned = days.burned.adding(burned) ?? days.burned
        days.largest = max(days.largest, days.burned)
    }

    private mutating func takeBack(_ refunded: ExactDecimal) {
        var left = refunded
        var index = steps.endIndex
        while !left.isZero, index > 0 {
            index -= 1
            let taken = min(left, steps[index].burned)
            guard !taken.isZero, let rest = steps[index].burned.subtracting(taken), let still = left.subtracting(taken) else {
                continue
            }
            (steps[index].burned, left) = (rest, still)
        }
    }
}

extension SpendWalk.Incomparable {
    fileprivate var reset: Steps.Reset? {
        switch self {
        case .measure: .unit
        case .scale: .scale
        case .digits: nil
        }
    }
}
