package import BursarEngine
import BursarInsight
package import BursarModel
package import Logging
import Synchronization

/// Keeps a store up to date with what the machine knows: the driver between the two. *Mutex; any thread.*
///
/// Whoever changes something leaves a mark and goes on; a task of its own takes the marks a moment later, asks the machine for what
/// it knows of each, and writes all of it in one transaction. Nothing waits for it, and nothing is asked of it while requests are
/// answered. A store that fails is tried again now and then; meanwhile the marks stay, and the gateway serves on from memory.
package final class StoreKeeper: Sendable {
    /// What the keeper asks of the machine, and tells it. *Immutable; any thread.*
    package struct Machine: Sendable {
        /// What is known of a credential; nil where it was never asked for.
        let snapshot: @Sendable (CredentialKey) -> CredentialSnapshot?
        /// Takes back what a store kept, where nothing newer is known.
        let restore: @Sendable (StoredCredential) -> Void

        package init(
            snapshot: @escaping @Sendable (CredentialKey) -> CredentialSnapshot?,
            restore: @escaping @Sendable (StoredCredential) -> Void
        ) {
            self.snapshot = snapshot
            self.restore = restore
        }
    }

    /// How often it does what. *Value.*
    package struct Pace: Sendable {
        /// From the first mark to the write: a burst becomes one transaction. With a write that takes as long again this is well
        /// inside the second after which an answered reading must not be lost.
        package var gather: Duration = .milliseconds(200)
        /// How often is looked whether a store that failed may be tried again.
        package var look: Duration = .seconds(1)
        /// How often is looked whether the file is still there when nothing is written. A process at rest should wake for little, and
        /// what is in memory is written into a new file whenever that is noticed.
        package var watch: Duration = .seconds(60)
        /// How long the start waits for a store to open.
        package var opening: Duration = .seconds(10)
        /// Waits, or throws when its task is cancelled.
        package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

        package init() {}
    }

    struct State {
        var pending = PendingWrites()
        var health: StoreHealth
        var machine: Machine?
        /// Penalties that were kept of credentials which have no account now, for the case that one is named again.
        var absent: [CredentialKey: StoredCredential] = [:]
        var memory = Memory()
        /// Until when claims may count that were kept and could not be read; nil: every one is known.
        var claimsUnreadUntil: MonotonicTime?
        var tasks: [Task<Void, Never>] = []
        var counts = StoreCounts()
        var isWriting = false
    }

    let store: any SnapshotStore
    /// What digests are keyed with for as long as the process lives, whatever becomes of the store.
    package let identity: Secret
    /// What was kept when the process began; empty once it was restored.
    private let contents: Mutex<StoreContents?>
    let keptClaims: Mutex<[Claim]>
    let keptAlerts: Mutex<AlertRecords>
    /// Whether those are all there were.
    package let knewAlerts: Bool
    let state: Mutex<State>
    let now: @Sendable () -> Moment
    private let logger: Logger
    private let pace: Pace
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Opens the store. Never fails: one that cannot be opened, or that hangs, is told in ``status`` and in the log, and tried again
    /// later.
    package static func open(
        _ store: any SnapshotStore, logger: Logger, pace: Pace = Pace(), now: @escaping @Sendable () -> Moment
    ) async -> StoreKeeper {
        do throws(StoreFault) {
            let contents = try await firstContents(of: store, pace)
            return StoreKeeper(store, contents, contents.readOnly, logger: logger, pace: pace, now: now)
        } catch {
            let identity = Secret.random(bytes: 32)
            // One that hangs would hold up this question, too.
            let isEmpty = error.reason == .silent ? false : await store.holdsNothing()
            let contents = StoreContents(
                identity: identity, credentials: [], claims: isEmpty ? [] : nil, alerts: isEmpty ? AlertRecords() : nil)
            return StoreKeeper(store, contents, error, logger: logger, pace: pace, now: now)
        }
    }

    /// What hangs in a file system cannot be called back: the opening is left there, and the next one waits its turn behind it.
    private static func firstContents(of store: any SnapshotStore, _ pace: Pace) async throws(StoreFault) -> StoreContents {
        let (outcomes, outcome) = AsyncStream<Result<StoreContents, StoreFault>>.makeStream(bufferingPolicy: .bufferingOldest(1))
        Task.detached {
            do throws(StoreFault) {
                outcome.yield(.success(try await store.open(identity: nil)))
            } catch {
                outcome.yield(.failure(error))
            }
        }
        let patience = Task.detached {
            if (try? await pace.sleep(pace.opening)) != nil { outcome.yield(.failure(StoreFault(.silent))) }
        }
        defer { patience.cancel() }
        for await first in outcomes { return try first.get() }
        throw StoreFault(.silent)
    }

    private init(
        _ store: any SnapshotStore, _ contents: StoreContents, _ fault: StoreFault?, logger: Logger, pace: Pace,
        now: @escaping @Sendable () -> Moment
    ) {
        self.store = store
        identity = contents.identity
        self.contents = Mutex(contents)
        keptClaims = Mutex(contents.claims)
        keptAlerts = Mutex(contents.alerts)
        knewAlerts = contents.knowsAlerts
        var state = State(health: StoreHealth(fault, now: now().monotonic))
        state.counts.unreadable = UInt64(contents.unreadable)
        if !contents.knowsClaims { state.claimsUnreadUntil = now().monotonic.advanced(by: ClaimLedger.longestTTL) }
        self.state = Mutex(state)
        self.now = now
        self.logger = logger
        self.pace = pace
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        tell(contents)
        if let fault { tell(.failed(fault)) }
    }
}

