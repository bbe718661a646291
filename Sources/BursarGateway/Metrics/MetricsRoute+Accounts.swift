import BursarCatalog
import BursarEngine
import BursarModel
import BursarUpstream

extension MetricsRoute {
    /// One account as a scrape finds it. *Value.*
    private struct Shown {
        let labels: MetricLabels
        let view: AccountView
        let low: Bool?
    }

    /// Times and no ages: an age is a lie by the time it is looked at.
    func writeAccounts(_ text: inout PrometheusText) {
        let now = process.refresher.now
        let all = directory.entries.map { entry in
            let view = process.refresher.view(entry.upstream)
            return Shown(
                labels: Self.labels(of: entry.id), view: view,
                low: BalanceRow(id: entry.id, title: entry.definition.title, lowLimit: entry.low, view: view).low)
        }
        text.family("bursar_balance", .gauge, "Amounts of the held reading, fresh or stale; absent where nothing may be shown.")
        for account in all {
            for amount in account.view.reading?.amounts ?? [] {
                let labels = account.labels.with("kind", amount.kind.rawValue).with("unit", amount.unit.name)
                text.sample(labels.with("part", amount.part?.name), amount.value.description)
            }
        }
        text.family("bursar_account_low", .gauge, "1 where the account is low, 0 where it is not; absent where that is unknown.")
        for account in all {
            if let low = account.low { text.sample(account.labels, low ? "1" : "0") }
        }
        text.family("bursar_account_status", .gauge, "1 for the status that the account has.")
        for account in all {
            for status in RowStatus.allCases {
                text.sample(account.labels.with("status", status.rawValue), account.view.status == status ? "1" : "0")
            }
        }
        text.family("bursar_account_problem", .gauge, "1 for the problem that the account has; absent without one.")
        for account in all {
            if let problem = account.view.problem { text.sample(account.labels.with("code", problem.code.rawValue), "1") }
        }
        text.family("bursar_balance_fetched_timestamp_seconds", .gauge, "When the held reading was fetched.")
        for account in all {
            if let fetchedAt = account.view.fetchedAt { text.sample(account.labels, fetchedAt.wall.timestampText) }
        }
        text.family(
            "bursar_cooldown_until_timestamp_seconds", .gauge,
            "Until when the provider is not asked for the account, by what holds it back; absent where nothing does.")
        for account in all {
            guard let hold = account.view.hold, hold.isRunning(at: now.monotonic) else { continue }
            text.sample(account.labels.with("hold", hold.kind.rawValue), hold.until.wall.timestampText)
        }
    }

    static func labels(of account: AccountID) -> MetricLabels {
        MetricLabels([("provider", account.provider.name), ("account", account.account.name)])
    }
}
