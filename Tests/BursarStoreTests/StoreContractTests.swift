import BursarEngine
import BursarModel
import BursarStore
import Testing

/// What every store must do, whatever is behind it. A third one joins by a case of `Implementation`.
@Suite struct `The contract of a store` {
    enum Implementation: String, CaseIterable {
        case memory, sqlite

        /// A store with nothing in it, and what must live as long as it does.
        func make(_ bounds: HistoryBounds = HistoryBounds()) -> (store: any SnapshotStore, owner: Scratch) {
            let scratch = Scratch()
            switch self {
            case .memory: return (MemoryStore(bounds: bounds), scratch)
            case .sqlite: return (SQLiteStore(path: scratch.file(), bounds: bounds) { Samples.now }, scratch)
            }
        }
    }

    private func by(_ key: Int, in contents: StoreContents) -> StoredCredential? {
        contents.credentials.first { $0.key == Samples.key(key) }
    }

    @Test(arguments: Implementation.allCases)
    func `a new store is empty, and its identity stays`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        let first = try await store.open(identity: nil)
        #expect(first.credentials.isEmpty && first.unreadable == 0 && first.readOnly == nil && first.movedAside == nil)
        #expect(first.identity.count == 32)
        let second = try await store.open(identity: nil)
        #expect(second.identity.constantTimeEquals(first.identity))
        let other = implementation.make()
        #expect(try await !other.store.open(identity: nil).identity.constantTimeEquals(first.identity))
        withExtendedLifetime((owner, other.owner)) {}
    }

    @Test(arguments: Implementation.allCases)
    func `what is saved comes back whole, to the digit and the nanosecond`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        let saved = [Samples.stored(1, Samples.full), Samples.stored(2, Samples.bare), Samples.stored(3)]
        try await store.write(StoreBatch(saved: saved, now: Samples.now))
        let contents = try await store.open(identity: nil)
        #expect(contents.credentials.count == 3 && contents.unreadable == 0)
        for credential in saved {
            let found = contents.credentials.first { $0.key == credential.key }
            #expect(found == credential)
            // Amounts are equal when their values are; their digits must be, too.
            #expect(
                found?.snapshot.reading?.amounts.map(\.value.description)
                    == credential.snapshot.reading?.amounts.map(\.value.description))
        }
        withExtendedLifetime(owner) {}
    }

    /// 32 elements of `amounts`, each with four kinds of 100 elements; and a tenth of a limit of a million calls.
    @Test(arguments: Implementation.allCases)
    func `the most that a definition can give comes back`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        let amounts = (0..<12_800).map { Samples.amount("\($0).50", "credits", AmountKind.allCases[$0 % 4]) }
        let calls = (0..<100_000).map { Samples.now.advanced(by: .seconds($0 - 100_000)) }
        let snapshot = CredentialSnapshot(
            takenAt: Samples.now,
            reading: Reading(amounts: amounts, providerSaysLow: nil, asOf: nil, reply: Samples.reading().reply),
            fetchedAt: Samples.now, problem: nil, problemAt: nil, hold: Samples.full.hold, cooldown: Cooldown(),
            backoff: Backoff(), breaker: .closed(failures: 0), calls: calls)
        try await store.write(StoreBatch(saved: [Samples.stored(1, snapshot)], now: Samples.now))
        let contents = try await store.open(identity: nil)
        #expect(contents.unreadable == 0 && contents.credentials == [Samples.stored(1, snapshot)])
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `the last save of a credential counts, and a removed one is gone`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        try await store.write(StoreBatch(saved: [Samples.stored(1), Samples.stored(2)], now: Samples.now))
        try await store.write(
            StoreBatch(
                saved: [Samples.stored(1, Samples.snapshot("5")), Samples.stored(1, Samples.snapshot("6.10"))],
                removed: [Samples.key(2), Samples.key(99)], now: Samples.now))
        let contents = try await store.open(identity: nil)
        #expect(contents.credentials.map(\.key) == [Samples.key(1)])
        #expect(by(1, in: contents)?.snapshot.reading?.amounts.first?.value.description == "6.10")
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `a store of another identity takes the process's over and lets go of its credentials, not of history`(
        _ implementation: Implementation
    ) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        try await store.write(StoreBatch(saved: [Samples.stored(1)], history: [Samples.change("1")], now: Samples.now))
        let mine = Secret([UInt8](repeating: 5, count: 32))
        let contents = try await store.open(identity: mine)
        #expect(contents.identity.constantTimeEquals(mine) && contents.credentials.isEmpty)
        #expect(try await store.open(identity: nil).identity.constantTimeEquals(mine))
        #expect(try await store.history(of: Samples.account()).count == 1)
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `history comes oldest first, exact, each account its own`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        let entries = [
            Samples.change("3.00", at: Samples.now.advanced(by: .seconds(9))),
            HistoryEntry(
                account: Samples.account(), at: Samples.now, asOf: Samples.now.advanced(by: .seconds(-5)), providerSaysLow: true,
                amounts: [Samples.amount("1.10"), Samples.amount("7", "points", .granted)]),
            HistoryEntry(account: Samples.account("b"), at: Samples.now, asOf: nil, providerSaysLow: nil, amounts: [])
        ]
        try await store.write(StoreBatch(history: entries, now: Samples.now))
        #expect(try await store.history(of: Samples.account()) == [entries[1], entries[0]])
        #expect(try await store.history(of: Samples.account("b")) == [entries[2]])
        #expect(try await store.history(of: Samples.account("unknown")).isEmpty)
        // The same moment again, as after a clock was set back: the later word counts.
        try await store.write(StoreBatch(history: [Samples.change("4", at: Samples.now)], now: Samples.now))
        #expect(try await store.history(of: Samples.account()).map { $0.amounts[0].value.description } == ["4", "3.00"])
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `history stays within its bound and keeps what the bound names`(_ implementation: Implementation) async throws {
        var bounds = HistoryBounds()
        bounds.all = .seconds(7_200)
        bounds.newest = 20
        bounds.hourly = .seconds(86_400)
        bounds.daily = .seconds(10 * 86_400)
        bounds.slack = 5
        let (store, owner) = implementation.make(bounds)
        _ = try await store.open(identity: nil)
        let times = (0..<900).map { Samples.now.advanced(by: .seconds($0 * 1_300)) }
        for chunk in stride(from: 0, to: times.count, by: 7) {
            let part = times[chunk..<min(chunk + 7, times.count)]
            try await store.write(StoreBatch(history: part.map { Samples.change("1", at: $0) }, now: Samples.now))
        }
        let left = Set(try await store.history(of: Samples.account()).map(\.at))
        #expect(left.count <= bounds.longest && left.count < 100)
        let newest = try #require(times.max())
        func missing(_ length: Duration, within age: Duration) -> [WallTime] {
            let unit = length.milliseconds
            let survivors = Set(left.map { $0.milliseconds / unit })
            return times.filter { $0.duration(to: newest) <= age && !survivors.contains($0.milliseconds / unit) }
        }
        #expect(missing(.milliseconds(1), within: bounds.all).isEmpty)
        #expect(missing(.seconds(3_600), within: bounds.hourly).isEmpty)
        #expect(missing(.seconds(86_400), within: bounds.daily).isEmpty)
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `an account that is named no longer keeps its history for the grace, and no longer`(
        _ implementation: Implementation
    ) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        let (stays, goes) = (Samples.account("stays"), Samples.account("goes"))
        try await store.write(
            StoreBatch(
                history: [Samples.change("1", of: stays), Samples.change("2", of: goes)], accounts: [stays, goes],
                now: Samples.now))
        func name(_ accounts: [AccountID], after: Duration) async throws {
            try await store.write(StoreBatch(accounts: accounts, now: Samples.now.advanced(by: after)))
        }
        try await name([stays], after: .seconds(10))
        try await name([stays], after: HistoryBounds.grace)
        #expect(try await store.history(of: goes).count == 1)
        // Named again, the grace begins anew the next time.
        try await name([stays, goes], after: HistoryBounds.grace)
        try await name([stays], after: HistoryBounds.grace + .seconds(20))
        try await name([stays], after: HistoryBounds.grace + .seconds(30))
        #expect(try await store.history(of: goes).count == 1)
        try await name([stays], after: HistoryBounds.grace * 2 + .seconds(20))
        #expect(try await store.history(of: goes).isEmpty)
        #expect(try await store.history(of: stays).count == 1)
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `an empty batch is fine, and what is open is there`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        try await store.write(StoreBatch(now: Samples.now))
        try await store.probe()
        await store.close()
        withExtendedLifetime(owner) {}
    }
}
