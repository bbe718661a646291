package import BursarEngine
package import BursarModel
import Synchronization

/// Claims and alerts: they live in the store and in memory, and not in the machine. Whoever has them is asked each time the store opens
/// again, so that neither lacks what the other has.
extension StoreKeeper {
    /// Who has them. *Value.*
    struct Memory: Sendable {
        var claims: (@Sendable ([Claim]) -> [Claim])?
        var alerts: AlertMemory?
    }

    /// *Immutable; any thread.* No function here may wait for the store.
    package struct AlertMemory: Sendable {
        /// The store has these; with a fault it can only be read. Gives what it lacks, which counts as kept.
        let found: @Sendable (AlertRecords, StoreFault?) -> AlertChanges
        /// The store opened not even to be read.
        let unread: @Sendable (StoreFault) -> Void
        /// They could not be kept after all.
        let notKept: @Sendable (AlertChanges) -> Void
        /// The store takes what is written.
        let recovered: @Sendable () -> Void

        package init(
            found: @escaping @Sendable (AlertRecords, StoreFault?) -> AlertChanges,
            unread: @escaping @Sendable (StoreFault) -> Void,
            notKept: @escaping @Sendable (AlertChanges) -> Void, recovered: @escaping @Sendable () -> Void
        ) {
            self.found = found
            self.unread = unread
            self.notKept = notKept
            self.recovered = recovered
        }
    }

    /// - Parameter found: takes the claims that a store has, and gives all that are known then. Must not wait for the store.
    package func remember(claims found: @escaping @Sendable ([Claim]) -> [Claim]) { state.withLock { $0.memory.claims = found } }

    package func remember(alerts memory: AlertMemory) { state.withLock { $0.memory.alerts = memory } }

    /// False: claims may have been kept that could not be read. Not for longer than any of them can last.
    package var knowsClaims: Bool {
        let time = now().monotonic
        return state.withLock { $0.claimsUnreadUntil.map { time >= $0 } ?? true }
    }

    /// Opens the store again. Who has alerts hears why that fails, too: what kept it before may be over.
    func open() async throws(StoreFault) -> StoreContents {
        do throws(StoreFault) {
            return try await store.open(identity: identity)
        } catch {
            state.withLock { $0.memory.alerts }?.unread(error)
            throw error
        }
    }

    /// A store opened again, to be read at least. Returns what it lacks.
    func meet(_ contents: StoreContents) -> StoreBatch {
        let memory = state.withLock { $0.memory }
        var lacking = StoreBatch(now: now().wall)
        if contents.knowsClaims {
            lacking.claims = memory.claims?(contents.claims) ?? []
            state.withLock { $0.claimsUnreadUntil = nil }
        }
        if contents.knowsAlerts, let alerts = memory.alerts {
            lacking.alerts = alerts.found(contents.alerts, contents.readOnly)
        }
        return lacking
    }

    func keep(_ lacking: StoreBatch) async throws(StoreFault) {
        guard !lacking.claims.isEmpty || !lacking.alerts.isEmpty else { return }
        do {
            try await store.write(lacking)
        } catch {
            state.withLock { $0.memory.alerts }?.notKept(lacking.alerts)
            throw error
        }
    }
}