// MARK: - The life of the process

extension StoreKeeper {
    /// Gives the machine what was kept of the configuration's credentials, forgets what it does not name, and begins to write.
    /// Before the first request. Returns how many were restored.
    @discardableResult
    package func begin(_ entries: [(key: CredentialKey, account: AccountID)], machine: Machine) -> Int {
        let kept = contents.withLock { contents in
            defer { contents = nil }
            return contents?.credentials ?? []
        }
        let named = Set(entries.map(\.key))
        // First, while marks still lead nowhere: what the machine takes from the store need not be written into it again.
        for stored in kept where named.contains(stored.key) { machine.restore(stored) }
        let time = now().wall
        state.withLock { state in
            state.machine = machine
            _ = state.pending.name(entries)
            for stored in kept {
                if let reading = stored.snapshot.reading, let at = stored.snapshot.fetchedAt {
                    state.pending.restored(stored.key, reading, at: at)
                }
                state.pending.markRemoved(stored, stored.key, now: time)
                if !named.contains(stored.key) { state.absent[stored.key] = stored.penalty(at: time) }
            }
            state.tasks = [Task { await self.run() }, Task { await self.watch() }]
        }
        wake.yield()
        return kept.count { named.contains($0.key) }
    }

    /// The configuration changed. Call this before the first request of the new one: whatever lands for a credential that it names is
    /// kept from here on, and a penalty that was kept of one is in force again.
    /// - Returns: the credentials that are named no longer, for ``forgot(_:)``.
    package func name(
        _ entries: [(key: CredentialKey, account: AccountID)], machine: Machine
    ) -> [CredentialKey: AccountID] {
        let time = now().wall
        let (gone, returning) = state.withLock { state in
            state.machine = machine
            let returning = entries.compactMap { state.absent.removeValue(forKey: $0.key) }
            state.absent = state.absent.filter { $0.value.penalty(at: time) != nil }
            return (state.pending.name(entries), returning)
        }
        for stored in returning { machine.restore(stored) }
        wake.yield()
        return gone
    }

    /// The machine forgot these: what it keeps of a credential is what the store keeps.
    package func forgot(_ gone: [CredentialKey: AccountID]) {
        let time = now().wall
        guard let machine = state.withLock({ $0.machine }) else { return }
        let leaving = gone.map { key, account in
            (key, machine.snapshot(key).map { StoredCredential(key: key, account: account, snapshot: $0) })
        }
        state.withLock { state in
            for (key, stored) in leaving { state.pending.markRemoved(stored, key, now: time) }
        }
        wake.yield()
    }

    /// Something of a credential changed: a call began or ended. Any thread; does not block.
    package func touched(_ key: CredentialKey) {
        if state.withLock({ $0.pending.touched(key) }) { wake.yield() }
    }

    /// What may be shown of a credential changed.
    package func changed(_ key: CredentialKey, _ view: AccountView, number: UInt64) {
        guard let reading = view.reading, let fetchedAt = view.fetchedAt else { return touched(key) }
        if state.withLock({ $0.pending.readingArrived(key, reading, at: fetchedAt.wall, number: number) }) { wake.yield() }
    }

