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
        /// Which kinds the provider told, as bits. Another set means another way of counting.
        var kinds: UInt8
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

    init(_ history: [Observation], unit: AmountUnit) throws(Failure) {
        var scale = 0
        for entry in history {
            for amount in entry.amounts where amount.unit == unit { scale = max(scale, amount.value.scale) }
        }
        self.scale = min(scale, Self.mostDigits)
        points.reserveCapacity(history.count)
        for entry in history {
            let known = try point(entry, unit)
            guard let point = known else {
                beganAnew = beganAnew || !points.isEmpty
                points.removeAll(keepingCapacity: true)
                continue
            }
            // The same moment twice: the later one takes the place of the earlier.
            if let last = points.last, last.at == point.at { points.removeLast() }
            points.append(point)
        }
        guard !points.isEmpty else { throw .noAmount }
    }

    private func point(_ entry: Observation, _ unit: AmountUnit) throws(Failure) -> Point? {
        var kinds: UInt8 = 0
        var available: Int64?
        var reserved: Int64?
        var granted: Int64?
        for amount in entry.amounts where amount.unit == unit {
            guard let value = amount.value.integer(scale: scale) else { throw .tooLarge }
            switch amount.kind {
            case .available where available == nil: (available, kinds) = (value, kinds | 1)
            case .reserved where reserved == nil: (reserved, kinds) = (value, kinds | 2)
            case .granted where granted == nil: (granted, kinds) = (value, kinds | 4)
            default: break
            }
        }
        guard let available else { return nil }
        // Both are below 2⁶⁰ in size.
        return Point(
            at: entry.at.milliseconds, until: entry.until.milliseconds, value: available + (reserved ?? 0), granted: granted,
            kinds: kinds)
    }

    /// A number of this series as it is shown.
    func decimal(_ value: Int64) -> ExactDecimal { ExactDecimal(scaled: value, scale: scale) }
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
