import BursarEngine
import BursarInsight
import BursarModel
import BursarStore
import Logging
import Synchronization

/// What becomes of alerts when the store comes, goes, or is another process's.
extension AlertDesk {
    /// Whether nothing is told, because another process serves with the store and tells it.
    var isHeld: Bool { state.withLock { $0.isHeld } }

    func remember(_ store: StoreKeeper) {
        store.remember(
            alerts: StoreKeeper.AlertMemory(
                found: { [weak self] kept, fault in self?.found(kept, fault) ?? AlertChanges() },
                notKept: { [weak self] changes in self?.notKept(changes) },
                recovered: { [weak self] in self?.wake.yield() }))
    }

    private func found(_ kept: AlertRecords, _ fault: StoreFault?) -> AlertChanges {
        let isInUse = fault?.reason == .inUse
        let (changes, wasHeld, entries) = state.withLock { state -> (AlertChanges, Bool, [AccountEntry]) in
            let wasHeld = state.isHeld
            state.isHeld = isInUse
            var entries: [AccountEntry] = []
            if isInUse {
                return (AlertChanges(), wasHeld, entries)
            } else if wasHeld {
                state.ledger.takeOver(kept)
                // Looked at as by a process that begins: what is read again is no news.
                state.known = []
                entries = state.entries.values.flatMap(\.self)
            } else if !state.knowsRecords {
                state.ledger.learn(kept)
            } else if fault == nil {
                state.ledger.mark(insteadOf: kept)
            }
            state.knowsRecords = true
            guard fault == nil else { return (AlertChanges(), wasHeld, entries) }
            state.hasUnkept = false
            return (state.ledger.takeChanges(), wasHeld, entries)
        }
        if isInUse, !wasHeld { tellHeld() }
        if !entries.isEmpty {
            logger.notice("alerts: held no longer; this process tells from here on")
            Task { await self.learn(entries) }
        }
        return changes
    }

    private func notKept(_ changes: AlertChanges) {
        state.withLock { state in
            state.hasUnkept = true
            state.ledger.putBack(changes)
        }
    }

    /// Nothing where nobody is to be told of anything.
    func tellHeld() {
        guard state.withLock({ !$0.targets.isEmpty }) else { return }
        logger.warning("alerts: held while another process serves with the store; that one tells")
    }
}
