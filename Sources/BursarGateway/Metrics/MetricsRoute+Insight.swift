import BursarEngine
import BursarInsight
import BursarModel
import BursarStore

extension MetricsRoute {
    /// What was spent and added, and the runways that somebody asked for. A scrape waits for none to be worked out.
    func writeInsight(_ text: inout PrometheusText) async {
        guard let store = process.store else { return }
        var counters: [StoredCounters] = []
        do throws(StoreFault) { counters = try await store.counters() } catch { counters = [] }
        let shown = counters.compactMap { counter in
            directory.index(of: counter.account).map { _ in
                (Self.labels(of: counter.account).with("unit", counter.unit.name), counter.counters)
            }
        }
        text.family("bursar_spent_total", .counter, "What was spent, across top-ups and restarts; refunds come off what follows.")
        for (labels, counters) in shown { text.sample(labels, counters.spent.description) }
        text.family("bursar_topped_up_total", .counter, "What was added.")
        for (labels, counters) in shown { text.sample(labels, counters.toppedUp.description) }
        writeRunways(&text)
    }

    private func writeRunways(_ text: inout PrometheusText) {
        let forecasts = directory.entries.flatMap { entry in
            process.insight.runways.current(entry.id).compactMap { runway in
                runway.forecast.map { (Self.labels(of: entry.id).with("unit", runway.unit.name), $0) }
            }
        }
        func write(_ time: (Runway.Forecast) -> WallTime?, _ text: inout PrometheusText) {
            for (labels, forecast) in forecasts {
                if let time = time(forecast) { text.sample(labels, time.timestampText) }
            }
        }
        text.family(
            "bursar_runway_not_before_timestamp_seconds", .gauge,
            "When the balance is used up, with a chance of 2.5 % that it is sooner; of accounts whose runway was asked for.")
        write({ $0.notBefore }, &text)
        text.family("bursar_runway_earliest_timestamp_seconds", .gauge, "The same, with a chance of 10 %.")
        write(\.earliest, &text)
        text.family("bursar_runway_expected_timestamp_seconds", .gauge, "The same, with a chance of 50 %.")
        write(\.expected, &text)
        text.family("bursar_runway_latest_timestamp_seconds", .gauge, "The same, with a chance of 90 %; absent where it is open.")
        write(\.latest, &text)
        process.insight.runways.renew(directory.entries)
    }
}
