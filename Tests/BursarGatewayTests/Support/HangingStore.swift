import BursarEngine
import BursarModel

/// A store that opens, and whose writes wait until they are let go: a mount that hangs. *Actor.*
actor HangingStore: SnapshotStore {
    private(set) var writes = 0
    private let hangs: @Sendable (StoreBatch) -> Bool
    private var isLetGo = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameter hangs: which writes wait; all, where nothing is said.
    init(hangs: @escaping @Sendable (StoreBatch) -> Bool = { _ in true }) { self.hangs = hangs }

    var isHanging: Bool { !waiting.isEmpty }

    func letGo() {
        isLetGo = true
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    func open(identity: Secret?) async throws(StoreFault) -> StoreContents {
        StoreContents(identity: identity ?? Secret([UInt8](repeating: 7, count: 32)), credentials: [])
    }

    func write(_ batch: StoreBatch) async throws(StoreFault) {
        writes += 1
        if !isLetGo, hangs(batch) { await withCheckedContinuation { waiting.append($0) } }
    }

    func probe() async throws(StoreFault) {}
    func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] { [] }
    func counters() async throws(StoreFault) -> [StoredCounters] { [] }
    func close() async {}
}
