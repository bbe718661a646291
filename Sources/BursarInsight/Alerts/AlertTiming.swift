import BursarModel

/// The times of alerts. *Constants.*
package enum AlertTiming {
    /// A condition that was read once fires after this, where nothing contradicts it; at once when a second reading agrees.
    package static let settling: Duration = .seconds(600)
    /// A rule that fired is quiet for this long before it fires again: what flaps is told once an hour.
    package static let quiet: Duration = .seconds(3_600)
    /// What happens within this is one message.
    package static let gathering: Duration = .seconds(30)
    /// Over which messages to a target are counted.
    package static let rateWindow: Duration = .seconds(3_600)
    /// What receivers of states are told again each minute, and what ended for five more.
    package static let pushInterval: Duration = .seconds(60)
    package static let resolvedFor: Duration = .seconds(300)
    /// Until when a state that is told is good, unless it is told again: a restart of this program is no all-clear.
    package static let pushedFor: Duration = .seconds(900)
    /// An attempt that failed is followed by the next after these, and given up when they are used up: the schedule of Standard Webhooks.
    package static let retries: [Duration] = [
        .seconds(5), .seconds(300), .seconds(1_800), .seconds(7_200), .seconds(18_000), .seconds(36_000), .seconds(50_400),
        .seconds(72_000), .seconds(86_400)
    ]
    /// The longest that a `Retry-After` is followed.
    package static let longestRetry: Duration = .seconds(86_400)
    /// The longest that ``retry(after:asked:word:)`` gives: its jitter adds a fifth.
    package static let longestDelay: Duration = longestRetry * 6 / 5
    /// A balance is told as recovered at so much of its limit, a runway at so much of its own; or by a top-up that reaches the limit.
    package static let amountMargin = "1.1"
    package static let runwayMargin = (numerator: 5, denominator: 4)
    /// The longest that an account may be muted.
    package static let longestMute: Duration = .seconds(30 * 86_400)
    /// Top-ups that wait for one target; of more, the oldest go.
    package static let mostTopUps = 100
    /// A change is kept so long before what is told of it, at the most: the store is waited for.
    package static let unkept: Duration = .seconds(60)
    /// Changes of an account that are looked at to tell a top-up from a refund.
    package static let mostRecent = 300
}

extension AlertTiming {
    /// When an attempt is followed by the next, `attempts` of them having been begun; nil: it is given up.
    /// - Parameter word: random, for the jitter, which only delays.
    package static func retry(after attempts: Int, asked: Duration?, word: UInt64) -> Duration? {
        guard retries.indices.contains(attempts - 1) else { return nil }
        let delay = retries[attempts - 1]
        let jitter = word.multipliedFullWidth(by: UInt64(max(0, delay.milliseconds / 5))).high
        return max(delay + .milliseconds(Int64(clamping: jitter)), min(asked ?? .zero, longestRetry))
    }
}
