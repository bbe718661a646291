import BursarEngine
import BursarInsight
import BursarModel
import BursarStore
import Logging
import NIOCore
import Synchronization

/// What becomes of alerts when the store comes, goes, or is another process's.
extension AlertDesk {
    /// Whether nothing is told, because another process serves with the store and tells it.
    var isHeld: Bool { state.withLock { $0.isHeld } }

    func remember(_ store: StoreKeeper) {
        store.remember(
            alerts: StoreKeeper.AlertMemory(
                found: { [weak self] kept, fault in self?.found(kept, fault) ?? AlertChanges() },
                unread: { [weak self] fault in self?.unread(fault) },
                notKept: { [weak self] changes in self?.notKept(changes) },
                recovered: { [weak self] in self?.wake.yield() }))
    }

    private func found(_ kept: AlertRecords, _ fault: StoreFault?) -> AlertChanges {
        let isInUse = fault?.reason == .inUse
        let (changes, before, entries) = state.withLock { state -> (AlertChanges, Telling, [AccountEntry]) in
            let before = state.telling
            guard !isInUse else {
                state.telling = .held
                return (AlertChanges(), before, [])
            }
            state.telling = .telling(knowsBefore: true)
            var entries: [AccountEntry] = []
            switch before {
            case .held:
                state.ledger.takeOver(kept)
                entries = Self.forgetKnown(&state)
            case .telling(knowsBefore: false): state.ledger.learn(kept)
            case .telling(knowsBefore: true): if fault == nil { state.ledger.mark(insteadOf: kept) }
            }
            guard fault == nil else { return (AlertChanges(), before, entries) }
            state.hasUnkept = false
            return (state.ledger.takeChanges(), before, entries)
        }
        if isInUse, before != .held { tellHeld() }
        if !isInUse, before == .held { letGo(entries) }
        return changes
    }

    /// The store could not even be read. Where another process had it and that is not the reason any more, nobody else tells. What was
    /// told meanwhile is learned once the store can be read.
    private func unread(_ fault: StoreFault) {
        let entries = state.withLock { state -> [AccountEntry]? in
            guard state.isHeld, fault.reason != .inUse else { return nil }
            state.telling = .telling(knowsBefore: false)
            return Self.forgetKnown(&state)
        }
        if let entries { letGo(entries) }
    }

    /// Accounts are looked at as by a process that begins: what is read again is no news.
    private static func forgetKnown(_ state: inout State) -> [AccountEntry] {
        state.known = []
        return state.entries.values.flatMap(\.self)
    }

    private func letGo(_ entries: [AccountEntry]) {
        guard !entries.isEmpty else { return }
        logger.notice("alerts: held no longer; this process tells from here on")
        Task { await self.learn(entries) }
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

// MARK: - Keeping

extension AlertDesk {
    /// How long what is to be kept is waited for before it is sent all the same.
    private static let storePatience = TimeAmount.seconds(5)

    /// Keeps what changed, before anything of it leaves. One write is under way at a time: a store that hangs would collect them without
    /// bound.
    func keep() async {
        guard let store else {
            state.withLock { _ = $0.ledger.takeChanges() }
            return
        }
        let deadline = NIODeadline.now() + Self.storePatience
        let wasUnkept = state.withLock { $0.hasUnkept }
        while let (write, isAll) = state.withLock({ begunWrite(&$0, store) }) {
            guard await hasEnded(write, by: deadline), !isAll else { break }
        }
        if !wasUnkept, state.withLock({ $0.hasUnkept }) {
            logger.warning("alerts: what was told cannot be kept; a restart may tell it again")
        }
    }

    /// The write that is under way, or one of what changed; and whether it has all of that.
    private func begunWrite(_ state: inout State, _ store: StoreKeeper) -> (Task<Void, Never>, isAll: Bool)? {
        if let write = state.write { return (write, false) }
        // Held: the store is the other process's, and so is what it says.
        guard !state.isHeld else { return nil }
        let changes = state.ledger.takeChanges()
        guard !changes.isEmpty else { return nil }
        let write = Task.detached { await self.write(changes, store) }
        (state.write, state.isWriteLate) = (write, false)
        return (write, true)
    }

    private func write(_ changes: AlertChanges, _ store: StoreKeeper) async {
        let isKept = (try? await store.keep(changes)) != nil
        let wasLate = state.withLock { state in
            state.write = nil
            state.hasUnkept = !isKept
            if !isKept { state.ledger.putBack(changes) }
            return state.isWriteLate
        }
        // Nobody waits for it any more, and more may have changed.
        if wasLate { wake.yield() }
    }

    /// Waits for a write until then. One that is late already is not waited for again.
    private func hasEnded(_ write: Task<Void, Never>, by deadline: NIODeadline) async -> Bool {
        guard state.withLock({ $0.write != write || !$0.isWriteLate }) else { return false }
        let hasEnded = await Patience.wait(until: deadline, endsWithTask: false) { await write.value }
        return state.withLock { state in
            guard !hasEnded, state.write == write else { return true }
            (state.isWriteLate, state.hasUnkept) = (true, true)
            return false
        }
    }
}
