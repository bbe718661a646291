import BursarInsight
import BursarModel
import Testing

/// What one answer costs; the bar of 2 ms is for a release build, and a debug build only has to come to an end.
struct RunwayCostTests {
    @Test func `the longest history that is kept costs little`() {
        // Slow spending, so that each draw goes through many days, and as many entries as a store keeps.
        let history = (0..<2_472).map { index -> Observation in
            let time = WallTime(milliseconds: ObservedHistory.start + Int64(index) * 1_800_000)
            return Observation(
                at: time, until: time,
                amounts: [Amount(kind: .available, value: ExactDecimal(11_472 - index), unit: ObservedHistory.unit)])
        }
        let question = RunwayQuestion(
            account: benchmarkAccount, unit: ObservedHistory.unit, history: history, isFresh: true, ttl: .seconds(300),
            now: history.last?.until ?? WallTime(milliseconds: 0))
        let clock = ContinuousClock()
        let best = (0..<20).map { _ in clock.measure { _ = Runway.answer(question) } }.min() ?? .zero
        print("one runway of 2,472 entries and about 190 days: \(best)")
        #if DEBUG
            #expect(best < .seconds(5))
        #else
            #expect(best < .milliseconds(2))
        #endif
    }
}
