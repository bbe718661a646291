import BursarEngine
import BursarInsight
import BursarModel
import BursarStore
import BursarUpstream

extension MetricsRoute {
    /// What was spent and added, and the runways that somebody asked for. A scrape works out none of them.
    func writeInsight(_ text: inout PrometheusText) async {
        guard let store = process.store else { return }
        var counters: [StoredCounters] = []
        do throws(StoreFault) { counters = try await store.counters() } catch { counters = [] }
        counters = counters.filter { directory.index(of: $0.account) != nil }
        func labels(_ account: AccountID, _ unit: AmountUnit) -> [(name: StaticString, value: String)] {
            [("provider", account.provider.name), ("account", account.account.name), ("unit", unit.name)]
        }
        text.family("bursar_spent_total", .counter, "What was spent, across top-ups and restarts; refunds come off what follows.")
        for counter in counters { text.sample(labels(counter.account, counter.unit), counter.counters.spent.description) }
        text.family("bursar_topped_up_total", .counter, "What was added.")
        for counter in counters { text.sample(labels(counter.account, counter.unit), counter.counters.toppedUp.description) }

        let now = process.refresher.now.wall
        text.family(
            "bursar_runway_seconds", .gauge,
            "Seconds until the balance is used up, by likelihood (0.025, 0.1, 0.5, 0.9); of accounts whose runway was asked for.")
        for entry in directory.entries {
            for runway in process.insight.runways.known(entry.id) {
                guard let forecast = runway.forecast else { continue }
                let times: [(String, WallTime?)] = [
                    ("0.025", forecast.notBefore), ("0.1", forecast.earliest), ("0.5", forecast.expected),
                    ("0.9", forecast.latest)
                ]
                for case (let quantile, let time?) in times {
                    text.sample(
                        labels(entry.id, runway.unit) + [("quantile", quantile)],
                        String(max(0, now.duration(to: time).components.seconds)))
                }
            }
        }
    }
}
