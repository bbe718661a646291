package import BursarModel

/// An event in words: for messages and for people who list them. *Value.* Pure.
package struct AlertWords: Sendable, Equatable {
    /// What is known of an account beside its events. *Value.*
    package struct Context: Sendable, Equatable {
        /// The provider's own name.
        package var provider: String
        package var topUp: String?
        package var documentation: String?
        /// `${env:NAME}`: where the key comes from, never the key.
        package var keySource: String?
        /// How long it lasts, in words; nil where no forecast is at hand.
        package var runway: String?
        /// When it was read last; nil where that is not known.
        package var lastRead: WallTime?

        package init(
            provider: String, topUp: String? = nil, documentation: String? = nil, keySource: String? = nil, runway: String? = nil
        ) {
            self.provider = provider
            self.topUp = topUp
            self.documentation = documentation
            self.keySource = keySource
            self.runway = runway
        }
    }

    /// One line: which account, and what.
    package let title: String
    /// Since when, what before, how old.
    package let text: String
    /// What to do; nil where there is nothing to do.
    package let remedy: String?
    /// Where to do it.
    package let link: String?

    package init(_ event: AlertEvent, _ context: Context?, now: WallTime) {
        guard let key = event.key else {
            (title, text, remedy, link) = ("Bursar: a test", "Nothing is wrong: somebody asked whether this arrives.", nil, nil)
            return
        }
        let amount = Self.amount(event.facts)
        let since = "since \(event.since.rfc3339) (\(Self.length(event.since.duration(to: now))))"
        let read = "Read \(Self.length(event.facts.readAt.duration(to: now))) ago."
        let provider = context?.provider ?? key.account.provider.name
        let reminder = event.isReminder ? "still " : ""
        let behind = event.facts.value == nil ? "" : ": \(amount)"
        let lastRead = context?.lastRead.map { " Last read \(Self.length($0.duration(to: now))) ago." } ?? ""
        switch event.kind {
        case .low:
            title = "\(key.account) is \(reminder)low: \(amount)"
            let lasts = context?.runway.map { " Expected to last \($0)." } ?? ""
            text = "Below \(Self.limit(event)) \(since). \(read)\(lasts)"
            (remedy, link) = ("Top the account up at \(provider).", context?.topUp ?? context?.documentation)
        case .runwayShort:
            let left = Self.duration(event.facts.detail).map { Self.length($0) } ?? "not long"
            title = "\(key.account) is \(reminder)expected to last \(left)\(behind)"
            let limit = Self.duration(event.limit).map { Self.limit($0) } ?? "the limit"
            text = "Less than \(limit) \(since). \(read)"
            (remedy, link) = ("Top the account up at \(provider), or spend less.", context?.topUp ?? context?.documentation)
        case .unknown:
            title = "\(key.account): the balance is \(reminder)not known"
            let limit = Self.duration(event.limit).map { " The limit is \(Self.limit($0))." } ?? ""
            let problem = event.facts.detail ?? "unknown"
            text = "\(provider) has given no answer that could be taken \(since): \(problem).\(limit)\(lastRead)"
            (remedy, link) = ("`bursar explain \(key.account)` says why, until when, and what to do.", context?.documentation)
        case .keyRejected:
            title = "\(key.account): \(provider) \(reminder.isEmpty ? "" : "still ")rejects the key"
            text = "It answered \(event.facts.detail ?? "unauthorized") \(since). What is left is not known any more.\(lastRead)"
            let source = context?.keySource.map { ", \($0)" } ?? ""
            (remedy, link) = ("Put a valid key where this one comes from\(source), and reload.", context?.documentation)
        case .recovered, .known:
            title = "\(key.account)" + (event.kind == .known ? ": the balance is known again" : " has recovered") + behind
            text = "It lasted \(Self.length(event.since.duration(to: event.at)))\(Self.before(event)). \(read)"
            (remedy, link) = (nil, nil)
        case .toppedUp:
            let unit = event.facts.unit.map { " \($0)" } ?? ""
            title = "\(key.account) was topped up by \(event.facts.detail ?? "?")\(unit)"
            text = "From \(event.before.map(Self.amount) ?? "?") to \(amount). \(read)"
            (remedy, link) = (nil, nil)
        case .test: (title, text, remedy, link) = ("Bursar: a test", "Nothing is wrong.", nil, nil)
        }
    }

    /// All of it, in lines.
    package var lines: [String] { [title, text, remedy, link].compactMap(\.self) }

    private static func amount(_ facts: AlertFacts) -> String {
        facts.value.map { "\($0)" + (facts.unit.map { " \($0)" } ?? "") } ?? "unknown"
    }

    private static func limit(_ event: AlertEvent) -> String {
        "\(event.limit ?? "the limit")" + (event.facts.unit.map { " \($0)" } ?? "")
    }

    private static func duration(_ milliseconds: String?) -> Duration? {
        milliseconds.flatMap { Int64($0) }.map { .milliseconds($0) }
    }

    /// What an end says of when it began, and of a runway how long that is now. An earlier version kept no amount of those.
    private static func before(_ end: AlertEvent) -> String {
        guard let before = end.before else { return "" }
        guard let then = duration(before.detail) else {
            return before.value == nil ? "" : ", and was \(amount(before)) when it began"
        }
        let left = before.value == nil ? "" : ", with \(amount(before)) left"
        // After a restart it may be known only that it ended.
        let open = end.facts.value == nil ? "" : ", and now no end is in sight"
        let now = duration(end.facts.detail).map { ", and is now expected to last \(length($0))" } ?? open
        return ". The balance was expected to last \(length(then)) when that began\(left)\(now)"
    }

    /// A length that somebody wrote down, in the largest unit that says it whole: "90 s", "1 min", "36 h", "3 days".
    package static func limit(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds >= 172_800, seconds % 86_400 == 0 { return "\(seconds / 86_400) days" }
        if seconds >= 3_600, seconds % 3_600 == 0 { return "\(seconds / 3_600) h" }
        return seconds >= 60 && seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }

    /// "4 s", "3 min", "2 h", "5 days": hours below two days, minutes below two hours. Rounded down.
    package static func length(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7_200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3_600) h"
        default: return "\(seconds / 86_400) days"
        }
    }
}
