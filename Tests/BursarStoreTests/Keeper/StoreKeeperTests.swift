import BursarEngine
import BursarModel
import Logging
import Synchronization
import TestSupport
import Testing

@testable import BursarStore

/// A store that fails when it is told to, and remembers what it was given.
private actor ScriptedStore: SnapshotStore {
    private let inner = MemoryStore()
    private(set) var batches: [StoreBatch] = []
    private(set) var openings = 0
    private(set) var isClosed = false
    private var openFault: StoreFault?
    private var writeFault: StoreFault?
    private var hangsOpening = false
    private var hung: [CheckedContinuation<Void, Never>] = []

    /// Whoever opens it from now on waits until it works again.
    func hangs() { hangsOpening = true }

    func works() {
        hangsOpening = false
        for waiter in hung { waiter.resume() }
        hung = []
    }

    func fails(opening: StoreFault? = nil, writing: StoreFault? = nil) { (openFault, writeFault) = (opening, writing) }

    func open(identity: Secret?) async throws(StoreFault) -> StoreContents {
        openings += 1
        if hangsOpening { await withCheckedContinuation { hung.append($0) } }
        if let openFault { throw openFault }
        return try await inner.open(identity: identity)
    }
    func write(_ batch: StoreBatch) async throws(StoreFault) {
        if let writeFault { throw writeFault }
        batches.append(batch)
        try await inner.write(batch)
    }
    func probe() async throws(StoreFault) { if let writeFault { throw writeFault } }
    func history(of account: AccountID, in range: HistoryRange) async throws(StoreFault) -> [HistoryEntry] {
        try await inner.history(of: account, in: range)
    }
    func counters() async throws(StoreFault) -> [StoredCounters] { try await inner.counters() }
    func close() async { isClosed = true }
}

