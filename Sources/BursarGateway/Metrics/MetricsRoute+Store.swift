import BursarStore

extension MetricsRoute {
    /// Nothing where nothing is kept.
    func writeStore(_ text: inout PrometheusText) {
        guard let status = process.store?.status else { return }
        text.family("bursar_store_up", .gauge, "1 while everything is kept on disk; 0 while the gateway serves on from memory.")
        text.sample(value: status.fault == nil ? "1" : "0")
        text.family("bursar_store_writes_total", .counter, "Transactions, by outcome.")
        text.sample([("outcome", "ok")], String(status.counts.written))
        text.sample([("outcome", "failed")], String(status.counts.failed))
        text.family("bursar_store_unreadable_rows_total", .counter, "Rows that could not be read whole.")
        text.sample(value: String(status.counts.unreadable))
        text.family("bursar_store_dropped_changes_total", .counter, "Changes that history lacks: the store failed for too long.")
        text.sample(value: String(status.counts.droppedChanges))
    }
}
