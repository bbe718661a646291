import BursarEngine
import BursarInsight
import BursarModel
import BursarStore
import Synchronization

/// The one ledger of a process, and its way into the store. *Mutex; any thread.* A claim is answered only once it is kept.
final class ClaimBook: Sendable {
    enum Outcome: Sendable {
        case decided(ClaimLedger.Outcome)
        /// It could not be kept, so it was not made.
        case notKept(StoreFault)
    }

    private struct State {
        var ledger: ClaimLedger
        /// Claims on their way into the store: a repeat waits for the same end.
        var keeping: [String: Task<StoreFault?, Never>] = [:]
    }

    private let store: StoreKeeper?
    private let state: Mutex<State>

    init(store: StoreKeeper?) {
        self.store = store
        state = Mutex(State(ledger: ClaimLedger(store?.takeClaims() ?? [])))
        store?.remember(claims: { [weak self] kept in self?.join(kept) ?? [] })
    }

    private func join(_ kept: [Claim]) -> [Claim] {
        state.withLock { state in
            state.ledger.join(kept)
            return state.ledger.all
        }
    }

    /// False: claims may have been kept that could not be read. To be asked before what is claimed.
    var knowsAll: Bool { store?.knowsClaims ?? true }

    /// Whether what is claimed outlives the process; nil where nothing is kept anyway.
    var fault: StoreFault? { store?.status.fault }
    var isKept: Bool { store != nil && fault == nil }

    /// - Parameter sharing: the accounts whose balance is the claim's, too.
    func claim(_ claim: Claim, sharing: [AccountID], decide: (ExactDecimal) -> GuardDecision) async -> Outcome {
        if let fault { return .notKept(fault) }
        let (outcome, keeping) = state.withLock { state -> (ClaimLedger.Outcome, Task<StoreFault?, Never>?) in
            let outcome = state.ledger.claim(claim, sharing: sharing, now: claim.madeAt, decide: decide)
            switch outcome {
            case .made(let made):
                guard let store else { return (outcome, nil) }
                let task = Task { await Self.keep(made, store) }
                state.keeping[made.id] = task
                return (outcome, task)
            case .repeated(let earlier): return (outcome, state.keeping[earlier.id])
            case .conflict, .refused, .full, .shareUsed: return (outcome, nil)
            }
        }
        guard let keeping else { return .decided(outcome) }
        let fault = await keeping.value
        guard case .made(let made) = outcome else { return fault.map { .notKept($0) } ?? .decided(outcome) }
        return state.withLock { state in
            state.keeping[made.id] = nil
            guard let fault else { return .decided(outcome) }
            state.ledger.remove(made.id)
            return .notKept(fault)
        }
    }

    /// The claim that was made under a name, once it is kept; nil: there is none. Needs neither a reading nor the store: a repeat is
    /// answered as the first request was.
    func earlier(owner: String, key: String, _ now: WallTime) async -> Claim? {
        let (claim, keeping) = look(now) { state -> (Claim?, Task<StoreFault?, Never>?) in
            let claim = state.ledger.earlier(owner: owner, key: key, now)
            return (claim, claim.flatMap { state.keeping[$0.id] })
        }
        if let keeping, await keeping.value != nil { return nil }
        return claim
    }

    private static func keep(_ claim: Claim, _ store: StoreKeeper) async -> StoreFault? {
        do throws(StoreFault) {
            try await store.keep([claim])
            return nil
        } catch {
            return error
        }
    }

    /// Gives a claim back. Nil where the owner has none of that id. Given back in memory at once, whatever the store says: it ends
    /// with its ttl anyway.
    func release(id: String, owner: String?, now: WallTime) async -> Claim? {
        let released = look(now) { state -> Claim? in
            guard let claim = state.ledger.claim(id: id, now), owner == nil || claim.owner == owner else { return nil }
            return state.ledger.release(id: id, now)
        }
        if let released, let store { _ = await Self.keep(released, store) }
        return released
    }

    /// Of one balance under all its names; nil beyond 38 digits.
    func claimed(_ accounts: [AccountID], _ unit: AmountUnit, _ now: WallTime) -> ExactDecimal? {
        look(now) { $0.ledger.claimed(accounts, unit, now) }
    }

    /// An owner's active claims, the oldest first; nil: everybody's.
    func active(owner: String?, _ now: WallTime) -> [Claim] {
        look(now) { $0.ledger.active(now, owner: owner) }.sorted { ($0.madeAt, $0.id) < ($1.madeAt, $1.id) }
    }

    func claim(id: String, owner: String?, _ now: WallTime) -> Claim? {
        look(now) { $0.ledger.claim(id: id, now) }.flatMap { owner == nil || $0.owner == owner ? $0 : nil }
    }

    /// At the ledger as it stands by the clock as it is now, which may have been set back since.
    private func look<Result: Sendable>(_ now: WallTime, _ body: (inout State) -> Result) -> Result {
        state.withLock { state in
            state.ledger.settle(now)
            return body(&state)
        }
    }
}