@Suite(.timeLimit(.minutes(2))) struct `The keeper of a store` {
    /// A machine that knows what it was told, and a clock that a test moves. *Mutex.*
    private final class World: Sendable {
        let known = Mutex<[CredentialKey: CredentialSnapshot]>([:])
        let restored = Mutex<[CredentialKey]>([])
        let elapsed = Mutex<Duration>(.zero)
        let lines = Mutex<[String]>([])

        var now: Moment {
            Moment(monotonic: MonotonicTime(nanoseconds: 0), wall: Samples.now).advanced(by: elapsed.withLock { $0 })
        }
        var machine: StoreKeeper.Machine {
            StoreKeeper.Machine(
                snapshot: { key in self.known.withLock { $0[key] } },
                restore: { stored in self.restored.withLock { $0.append(stored.key) } })
        }
        var logger: Logger { Logger(label: "test") { _ in Handler(world: self) } }

        struct Handler: LogHandler {
            let world: World
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.trace
            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }
            func log(event: LogEvent) { world.lines.withLock { $0.append("\(event.level) \(event.message)") } }
        }
    }

    private func keeper(_ store: ScriptedStore, _ world: World) async -> StoreKeeper {
        var pace = StoreKeeper.Pace()
        pace.gather = .milliseconds(1)
        pace.look = .milliseconds(2)
        pace.watch = .milliseconds(2)
        return await StoreKeeper.open(store, logger: world.logger, pace: pace, now: { world.now })
    }

    private let entries = (0..<3).map { (key: Samples.key($0), account: Samples.account("a\($0)")) }

    private func view(_ value: String) -> AccountView {
        AccountView(
            status: .fresh, reading: Samples.reading(value),
            fetchedAt: Moment(monotonic: MonotonicTime(nanoseconds: 0), wall: Samples.now),
            expiresAt: nil, validUntil: .distantFuture, problem: nil, errorReply: nil, hold: nil, isRefreshing: false)
    }

    @Test func `a mark leads to one write of what the machine knows, and stopping writes the rest`() async throws {
        let (store, world) = (ScriptedStore(), World())
        let keeper = await keeper(store, world)
        keeper.begin(entries, machine: world.machine)
        try await eventually { keeper.isIdle }
        world.known.withLock { $0[Samples.key(1)] = Samples.full }
        for _ in 0..<50 { keeper.touched(Samples.key(1)) }
        keeper.touched(Samples.key(77))
        try await eventually { await store.batches.contains { !$0.saved.isEmpty } && keeper.isIdle }
        #expect(await store.batches.flatMap(\.saved).allSatisfy { $0.key == Samples.key(1) && $0.snapshot == Samples.full })
        #expect(await store.batches.first?.accounts == entries.map(\.account))
        world.known.withLock { $0[Samples.key(2)] = Samples.bare }
        keeper.changed(Samples.key(2), view("7"), number: 1)
        await keeper.shutdown()
        #expect(await store.isClosed)
        #expect(await store.batches.flatMap(\.saved).contains { $0.key == Samples.key(2) })
        #expect(try await store.history(of: Samples.account("a2")).map { $0.amounts[0].value.description } == ["7"])
        #expect(keeper.status.fault == nil && keeper.status.counts.failed == 0)
    }

    @Test func `an entry of a time that has not come is kept, and not told before`() async throws {
        let (store, world) = (ScriptedStore(), World())
        let keeper = await keeper(store, world)
        let changes = [Samples.change("2"), Samples.change("1", at: Samples.now.advanced(by: .seconds(3_600)))]
        try await store.write(StoreBatch(history: changes, now: Samples.now))
        let account = Samples.account()
        #expect(try await keeper.history(of: account, in: HistoryRange()).map(\.at) == [Samples.now])
        #expect(try await keeper.history(of: account, in: HistoryRange(before: Samples.now)).isEmpty)
        world.elapsed.withLock { $0 += .seconds(3_600) }
        #expect(try await keeper.history(of: account, in: HistoryRange()) == changes)
        await keeper.shutdown()
    }

    @Test func `a failing store is told once, tried again in time, and gets all of it when it works`() async throws {
        let (store, world) = (ScriptedStore(), World())
        let keeper = await keeper(store, world)
        keeper.begin(entries, machine: world.machine)
        try await eventually { keeper.isIdle }
        await store.fails(writing: StoreFault(.full, code: .database(13)))
        for number in 0..<3 {
            world.known.withLock { $0[Samples.key(number)] = Samples.snapshot("\(number)") }
            keeper.changed(Samples.key(number), view("\(number)"), number: UInt64(number + 1))
            try await eventually { keeper.status.fault?.reason == .full }
        }
        let openings = await store.openings
        try await Task.sleep(for: .milliseconds(30))
        #expect(await store.openings == openings, "not before its time")
        for _ in 0..<4 {
            let before = keeper.status.counts.failed
            world.elapsed.withLock { $0 += .seconds(60) }
            try await eventually { keeper.status.counts.failed > before }
        }
        await store.fails()
        world.elapsed.withLock { $0 += .seconds(60) }
        try await eventually { keeper.status.fault == nil && keeper.isIdle }
        #expect(Set(await store.batches.flatMap(\.saved).map(\.key)).count == 3)
        for number in 0..<3 { #expect(try await store.history(of: Samples.account("a\(number)")).count == 1) }
        await keeper.shutdown()
        #expect(
            world.lines.withLock { $0 } == [
                "warning store: cannot grow: no space is left; serving on from memory", "notice store: everything is kept again"
            ])
    }

    @Test func `a store that cannot be opened costs nothing but itself, and is taken up later`() async throws {
        let (store, world) = (ScriptedStore(), World())
        await store.fails(opening: StoreFault(.notPermitted, code: .database(13)))
        let keeper = await keeper(store, world)
        #expect(keeper.identity.count == 32 && keeper.status.fault?.reason == .notPermitted)
        #expect(keeper.begin(entries, machine: world.machine) == 0)
        world.known.withLock { $0[Samples.key(0)] = Samples.full }
        keeper.touched(Samples.key(0))
        await store.fails()
        world.elapsed.withLock { $0 += .seconds(2) }
        try await eventually { keeper.status.fault == nil && keeper.isIdle }
        #expect(try await store.open(identity: nil).identity.constantTimeEquals(keeper.identity))
        #expect(await store.batches.flatMap(\.saved).map(\.key) == [Samples.key(0)])
        await keeper.shutdown()
    }

    @Test func `whoever has alerts hears that a store cannot be opened for another reason now`() async throws {
        let (store, world) = (ScriptedStore(), World())
        await store.fails(opening: StoreFault(.inUse))
        let keeper = await keeper(store, world)
        keeper.remember(
            alerts: StoreKeeper.AlertMemory(
                found: { _, _ in AlertChanges() },
                unread: { fault in world.lines.withLock { $0.append("unread \(fault.reason)") } }, notKept: { _ in },
                recovered: {}))
        keeper.begin(entries, machine: world.machine)
        await store.fails(opening: StoreFault(.notPermitted, code: .database(13)))
        world.elapsed.withLock { $0 += .seconds(2) }
        try await eventually { world.lines.withLock { $0.contains("unread notPermitted") } }
        await keeper.shutdown()
    }

    @Test func `A5: a store whose opening never ends holds up no start, is told as silent, and is taken up later`()
        async throws
    {
        let (store, world) = (ScriptedStore(), World())
        await store.hangs()
        var pace = StoreKeeper.Pace()
        pace.gather = .milliseconds(1)
        pace.look = .milliseconds(2)
        pace.opening = .milliseconds(20)
        let keeper = await StoreKeeper.open(store, logger: world.logger, pace: pace, now: { world.now })
        #expect(keeper.identity.count == 32 && keeper.status.fault?.reason == .silent)
        #expect(keeper.begin(entries, machine: world.machine) == 0)
        world.known.withLock { $0[Samples.key(0)] = Samples.full }
        keeper.touched(Samples.key(0))
        await store.works()
        world.elapsed.withLock { $0 += .seconds(2) }
        try await eventually { keeper.status.fault == nil && keeper.isIdle }
        #expect(try await store.open(identity: nil).identity.constantTimeEquals(keeper.identity))
        #expect(await store.batches.flatMap(\.saved).map(\.key) == [Samples.key(0)])
        await keeper.shutdown()
        #expect(world.lines.withLock { $0.first } == "warning store: gives no answer; serving on from memory")
    }

    @Test func `a store that vanished gets everything again, at once`() async throws {
        let (store, world) = (ScriptedStore(), World())
        let keeper = await keeper(store, world)
        world.known.withLock { known in for entry in entries { known[entry.key] = Samples.full } }
        keeper.begin(entries, machine: world.machine)
        try await eventually { keeper.isIdle }
        let before = await store.batches.count
        await store.fails(writing: StoreFault(.gone))
        try await eventually { keeper.status.fault?.reason == .gone }
        await store.fails()
        world.elapsed.withLock { $0 += .seconds(2) }
        try await eventually { keeper.status.fault == nil && keeper.isIdle }
        #expect(Set(await store.batches.dropFirst(before).flatMap(\.saved).map(\.key)) == Set(entries.map(\.key)))
        await keeper.shutdown()
    }

    @Test func `what was kept is restored where it is named, and leaves where it is not`() async throws {
        let (store, world) = (ScriptedStore(), World())
        _ = try await store.open(identity: nil)
        try await store.write(
            StoreBatch(saved: [Samples.stored(0), Samples.stored(8), Samples.stored(9, Samples.full)], now: Samples.now))
        let keeper = await keeper(store, world)
        #expect(keeper.begin(entries, machine: world.machine) == 1)
        #expect(world.restored.withLock { $0 } == [Samples.key(0)])
        try await eventually { keeper.isIdle }
        let kept = try await store.open(identity: nil).credentials
        #expect(Set(kept.map(\.key)) == [Samples.key(0), Samples.key(9)])
        #expect(kept.first { $0.key == Samples.key(9) }?.snapshot.reading == nil, "its penalty runs, and its reading is gone")
        // The first reading of this process that says the same is no change.
        keeper.changed(Samples.key(0), view("12.3400"), number: 1)
        try await eventually { keeper.isIdle }
        #expect(try await store.history(of: Samples.account("a0")).isEmpty)
        await keeper.shutdown()
    }

    @Test func `a penalty of a credential without an account is in force again when one is named, before its first request`()
        async throws
    {
        let (store, world) = (ScriptedStore(), World())
        _ = try await store.open(identity: nil)
        try await store.write(StoreBatch(saved: [Samples.stored(8), Samples.stored(9, Samples.full)], now: Samples.now))
        let keeper = await keeper(store, world)
        keeper.begin(entries, machine: world.machine)
        let named = entries + [8, 9].map { (key: Samples.key($0), account: Samples.account("a\($0)")) }
        #expect(keeper.name(named, machine: world.machine).isEmpty)
        #expect(world.restored.withLock { $0 } == [Samples.key(9)], "the other had none, and its reading is forgotten")
        // Once: what the machine knows since is newer.
        _ = keeper.name(named, machine: world.machine)
        #expect(world.restored.withLock { $0.count } == 1)
        await keeper.shutdown()
    }

    @Test func `what lands for a credential as soon as it is named is written, and what is named no longer leaves`() async throws
    {
        let (store, world) = (ScriptedStore(), World())
        let keeper = await keeper(store, world)
        keeper.begin(entries, machine: world.machine)
        world.known.withLock {
            $0[Samples.key(0)] = Samples.full
            $0[Samples.key(9)] = Samples.snapshot("9")
        }
        keeper.touched(Samples.key(0))
        try await eventually { keeper.isIdle }
        let gone = keeper.name([(Samples.key(9), Samples.account("a9"))], machine: world.machine)
        keeper.changed(Samples.key(9), view("9"), number: 1)
        #expect(Set(gone.keys) == Set(entries.map(\.key)))
        keeper.forgot(gone)
        try await eventually { keeper.isIdle }
        let kept = try await store.open(identity: nil).credentials
        #expect(Set(kept.map(\.key)) == [Samples.key(0), Samples.key(9)])
        #expect(kept.first { $0.key == Samples.key(0) }?.snapshot.reading == nil, "only its penalty")
        await keeper.shutdown()
    }
}
