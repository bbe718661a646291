import BursarCatalog

/// What holds for an account that says nothing else. *Value.*
package struct AccountDefaults: Sendable, Equatable {
    /// How long a reading is fresh.
    package var ttl: Duration = .seconds(30)
    /// How long a reading past its ttl may still be shown.
    package var staleFor: Duration = .seconds(24 * 3_600)
    /// How long a caller waits for a provider.
    package var timeout: Duration = .seconds(5)
    /// How often a reading is renewed before anybody asks; nil: never.
    package var refresh: Duration?
    /// How long after the last caller that goes on; nil: always, also where nobody ever asked.
    package var refreshFor: Duration? = .seconds(24 * 3_600)

    package init() {}
}

extension AccountDefaults {
    func refreshing(each interval: Duration?) -> RefreshConfiguration? {
        interval.map { RefreshConfiguration(interval: $0, whileAskedWithin: refreshFor) }
    }
}

extension ConfigurationKey {
    static let defaultsNames = ["ttl", "stale_for", "timeout", "refresh", "refresh_for", "alerts"]
}

extension ConfigurationParser {
    /// Reads `defaults`, and with it the alerts of all accounts, which are written there and go into `settings`.
    mutating func defaults(_ entry: Entry?, _ settings: inout RootSettings) -> AccountDefaults {
        var defaults = AccountDefaults()
        guard let entry, let entries = entries(of: entry.node, in: .defaults) else { return defaults }
        defaults.ttl = duration(entries["ttl"], "ttl", in: ConfigurationLimits.ttl) ?? defaults.ttl
        defaults.staleFor = duration(entries["stale_for"], "stale_for", in: ConfigurationLimits.staleFor) ?? defaults.staleFor
        defaults.timeout = duration(entries["timeout"], "timeout", in: ConfigurationLimits.timeout) ?? defaults.timeout
        defaults.refresh = entries["refresh"].flatMap { refresh($0) }
        if let entry = entries["refresh_for"] { defaults.refreshFor = refreshFor(entry) }
        let errorsBeforeAlerts = problems.errorCount
        settings.alerts =
            alerts(entries["alerts"], targets: settings.targets, areTargetsRead: settings.areTargetsRead) ?? []
        settings.areAlertsRead = problems.errorCount == errorsBeforeAlerts
        return defaults
    }

    /// Nil where it is always.
    private mutating func refreshFor(_ entry: Entry) -> Duration? {
        if entry.node.text?.lowercased() == "always" { return nil }
        return duration(entry, "refresh_for", in: ConfigurationLimits.refreshFor)
    }
}
