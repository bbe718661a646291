import BursarInsight
import BursarModel
import Glibc

/// A made-up history as a gateway would have kept it, and what came after. *Value.*
struct ObservedHistory {
    static let start: Int64 = 1_700_000_000_000
    static let cell: Int64 = 300_000
    static let day: Int64 = 86_400_000

    var observations: [Observation] = []
    let now: WallTime
    let ttl: Duration
    /// When the balance was used up, counted from now; nil after 200 days.
    let truth: Int64?

    static let unit = AmountUnit("credits") ?? preconditionFailed()

    /// - Parameter days: of history.
    init(_ family: Usage.Family, days: Double, seed: UInt64) {
        var dice = Dice(seed: seed &* 31 &+ 7)
        let cells = max(24, Int(days * Double(Usage.cellsADay)))
        var usage = Usage(family, end: cells, seed: seed)
        let spent = (0..<cells).map { _ in usage.next() }
        let balance = Int64(usage.rate * dice.logUniform(0.25...40))
        let world = World(spent: spent, balance: balance, rate: usage.rate, dice: &dice)
        let polling = Polling(cells: cells, dice: &dice)
        observations = polling.observe(world)
        ttl = .milliseconds(polling.every * Self.cell)
        now = WallTime(milliseconds: Self.start + Int64(cells) * Self.cell)

        var left = balance
        var truth: Int64?
        for cell in 0..<(200 * Usage.cellsADay) {
            let amount = usage.next()
            if amount >= left {
                truth = Int64(cell) * Self.cell + (amount > 0 ? Self.cell * left / amount : 0)
                break
            }
            left -= amount
        }
        self.truth = truth
    }

    var question: RunwayQuestion {
        RunwayQuestion(
            account: benchmarkAccount, unit: Self.unit, history: observations, isFresh: true, ttl: ttl, now: now)
    }
}

let benchmarkAccount = AccountID(provider: ProviderID("acme") ?? preconditionFailed(), account: .default)

func preconditionFailed<Value>() -> Value { preconditionFailure("a literal of this file is wrong") }

/// What truly happened to the balance. *Value.*
struct World {
    /// The balance at the end of each cell, in thousandths.
    private(set) var levels: [Int64]
    /// What was given in all, where the provider tells it.
    private(set) var granted: [Int64]?

    init(spent: [Int64], balance: Int64, rate: Double, dice: inout Dice) {
        levels = [Int64](repeating: 0, count: spent.count)
        let topUpsADay = dice.chance(0.2) ? 0 : 1 / dice.uniform(2...10)
        let refundsADay = dice.chance(0.6) ? 0 : dice.uniform(0.1...0.6)
        let expires = dice.chance(0.15)
        var gone: [Int: Int64] = [:]
        var given: [Int: Int64] = [:]
        // Backward, so that it ends at the balance and is never below nothing.
        var level = balance
        for cell in spent.indices.reversed() {
            levels[cell] = level
            level += spent[cell]
            if dice.chance(topUpsADay / Double(Usage.cellsADay)) {
                let amount = Int64(min(rate * dice.uniform(1...15), Double(level) * dice.uniform(0.3...0.95)))
                level -= amount
                given[cell] = amount
            }
            if dice.chance(refundsADay / Double(Usage.cellsADay)) {
                // A failed job: given back at once, and the job itself stands in the hours before.
                let day = spent[max(0, cell - 288)..<cell].reduce(0, +)
                let amount = min(Int64(Double(day) * dice.uniform(0.01...0.15)), level)
                let job = max(0, cell - 1 - Int(dice.uniform(0...20)))
                if amount > 0, job < cell {
                    level -= amount
                    pending[job, default: 0] += amount
                }
            }
            if let back = pending.removeValue(forKey: cell) { level += back }
            if expires, dice.chance(0.1 / Double(Usage.cellsADay)) {
                let amount = Int64(rate * dice.uniform(0.3...3))
                level += amount
                gone[cell] = amount
            }
        }
        if expires {
            var sum = level + 1_000_000
            granted = spent.indices.map { cell in
                sum += (given[cell] ?? 0) - (gone[cell] ?? 0)
                return sum
            }
        }
    }

    private var pending: [Int: Int64] = [:]

    /// Nothing but spending.
    init(spent: [Int64], balance: Int64) {
        levels = [Int64](repeating: 0, count: spent.count)
        var level = balance
        for cell in spent.indices.reversed() {
            levels[cell] = level
            level += spent[cell]
        }
    }
}

/// What a gateway sees of it. *Value.*
struct Polling {
    /// In cells.
    let every: Int64
    private let polls: [Int]
    private let rounds: Bool

    init(cells: Int, dice: inout Dice) {
        every = dice.pick([1, 6, 72])
        rounds = dice.chance(0.3)
        let step = Int(every)
        var hidden = [Bool](repeating: false, count: cells)
        let gaps = dice.chance(0.4) ? 0 : dice.uniform(0.02...0.2)
        let restarts = dice.uniform(0...1)
        for cell in 0..<cells {
            if dice.chance(gaps / Double(Usage.cellsADay)) {
                let length = Int(dice.logUniform(1...48) * 12)
                for index in cell..<min(cells, cell + length) { hidden[index] = true }
            }
            if dice.chance(restarts / Double(Usage.cellsADay)) { hidden[cell] = true }
        }
        // The last poll is the newest word: now is up to one poll later, and never hidden.
        let offset = Int(dice.uniform() * Double(step))
        var polls: [Int] = []
        var cell = cells - 1 - offset
        while cell >= 0 {
            if polls.isEmpty || !hidden[cell] { polls.append(cell) }
            cell -= step
        }
        self.polls = polls.reversed()
    }

    /// Changes with the time of their last confirmation, thinned as a store thins them.
    func observe(_ world: World) -> [Observation] {
        struct Entry {
            let cell: Int
            var until: Int
            let value: Int64
            let granted: Int64?
        }
        var entries: [Entry] = []
        for cell in polls {
            let divisor: Int64 = rounds ? 1_000 : 1
            let value = world.levels[cell] / divisor
            let granted = world.granted.map { $0[cell] / divisor }
            if let last = entries.last, last.value == value, last.granted == granted {
                entries[entries.count - 1].until = cell
            } else {
                entries.append(Entry(cell: cell, until: cell, value: value, granted: granted))
            }
        }
        guard let newest = entries.last?.cell else { return [] }
        var hours: Set<Int> = []
        var days: Set<Int> = []
        var kept: [Entry] = []
        for (index, entry) in entries.reversed().enumerated() {
            let age = newest - entry.cell
            if age <= 2 * 288, index < 1_000 {
                kept.append(entry)
            } else if age <= 30 * 288 {
                if hours.insert(entry.cell / 12).inserted { kept.append(entry) }
            } else if days.insert(entry.cell / 288).inserted {
                kept.append(entry)
            }
        }
        func amount(_ kind: AmountKind, _ value: Int64) -> Amount {
            let text = rounds ? "\(value)" : "\(value / 1_000).\(String("\(1_000 + value % 1_000)".dropFirst()))"
            return Amount(kind: kind, value: ExactDecimal(text) ?? .zero, unit: ObservedHistory.unit)
        }
        func time(_ cell: Int) -> WallTime {
            WallTime(milliseconds: ObservedHistory.start + Int64(cell + 1) * ObservedHistory.cell)
        }
        return kept.reversed().map { entry in
            var amounts = [amount(.available, entry.value)]
            if let granted = entry.granted { amounts.append(amount(.granted, granted)) }
            return Observation(at: time(entry.cell), until: time(entry.until), amounts: amounts)
        }
    }
}
