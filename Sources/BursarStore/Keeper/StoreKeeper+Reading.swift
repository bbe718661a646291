package import BursarEngine
package import BursarModel
import Synchronization

/// What those who look back ask of a store, and claims, which do not wait for the next write.
extension StoreKeeper {
    /// Up to now. An entry whose time is still to come is of a clock that was ahead: it is kept, and nobody's newest reading.
    package func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] {
        var range = range
        let end = now().wall.advanced(by: .milliseconds(1))
        range.before = min(range.before ?? end, end)
        do { return try await store.history(of: account, in: range) } catch { throw known(error) }
    }

    package func counters() async throws(StoreFault) -> [StoredCounters] {
        do { return try await store.counters() } catch { throw known(error) }
    }

    /// Where nothing is open, a store can say no more than that: why it is so is known here.
    private func known(_ fault: StoreFault) -> StoreFault { fault.reason == .gone ? status.fault ?? fault : fault }

    /// Claims that were kept when the process began; empty once they were taken.
    package func takeClaims() -> [Claim] { keptClaims.withLock { claims in exchange(&claims, with: []) } }

    /// Alerts as they stood when the process before ended; empty once they were taken.
    package func takeAlerts() -> AlertRecords { keptAlerts.withLock { alerts in exchange(&alerts, with: AlertRecords()) } }

    /// Keeps what changed of alerts, all of it or nothing. After it returns, a process that is killed loses none of it.
    package func keep(_ alerts: AlertChanges) async throws(StoreFault) {
        if let fault = status.fault { throw fault }
        try await store.write(StoreBatch(alerts: alerts, now: now().wall))
    }

    /// Keeps claims as they are now. After it returns, a process that is killed loses none of them; where it throws, none is kept.
    package func keep(_ claims: [Claim]) async throws(StoreFault) {
        if let fault = status.fault { throw fault }
        try await store.write(StoreBatch(claims: claims, now: now().wall))
    }
}

private func exchange<Value>(_ value: inout Value, with other: Value) -> Value {
    let before = value
    value = other
    return before
}
