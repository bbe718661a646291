import BursarEngine
import BursarModel
import BursarStore
import Testing

/// What every store must do for those who look back, and for claims.
@Suite struct `The contract of a store, looking back` {
    typealias Implementation = `The contract of a store`.Implementation

    private static func later(_ seconds: Int) -> WallTime { Samples.now.advanced(by: .seconds(seconds)) }

    /// What a clock says that stands three years ahead.
    private static let ahead = later(3 * 365 * 86_400)

    @Test(arguments: Implementation.allCases)
    func `the newest change is confirmed, and nothing else of it changes`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        try await store.write(
            StoreBatch(
                history: [Samples.change("3", at: Self.later(0)), Samples.change("2", at: Self.later(10))], now: Samples.now))
        let account = Samples.account()
        try await store.write(
            StoreBatch(confirmed: [account: Self.later(70), Samples.account("unknown"): Self.later(1)], now: Samples.now))
        // An older confirmation takes nothing back; a batch confirms the change of before its own.
        try await store.write(
            StoreBatch(confirmed: [account: Self.later(60)], history: [Samples.change("1", at: Self.later(90))], now: Samples.now)
        )
        try await store.write(StoreBatch(confirmed: [account: Self.later(95)], now: Samples.now))
        let entries = try await store.history(of: account)
        #expect(entries.map(\.at) == [0, 10, 90].map(Self.later))
        #expect(entries.map(\.until) == [0, 70, 95].map(Self.later))
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `history comes in pages that leave nothing out`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        try await store.write(
            StoreBatch(history: (0..<10).map { Samples.change("\(100 - $0)", at: Self.later($0 * 10)) }, now: Samples.now))
        try await store.write(StoreBatch(confirmed: [Samples.account(): Self.later(500)], now: Samples.now))
        func times(_ range: HistoryRange) async throws -> [WallTime] {
            try await store.history(of: Samples.account(), in: range).map(\.at)
        }
        let first = try await times(HistoryRange(since: Self.later(20), before: Self.later(90), limit: 4))
        #expect(first == [20, 30, 40, 50].map(Self.later))
        let second = try await times(HistoryRange(since: Self.later(20), before: Self.later(90), after: first.last, limit: 4))
        #expect(second == [60, 70, 80].map(Self.later))
        // What was confirmed within the range belongs to it, however old it is.
        #expect(try await times(HistoryRange(since: Self.later(400))) == [Self.later(90)])
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `what was spent and added is counted, and outlives its history`(_ implementation: Implementation) async throws {
        var bounds = HistoryBounds()
        bounds.newest = 3
        bounds.all = .seconds(30)
        bounds.slack = 1
        let (store, owner) = implementation.make(bounds)
        _ = try await store.open(identity: nil)
        let values = ["100.00", "90", "85.5", "285.5", "280", "281", "200.5"]
        for (index, value) in values.enumerated() {
            try await store.write(StoreBatch(history: [Samples.change(value, at: Self.later(index * 20))], now: Samples.now))
            // Opened again, it counts on.
            if index == 4 { _ = try await store.open(identity: nil) }
        }
        let counters = try #require(try await store.counters().first)
        #expect(counters.counters.spent.description == "99.50")  // 10 + 4.50 + 5.50 + 80.50 − the refund of 1
        #expect(counters.counters.toppedUp.description == "200.0")
        #expect(counters.since == Samples.now && counters.account == Samples.account())
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `a change under a clock that stood ahead costs no other change`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        func write(_ minutes: some Sequence<Int>) async throws {
            let changes = minutes.map { Samples.change("\(2_000 - $0)", at: Self.later($0 * 60)) }
            try await store.write(StoreBatch(history: changes, now: Samples.now))
        }
        try await write(0..<900)
        try await store.write(StoreBatch(history: [Samples.change("1100", at: Self.ahead)], now: Self.ahead))
        try await write(901..<1_001)
        let expected = ((0..<900).map { $0 * 60 } + (901..<1_001).map { $0 * 60 }).map(Self.later) + [Self.ahead]
        #expect(try await store.history(of: Samples.account()).map(\.at) == expected)
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `each change is counted against the one that landed last, whatever its time, also after a restart`(
        _ implementation: Implementation
    ) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        let values = [("100", Self.later(0)), ("90", Self.ahead), ("80", Self.later(10)), ("79", Self.later(20))]
        for (value, time) in values {
            try await store.write(StoreBatch(history: [Samples.change(value, at: time)], now: time))
            _ = try await store.open(identity: nil)
        }
        #expect(try await store.counters().first?.counters.spent.description == "21")
        #expect(try await store.counters().first?.counters.toppedUp.description == "0")
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `what is confirmed before it was seen begins again at that time`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        func confirm(_ time: WallTime) async throws {
            try await store.write(StoreBatch(confirmed: [Samples.account(): time], now: time))
            _ = try await store.open(identity: nil)
        }
        func history() async throws -> [HistoryEntry] { try await store.history(of: Samples.account()) }
        try await store.write(StoreBatch(history: [Samples.change("100", at: Self.later(0))], now: Samples.now))
        try await store.write(StoreBatch(history: [Samples.change("90", at: Self.ahead)], now: Self.ahead))
        try await confirm(Self.later(60))
        try await confirm(Self.later(120))
        #expect(try await history().map(\.at) == [Self.later(0), Self.later(60), Self.ahead])
        #expect(try await history().map(\.until) == [Self.later(0), Self.later(120), Self.ahead])
        #expect(try await history().map { $0.amounts[0].value.description } == ["100", "90", "90"])
        // Nor does a confirmation of a clock that was ahead keep the next ones out.
        try await confirm(Self.ahead)
        try await confirm(Self.later(180))
        try await confirm(Self.later(240))
        #expect(try await history().map(\.at) == [Self.later(0), Self.later(60), Self.later(180), Self.ahead])
        #expect(try await history().map(\.until) == [Self.later(0), Self.ahead, Self.later(240), Self.ahead])
        #expect(try await store.counters().first?.counters.spent.description == "10")
        withExtendedLifetime(owner) {}
    }

    @Test(arguments: Implementation.allCases)
    func `claims come back until they end`(_ implementation: Implementation) async throws {
        let (store, owner) = implementation.make()
        _ = try await store.open(identity: nil)
        func claim(_ id: String, _ ttl: Int, released: Bool = false) -> Claim {
            Claim(
                id: id, account: Samples.account(), unit: Samples.amount("1").unit, amount: Samples.amount("20.10").value,
                owner: "ci",
                key: "k-" + id, madeAt: Samples.now, expiresAt: Self.later(ttl), isReleased: released)
        }
        try await store.write(StoreBatch(claims: [claim("a", 60), claim("b", 600)], now: Samples.now))
        try await store.write(StoreBatch(claims: [claim("b", 600, released: true)], now: Self.later(30)))
        #expect(try await store.open(identity: nil).claims == [claim("a", 60), claim("b", 600, released: true)])
        try await store.write(StoreBatch(claims: [claim("c", 900)], now: Self.later(60)))
        #expect(try await store.open(identity: nil).claims.map(\.id) == ["b", "c"])
        withExtendedLifetime(owner) {}
    }
}
