import Glibc

/// How somebody spends: nine kinds of it, as numbers of thousandths for each five minutes. *Value.*
struct Usage {
    enum Family: String, CaseIterable {
        case steady, jobs, office, campaigns, trend, wandering, shifted, heavy, everyHours
    }

    static let cellsADay = 288

    let family: Family
    /// Thousandths a day, at the end of the history.
    let rate: Double
    /// Where the history ends and the truth begins.
    let end: Int
    private var dice: Dice
    private var cell = 0

    private let jobs: Double
    private let spread: Double
    private let exponent: Double
    private let growth: Double
    private let shiftAt: Int
    private let shift: Double
    private let every: Int
    private let zone: Int
    private let weekend: Double
    private let onDays: Double
    private let offDays: Double
    private var isOn: Bool
    private var switchAt: Int
    private var wander: [Double] = []
    private var wanderStep: Double

    init(_ family: Family, end: Int, seed: UInt64) {
        self.family = family
        self.end = end
        dice = Dice(seed: seed)
        rate = dice.logUniform(50...5_000) * 1_000
        jobs = dice.logUniform(6...80)
        spread = dice.uniform(0...0.8)
        exponent = dice.uniform(1.3...2.2)
        growth = dice.chance(0.5) ? 0.03 : -0.03
        shiftAt = Int(dice.uniform(0...1) * Double(end))
        shift = dice.logUniform(0.2...5)
        every = dice.pick([1, 2, 3, 4, 6, 8, 12])
        zone = Int(dice.uniform(0...23.9))
        weekend = dice.chance(0.5) ? 0 : dice.uniform(0...0.3)
        onDays = dice.uniform(0.7...4)
        offDays = dice.uniform(0.7...4)
        isOn = dice.chance(0.5)
        switchAt = 0
        wanderStep = dice.uniform(0.05...0.2)
        // The walk goes backward from the end, so that `rate` is the rate there.
        var level = 0.0
        wander = [Double](repeating: 0, count: end / Self.cellsADay + 1)
        for day in wander.indices.reversed() {
            wander[day] = level
            level += wanderStep * dice.normal()
        }
    }

    /// The next five minutes.
    mutating func next() -> Int64 {
        defer { cell += 1 }
        let mean = rate / Double(Self.cellsADay)
        let amount: Double
        switch family {
        case .steady: amount = mean * dice.uniform(0.9...1.1)
        case .jobs: amount = job(jobs)
        case .office:
            let hour = (cell / 12 + zone) % 24
            let weekday = (cell / 12 + zone) / 24 % 7
            let working = (9..<18).contains(hour)
            let level = weekday >= 5 ? weekend : 1
            amount = working ? mean * 24 / 9 * level * dice.uniform(0.5...1.5) : 0
        case .campaigns:
            if cell >= switchAt {
                isOn.toggle()
                switchAt = cell + max(12, Int(dice.exponential(mean: (isOn ? onDays : offDays)) * Double(Self.cellsADay)))
            }
            amount = isOn ? job(jobs) * (onDays + offDays) / onDays : 0
        case .trend: amount = job(80) * exp(growth * Double(cell - end) / Double(Self.cellsADay))
        case .wandering: amount = job(80) * exp(wandered())
        case .shifted: amount = job(jobs) * (cell < shiftAt ? 1 / shift : 1)
        case .heavy: amount = dice.chance(jobs / Double(Self.cellsADay)) ? rate / jobs * dice.pareto(exponent) : 0
        case .everyHours:
            amount = (cell + zone) % (every * 12) == 0 ? mean * Double(every * 12) * dice.uniform(0.85...1.15) : 0
        }
        return Int64(amount.rounded())
    }

    /// Jobs that start by themselves, each with a price of its own.
    private mutating func job(_ perDay: Double) -> Double {
        var sum = 0.0
        for _ in 0..<dice.poisson(perDay / Double(Self.cellsADay)) {
            sum += rate / perDay * exp(spread * dice.normal() - spread * spread / 2)
        }
        return sum
    }

    private mutating func wandered() -> Double {
        let day = cell / Self.cellsADay
        while wander.count <= day { wander.append((wander.last ?? 0) + wanderStep * dice.normal()) }
        return wander[day]
    }
}
