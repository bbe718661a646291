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
        switch event.kind {
        case .low:
            title = "\(key.account) is \(reminder)low: \(amount)"
            let lasts = context?.runway.map { " Expected to last \($0)." } ?? ""
            text = "Below \(Self.limit(event)) \(since). \(read)\(lasts)"
            (remedy, link) = ("Top the account up at \(provider).", context?.topUp ?? context?.documentation)
        case .runwayShort:
            let left = event.facts.detail.flatMap { Int64($0) }.map { Self.length(.milliseconds($0)) } ?? "not long"
            title = "\(key.account) is \(reminder)expected to last \(left)"
            text = "Less than \(Self.span(event.limit)) \(since). \(read)"
            (remedy, link) = ("Top the account up at \(provider), or spend less.", context?.topUp ?? context?.documentation)
        case .unknown:
            title = "\(key.account): the balance is \(reminder)not known"
            text = "\(provider) has given no answer that could be taken \(since): \(event.facts.detail ?? "unknown")."
            (remedy, link) = ("`bursar explain \(key.account)` says why, until when, and what to do.", context?.documentation)
        case .keyRejected:
            title = "\(key.account): \(provider) \(reminder.isEmpty ? "" : "still ")rejects the key"
            text = "It answered \(event.facts.detail ?? "unauthorized") \(since). What is left is not known any more."
            let source = context?.keySource.map { ", \($0)" } ?? ""
            (remedy, link) = ("Put a valid key where this one comes from\(source), and reload.", context?.documentation)
        case .recovered, .known:
            let lasted = "It lasted \(Self.length(event.since.duration(to: event.at)))"
            let before = event.before.flatMap { $0.value == nil ? nil : ", and was \(Self.amount($0)) when it began" } ?? ""
            title =
                event.kind == .known
                ? "\(key.account): the balance is known again" + (event.facts.value == nil ? "" : ": \(amount)")
                : "\(key.account) has recovered" + (event.facts.value == nil ? "" : ": \(amount)")
            text = "\(lasted)\(before). \(read)"
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

    private static func span(_ milliseconds: String?) -> String {
        milliseconds.flatMap { Int64($0) }.map { limit(.milliseconds($0)) } ?? "the limit"
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
