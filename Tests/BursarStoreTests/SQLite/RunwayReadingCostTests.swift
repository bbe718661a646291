import BursarEngine
import BursarInsight
import BursarModel
import BursarSQLite
import Testing

@testable import BursarStore

/// What a runway costs whoever asks for it. Reading the history and taking its text apart is most of that: an answer from entries that
/// are in memory already says nothing of it.
@Suite struct RunwayReadingCostTests {
    private static let entries = 2_400

    /// Half an hour apart, a little less each time, with what most providers tell.
    private func fill(_ path: String) throws {
        let db = try Database(path: path)
        try DatabaseSchema.migrate(db, upTo: "1")
        try db.write {
            try db.run("INSERT INTO account (id, provider, name) VALUES (4, 'tensorpix', 'default')")
            for index in 0..<Self.entries {
                try db.run(
                    "INSERT INTO history (account, at, as_of, provider_low, amounts) VALUES (4, ?, NULL, NULL, ?)",
                    [
                        Samples.now.milliseconds + Int64(index) * 1_800_000,
                        #"[{"kind":"available","value":"\#(9_000 - index).50","unit":"USD"},"#
                            + #"{"kind":"used","value":"\#(index).25","unit":"USD"}]"#
                    ])
            }
        }
        db.close()
    }

    @Test(.timeLimit(.minutes(2))) func `the longest history that is kept is read and answered in a moment`() async throws {
        let scratch = Scratch()
        try fill(scratch.file())
        let store = scratch.store()
        #expect(try await store.open(identity: nil).readOnly == nil)
        let unit = try #require(AmountUnit("USD"))
        let clock = ContinuousClock()
        var best: Duration?
        for _ in 0..<5 {
            let start = clock.now
            let history = try await store.history(of: Samples.account())
            let runway = Runway.answer(
                RunwayQuestion(
                    account: Samples.account(), unit: unit,
                    history: history.map { Observation(at: $0.at, until: $0.until, amounts: $0.amounts) }, isFresh: true,
                    ttl: .seconds(300), now: history.last?.until ?? Samples.now))
            let passed = start.duration(to: clock.now)
            best = min(best ?? passed, passed)
            #expect(history.count == Self.entries && runway.forecast != nil)
        }
        await store.close()
        let cost = try #require(best)
        print("one runway of 2,400 entries from a file: \(cost)")
        #if DEBUG
            #expect(cost < .seconds(10))
        #else
            #expect(cost < .milliseconds(100))
        #endif
    }
}
