import BursarEngine
import BursarModel

/// A store that opens, and whose writes or histories wait until they are let go: a mount that hangs. *Actor.*
actor HangingStore: SnapshotStore {
    private(set) var writes = 0
    private let hangs: @Sendable (StoreBatch) -> Bool
    private let hangsHistory: @Sendable (HistoryRange) -> Bool
    private var isLetGo = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - hangs: which writes wait; all, where nothing is said.
    ///   - hangsHistory: which histories do; none, where nothing is said.
    init(
        hangs: @escaping @Sendable (StoreBatch) -> Bool = { _ in true },
        hangsHistory: @escaping @Sendable (HistoryRange) -> Bool = { _ in false }
    ) {
        self.hangs = hangs
        self.hangsHistory = hangsHistory
    }

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
        if hangs(batch) { await hang() }
    }

    private func hang() async {
        if !isLetGo { await withCheckedContinuation { waiting.append($0) } }
    }

    func probe() async throws(StoreFault) {}
    func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] {
        if hangsHistory(range) { await hang() }
        return []
    }

    func counters() async throws(StoreFault) -> [StoredCounters] { [] }
    func close() async {}
}
