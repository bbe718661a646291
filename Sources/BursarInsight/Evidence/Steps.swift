import BursarModel

/// What happened between the entries of a series: burns, rises and the point where all begins anew. *Value.*
///
/// The step from one entry to the next lies somewhere between the earlier one's `until` and the later one's `at`.
struct Steps: Sendable, Equatable {
    /// A part of the balance that was spent.
    struct Burn: Sendable, Equatable {
        var from: Int64
        var to: Int64
        /// Above 0.
        var amount: Int64
    }

    /// A rise that is no refund.
    struct TopUp: Sendable, Equatable {
        var from: Int64
        var at: Int64
        var amount: Int64
        /// The balance after it.
        var level: Int64
    }

    /// Why what was seen before does not count.
    enum Reset: String, Sendable {
        /// The unit, or the kinds of amounts, changed.
        case unit = "unit_changed"
        /// The figure changed by exactly 100, 1,000 …: another way of writing it.
        case scale = "scale_changed"
        /// One drop of over half the balance, and over twenty times the largest day.
        case drop = "large_drop"
        /// The clock went back.
        case clock = "clock_changed"
    }

    private(set) var burns: [Burn] = []
    private(set) var topUps: [TopUp] = []
    /// Left out of the burns: what expired, each with its time.
    private(set) var expired: [(at: Int64, amount: Int64)] = []
    /// Where a top-up hides what was spent.
    private(set) var unknown: [(from: Int64, to: Int64)] = []
    private(set) var refunds = 0
    private(set) var reset: Reset?
    /// The burns need more than 58 bits together, so that they could not be added up and scaled.
    private(set) var isTooLarge = false
    /// The first entry that counts.
    private(set) var start: Int64

    /// What was burned within 24 hours up to a rise, and after the last top-up, is what a refund can be of.
    static let refundWindow: Int64 = 86_400_000
    /// A top-up within an interval of at most this hides nothing that matters.
    static let longestPreciseTopUp: Int64 = 3_600_000

    /// Burned by day of UTC, to know the largest.
    private var sum: Int64 = 0
    private var days: (day: Int64, burned: Int64, largest: Int64) = (.min, 0, 0)

    init(_ series: Series) {
        start = series.points.first?.at ?? 0
        if series.beganAnew { reset = .unit }
        for (before, after) in zip(series.points, series.points.dropFirst()) where !isTooLarge {
            if let reason = beginsAnew(before, after) {
                self = Steps(from: after.at, because: reason)
            } else {
                add(before, after)
            }
        }
    }

    private init(from start: Int64, because reason: Reset) {
        self.start = start
        reset = reason
    }

    private func beginsAnew(_ before: Series.Point, _ after: Series.Point) -> Reset? {
        if after.at < before.until { return .clock }
        if before.measure != after.measure { return .unit }
        if Self.isPowerOfTen(before.value, after.value) { return .scale }
        let drop = before.value - after.value
        if drop > 0, let granted = before.granted, let now = after.granted, granted - now == drop { return nil }
        if days.largest > 0, before.value > 0, drop > before.value / 2, drop / 20 > days.largest { return .drop }
        return nil
    }

    /// Whether one is the other × 10^k, k ≥ 2.
    static func isPowerOfTen(_ left: Int64, _ right: Int64) -> Bool {
        let (small, large) = left.magnitude < right.magnitude ? (left, right) : (right, left)
        guard small != 0, large % small == 0 else { return false }
        var ratio = large / small
        guard ratio >= 100 else { return false }
        while ratio % 10 == 0 { ratio /= 10 }
        return ratio == 1
    }

    private mutating func add(_ before: Series.Point, _ after: Series.Point) {
        let change = after.value - before.value
        var burned = max(0, -change)
        var rise = max(0, change)
        if let granted = before.granted, let now = after.granted, granted != now {
            let given = now - granted
            if given < 0, change < 0 {
                let gone = min(-given, -change)
                expired.append((after.at, gone))
                burned -= gone
            } else if given > 0, given >= change {
                // The provider tells what it gave, so what was spent meanwhile is known as well.
                (rise, burned) = (0, given - change)
                topUps.append(TopUp(from: before.until, at: after.at, amount: given, level: after.value))
            }
        }
        if burned > 0 { burn(Burn(from: before.until, to: after.at, amount: burned)) }
        if rise > 0 { rises(by: rise, before, after) }
    }

    private mutating func burn(_ burn: Burn) {
        sum += burn.amount
        guard sum < 1 << 58 else { return isTooLarge = true }
        burns.append(burn)
        let day = burn.to / 86_400_000
        if day != days.day { (days.day, days.burned) = (day, 0) }
        days.burned += burn.amount
        days.largest = max(days.largest, days.burned)
    }

    private mutating func rises(by amount: Int64, _ before: Series.Point, _ after: Series.Point) {
        let earliest = max(after.at - Self.refundWindow, topUps.last?.at ?? .min)
        let recent = burns.reversed().prefix { $0.to > earliest }
        let burned = recent.reduce(0) { $0 + $1.amount }
        if Rise.isRefund(amount, newestBurn: recent.first?.amount ?? 0, burned: burned) {
            refunds += 1
            cancel(amount)
        } else {
            topUps.append(TopUp(from: before.until, at: after.at, amount: amount, level: after.value))
            if after.at - before.until > Self.longestPreciseTopUp { unknown.append((before.until, after.at)) }
        }
    }

    /// Takes a refund off the newest burns.
    private mutating func cancel(_ amount: Int64) {
        var left = amount
        while left > 0, let newest = burns.indices.last {
            let taken = min(left, burns[newest].amount)
            left -= taken
            burns[newest].amount -= taken
            if burns[newest].amount == 0 { burns.removeLast() }
        }
    }

    static func == (left: Steps, right: Steps) -> Bool {
        left.burns == right.burns && left.topUps == right.topUps && left.reset == right.reset && left.start == right.start
    }
}

/// Tells a refund from a top-up, the same way for forecasts and counters.
enum Rise {
    /// A rise of at most a fifth of what was burned lately is a refund, and so is one that takes back exactly the newest burn.
    /// - Parameters:
    ///   - burned: in the 24 hours before and since the last top-up.
    ///   - newestBurn: the last of these; 0 where there is none.
    static func isRefund(_ amount: Int64, newestBurn: Int64, burned: Int64) -> Bool {
        burned > 0 && (amount == newestBurn || amount <= burned / 5)
    }

    static func isRefund(_ amount: ExactDecimal, newestBurn: ExactDecimal, burned: ExactDecimal) -> Bool {
        guard burned > .zero else { return false }
        guard let twice = burned.adding(burned), let tenfold = amount.scaled(byPowerOfTen: 1) else { return false }
        return amount == newestBurn || tenfold <= twice
    }
}
