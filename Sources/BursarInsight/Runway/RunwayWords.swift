package import BursarModel

extension Runway {
    /// For people, at a time: "3 to 6 days", "not yet: 2 of 3 days seen". Two units of time at most, rounded so that nobody is
    /// promised too much.
    package func words(at now: WallTime) -> String {
        switch status {
        case .unknown(let why): return "unknown: " + why.words
        case .empty: return "empty"
        case .flat: return "nothing is being spent"
        case .quota(let next): return Self.words(rise: next, at: now)
        case .accumulating(let missing): return "not yet: " + missing.words
        case .burning:
            guard let forecast else { return "unknown" }
            let low = now.duration(to: forecast.earliest ?? forecast.notBefore)
            guard forecast.expected != nil else { return "over " + Self.words(low) }
            guard let latest = forecast.latest else { return Self.words(low) + " or more" }
            return Self.words(low, now.duration(to: latest))
        }
    }

    /// A unit of time that a person would choose.
    private enum Grain: Int64 {
        case minute = 60_000
        case hour = 3_600_000
        case day = 86_400_000

        /// Hours under two days and minutes under two hours: "30 hours" says more than "1 day".
        init(_ milliseconds: Int64) {
            self = milliseconds >= 2 * Grain.day.rawValue ? .day : milliseconds >= 2 * Grain.hour.rawValue ? .hour : .minute
        }

        func text(_ count: Int64) -> String {
            switch self {
            case .minute: count == 1 ? "1 minute" : "\(count) minutes"
            case .hour: count == 1 ? "1 hour" : "\(count) hours"
            case .day: count == 1 ? "1 day" : "\(count) days"
            }
        }
    }

    /// When an allowance is filled up again. One that is overdue is promised to nobody.
    private static func words(rise next: WallTime, at now: WallTime) -> String {
        guard next <= now else { return "filled up again in " + words(now.duration(to: next)) }
        let overdue = next.duration(to: now)
        guard overdue >= .seconds(60) else { return "is due to be filled up again now" }
        return "was due to be filled up again \(words(overdue)) ago"
    }

    /// Rounded down.
    private static func words(_ duration: Duration) -> String {
        let milliseconds = max(0, duration.milliseconds)
        let grain = Grain(milliseconds)
        let count = milliseconds / grain.rawValue
        return count == 0 ? "less than a minute" : grain.text(count)
    }

    /// The low end rounded down, the high end up.
    private static func words(_ low: Duration, _ high: Duration) -> String {
        let (from, to) = (max(0, low.milliseconds), max(0, high.milliseconds))
        let (small, large) = (Grain(from), Grain(to))
        let (least, most) = (from / small.rawValue, (to + large.rawValue - 1) / large.rawValue)
        if least == 0 { return "less than " + large.text(max(1, most)) }
        if small == large { return least == most ? "about " + small.text(least) : "\(least) to " + large.text(most) }
        return small.text(least) + " to " + large.text(most)
    }
}

extension Runway.Unknown {
    /// Ends a sentence.
    package var words: String {
        switch self {
        case .noAmount: "no available amount of this unit"
        case .stale: "the newest reading is too old"
        case .tooLarge: "figures beyond 64 bits"
        case .clock: "times that lie in the future"
        case .irregular: "it rises at least a third as often as it falls"
        }
    }
}

extension Runway.Missing {
    /// What is missing first.
    package var words: String {
        if !days.isEnough { return "\(days.seen) of \(days.needed) days seen" }
        if !daysWithBurn.isEnough { return "\(daysWithBurn.seen) of \(daysWithBurn.needed) days with spending seen" }
        return "\(steps.seen) of \(steps.needed) drops seen"
    }
}
