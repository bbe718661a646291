import BursarModel

/// One unit's balance over time, in whole numbers of its smallest step. *Value.*
///
/// The balance is `available`, with `reserved` added where a provider tells both: what a running job holds is not spent yet, and
/// its return is no top-up. Numbers are scaled by the most digits behind the point that were seen, at most ``mostDigits``.
struct Series: Sendable, Equatable {
    struct Point: Sendable, Equatable {
        /// Milliseconds since 1970.
        var at: Int64
        var until: Int64
        var value: Int64
        /// What was given in all, where the provider tells.
        var granted: Int64?
        /// Another one means another way of counting.
        var measure: Balance.Measure
    }

    /// What may not be forecast at all.
    enum Failure: Error, Equatable {
        /// The newest reading has no such unit, or no available amount of it.
        case noAmount
        /// Beyond 64 bits.
        case tooLarge
    }

    /// More digits behind the point than this are cut off: nobody's spending is measured in billionths.
    static let mostDigits = 9

    let scale: Int
    /// Oldest first. Times are as they came: ``Steps`` judges them.
    private(set) var points: [Point] = []
    /// Entries of the history that do not have the unit; those before the last of them are not in ``points``.
    private(set) var beganAnew = false

    /// - Parameter newest: the amount of the last entry whose series it is.
    init(_ history: [Observation], of newest: Amount) throws(Failure) {
        let balances = history.map { Balance($0.amounts, before: newest) }
        let digits = balances.compactMap(\.?.mostDigits).max() ?? 0
        scale = min(digits, Self.mostDigits)
        points.reserveCapacity(history.count)
        for (entry, balance) in zip(history, balances) {
            guard let balance else {
                beganAnew = beganAnew || !points.isEmpty
                points.removeAll(keepingCapacity: true)
                continue
            }
            let point = try point(entry, balance)
            // The same moment twice: the later one takes the place of the earlier.
            if let last = points.last, last.at == point.at { points.removeLast() }
            points.append(point)
        }
        guard !points.isEmpty else { throw .noAmount }
    }

    private func point(_ entry: Observation, _ balance: Balance) throws(Failure) -> Point {
        // Each is below 2⁶⁰ in size.
        let value = try integer(balance.available) + (try balance.reserved.map(integer) ?? 0)
        return Point(
            at: entry.at.milliseconds, until: entry.until.milliseconds, value: value,
            granted: try balance.granted.map(integer), measure: balance.measure)
    }

    private func integer(_ value: ExactDecimal) throws(Failure) -> Int64 {
        guard let integer = value.integer(scale: scale) else { throw .tooLarge }
        return integer
    }

    /// A number of this series as it is shown.
    func decimal(_ value: Int64) -> ExactDecimal { ExactDecimal(scaled: value, scale: scale) }
}

extension Balance {
    /// Behind the point, of all that is told.
    fileprivate var mostDigits: Int { max(available.scale, reserved?.scale ?? 0, granted?.scale ?? 0) }
}

extension ExactDecimal {
    /// The value × 10^scale, digits beyond cut off; nil from 2⁶⁰ on, so that sums of a few never overflow.
    func integer(scale target: Int) -> Int64? {
        var magnitude = coefficient
        if scale > target {
            magnitude /= Self.power(scale - target)
        } else if scale < target {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: Self.power(target - scale))
            guard !overflow else { return nil }
            magnitude = product
        }
        guard magnitude < 1 << 60 else { return nil }
        return isNegative ? -Int64(magnitude) : Int64(magnitude)
    }

    private static func power(_ exponent: Int) -> UInt128 {
        var result: UInt128 = 1
        for _ in 0..<exponent { result *= 10 }  // at most 10³⁸ < 2¹²⁸
        return result
    }

    /// `value` ÷ 10^scale.
    init(scaled value: Int64, scale: Int) {
        self = ExactDecimal(Int(value)).scaled(byPowerOfTen: -scale) ?? .zero  // 19 digits and a scale of at most 9 always fit
    }
}