    /// Writes what there is and closes the store.
    package func shutdown() async {
        let tasks = state.withLock { state in
            defer { state.tasks = [] }
            return state.tasks
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await flush(isLast: true)
        await store.close()
        // What is behind it may hold this keeper.
        state.withLock { state in
            state.machine = nil
            state.memory = Memory()
        }
    }

    /// Whether nothing is left to be written: what a test waits for.
    package var isIdle: Bool { state.withLock { $0.pending.isEmpty && !$0.isWriting } }
}

// MARK: - Writing

extension StoreKeeper {
    private func run() async {
        for await _ in wakes {
            // Cancelled by the shutdown: it writes the rest itself.
            guard (try? await pace.sleep(pace.gather)) != nil else { return }
            await flush()
            while state.withLock({ $0.health.fault != nil }) {
                guard (try? await pace.sleep(pace.look)) != nil else { return }
                await flush()
            }
        }
    }

    private func watch() async {
        while (try? await pace.sleep(pace.watch)) != nil { wake.yield() }
    }

    private enum Attempt { case done, failed, again }

    /// - Parameter isLast: the process ends: a store that failed gets one more try, whenever it was to be tried.
    private func flush(isLast: Bool = false) async {
        guard state.withLock({ isLast || $0.health.mayTry(now().monotonic) }) else { return }
        if await attempt() == .again { _ = await attempt() }
    }

    private func attempt() async -> Attempt {
        var taken: PendingWrites?
        defer { state.withLock { $0.isWriting = false } }
        do throws(StoreFault) {
            if let fault = state.withLock({ $0.health.fault }) { try await reopen(after: fault) }
            let pending = state.withLock { state in
                state.isWriting = true
                return state.pending.take()
            }
            if pending.isEmpty {
                try await store.probe()
            } else {
                taken = pending
                try await store.write(batch(pending))
                state.withLock { $0.counts.written += 1 }
            }
            if let change = state.withLock({ $0.health.worked() }) { tell(change) }
            return .done
        } catch {
            let (change, again) = state.withLock { state in
                if let taken {
                    state.pending.putBack(taken)
                    state.counts.failed += 1
                }
                let change = state.health.failed(error, now: now().monotonic)
                return (change, state.health.mayTry(now().monotonic))
            }
            if let change { tell(change) }
            return again ? .again : .failed
        }
    }

    private func reopen(after fault: StoreFault) async throws(StoreFault) {
        let contents = try await open()
        let lacking = meet(contents)
        if let readOnly = contents.readOnly { throw readOnly }
        tell(contents)
        // What another process learned meanwhile, of credentials that this one has not asked for.
        let (machine, accounts) = state.withLock { ($0.machine, $0.pending.accounts) }
        let kept = Set(contents.credentials.map(\.key))
        for stored in contents.credentials where accounts[stored.key] != nil { machine?.restore(stored) }
        // A file that came back may be an older one.
        let isAnother = fault.reason == .gone
        state.withLock { state in
            state.counts.unreadable += UInt64(contents.unreadable)
            state.pending.storeReopened(keeping: { !isAnother && kept.contains($0) })
        }
        try await keep(lacking)
    }

    private func batch(_ pending: PendingWrites) -> StoreBatch {
        var batch = StoreBatch(
            confirmed: pending.confirmed, history: pending.changes, accounts: pending.named, now: now().wall)
        let machine = state.withLock { $0.machine }
        for key in pending.dirty {
            guard let account = pending.accounts[key]?.first, let snapshot = machine?.snapshot(key) else { continue }
            batch.saved.append(StoredCredential(key: key, account: account, snapshot: snapshot))
        }
        for (key, stored) in pending.leaving {
            if let stored { batch.saved.append(stored) } else { batch.removed.append(key) }
        }
        return batch
    }
}

// MARK: - Telling

extension StoreKeeper {
    package var status: StoreStatus {
        state.withLock { state in
            var counts = state.counts
            counts.droppedChanges = state.pending.droppedChanges
            return StoreStatus(fault: state.health.fault, counts: counts)
        }
    }

    private func tell(_ change: StoreHealth.Change) {
        switch change {
        case .recovered:
            logger.notice("store: everything is kept again")
            state.withLock { $0.memory.alerts }?.recovered()
        case .failed(let fault):
            var metadata: Logger.Metadata = ["reason": "\(fault.reason.rawValue)"]
            if let code = fault.code { metadata["code"] = "\(code.number)" }
            logger.warning("store: \(fault.words); serving on from memory", metadata: metadata)
        }
    }

    private func tell(_ contents: StoreContents) {
        if let name = contents.movedAside {
            logger.error("store: was corrupt, is moved aside and begun anew", metadata: ["kept_as": "\(name)"])
        }
        if contents.unreadable > 0 {
            logger.warning(
                "store: rows could not be read whole; what could not is passed over",
                metadata: ["rows": "\(contents.unreadable)"])
        }
    }
}
