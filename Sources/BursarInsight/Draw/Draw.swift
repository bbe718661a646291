import BursarBasics

/// The days that were, drawn again until the balance is reached, many times over. *Value.*
///
/// What is not known of the rate is a pool of few days drawn by weight; what will change of it is a drift: each drawn day times
/// e^(a·z₀ + b·(z₁ + … + z_day)). All in whole numbers, from tables and a generator of our own: the same history gives the same
/// answer everywhere.
struct Draw: Sendable {
    static let times = 500
    /// Nobody's history says what happens after this.
    static let longestDays = 200
    static let longest = Int64(longestDays) * DayRows.day

    /// Spread of the rate as a whole, and of its change from day to day, in 1/65,536 of a natural logarithm.
    static let wholeSpread: Int64 = 13_107  // 0.20
    static let dailySpread: Int64 = 5_243  // 0.08

    /// How long each draw lasted in milliseconds, shortest first; ``longest`` where it lasted longer.
    private(set) var durations: [Int64]

    /// - Parameters:
    ///   - balance: above 0.
    ///   - rows: at least one with a burn.
    init(balance: Int64, rows: [DayRows.Row], seed: UInt64) {
        let pool = Pool(rows)
        // Numbers of 36 bits leave room for a factor of 2¹⁰ in 1/65,536, and lose nothing that a forecast could show.
        let largest = max(balance, pool.largest)
        let shift = largest.leadingZeroBitCount - 28
        let goal = Self.shifted(balance, shift)
        let hours = pool.hours.map { Self.shifted($0, shift) }
        let totals =
            pool.hours.indices.isEmpty
            ? [] : stride(from: 0, to: hours.count, by: 24).map { hours[$0..<($0 + 24)].reduce(0, +) }
        var random = SplitMix64(seed: seed)
        var durations: [Int64] = []
        durations.reserveCapacity(Self.times)
        var days = [Int](repeating: 0, count: pool.size)
        for _ in 0..<Self.times {
            for index in days.indices { days[index] = pool.pick(random.next()) }
            durations.append(Self.once(goal, hours, totals, days, &random))
        }
        durations.sort()
        self.durations = durations
    }

    private static func shifted(_ value: Int64, _ shift: Int) -> Int64 {
        shift >= 0 ? value << Int64(shift) : value >> Int64(-shift)
    }

    private static func once(
        _ goal: Int64, _ hours: [Int64], _ totals: [Int64], _ pool: [Int], _ random: inout SplitMix64
    ) -> Int64 {
        var left = goal
        var drift = wholeSpread * normal(random.next())
        for day in 0..<longestDays {
            let word = random.next()
            drift += dailySpread * normal(word)
            let factor = exponential(drift >> 16)
            let row = pool[SplitMix64.below(pool.count, word)]
            let burned = (totals[row] * factor) >> 16
            if burned < left {
                left -= burned
                continue
            }
            for hour in 0..<24 {
                let part = (hours[row * 24 + hour] * factor) >> 16
                if part >= left, part > 0 {
                    let within = Int64(Int128(DayRows.hour) * Int128(left) / Int128(part))
                    return Int64(day) * DayRows.day + Int64(hour) * DayRows.hour + within
                }
                left -= part
            }
            left = max(left, 0)  // hours are rounded one by one: the day can fall short of its sum by a few
        }
        return longest
    }

    /// A normally distributed number in 1/65,536 from the lower 9 bits.
    static func normal(_ word: UInt64) -> Int64 {
        let magnitude = FixedTables.normal[Int(word & 0xFF)]
        return word & 0x100 == 0 ? magnitude : -magnitude
    }

    /// e^x, both in 1/65,536, between 2⁻¹⁰ and 2¹⁰.
    static func exponential(_ x: Int64) -> Int64 {
        let power = (x * 94_548) >> 16  // × log₂ e
        guard power < (10 << 16) else { return 1 << 26 }
        guard power > -(10 << 16) else { return 1 << 6 }
        let whole = power >> 16
        let fraction = power & 0xFFFF
        let index = Int(fraction >> 10)
        let low = FixedTables.powerOfTwo[index]
        let mantissa = low + ((FixedTables.powerOfTwo[index + 1] - low) * (fraction & 0x3FF)) >> 10
        let shift = 14 - whole  // from 1/2³⁰ to 1/2¹⁶
        return mantissa >> shift
    }
}

/// The days that may be drawn, each with its weight, and two that never were: worse than any, and better than most. *Value.*
struct Pool: Sendable {
    /// 24 a day.
    private(set) var hours: [Int64] = []
    private(set) var largest: Int64 = 0
    /// How many days are drawn into one pool: what the weighted days are worth in evenly weighted ones.
    let size: Int
    /// The summed weights up to and with each day.
    private let cumulated: [UInt64]

    init(_ rows: [DayRows.Row]) {
        var weights = rows.map { UInt64(FixedTables.dayWeight[min($0.age, FixedTables.dayWeight.count - 1)]) }
        for row in rows { hours += row.hours }
        if let worst = rows.max(by: { $0.total < $1.total }), let best = rows.min(by: { $0.total < $1.total }) {
            hours += worst.hours.map { $0 * 2 }
            hours += best.hours.map { $0 / 2 }
            let mean = weights.reduce(0, +) / UInt64(weights.count)
            weights += [mean, mean]
        }
        for day in stride(from: 0, to: hours.count, by: 24) { largest = max(largest, hours[day..<(day + 24)].reduce(0, +)) }
        var sum: UInt64 = 0
        cumulated = weights.map {
            sum += $0
            return sum
        }
        // 30 weights of at most 2³²: their sum squared needs 74 bits.
        let squares = weights.reduce(UInt128(0)) { $0 + UInt128($1) * UInt128($1) }
        let effective = squares == 0 ? 2 : (UInt128(sum) * UInt128(sum) + squares / 2) / squares
        size = max(2, Int(effective))
    }

    func pick(_ word: UInt64) -> Int {
        guard let sum = cumulated.last else { return 0 }
        let place = word.multipliedFullWidth(by: sum).high
        var index = 0
        while index < cumulated.count - 1, cumulated[index] <= place { index += 1 }
        return index
    }
}
