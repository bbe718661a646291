import TestSupport
import Testing

@testable import BursarEngine

@Suite struct `Random schedules` {
    /// Every kind of thing that can happen; one that never did would have been checked by nobody.
    private static let mustHappen = [
        "fresh", "stale", "stale and refresh", "start first", "start probe", "join", "join overdue", "blocked",
        "blocked cachedOnly", "blocked tableFull", "left", "success", "late success", "retry", "overdue", "unauthorized",
        "forbidden", "rate_limited", "rate_limited with a hint", "upstream_error", "upstream_error with a hint",
        "unreachable", "timeout", "invalid_response", "late rate_limited with a hint", "late unauthorized", "cleared",
        "removed", "restart", "evicted", "report of an ended call"
    ]

    @Test func `a hundred thousand of them keep every invariant`() async {
        let seed = RandomTest.seed("random schedules")
        let total = RandomTest.rounds(100_000)
        let supplies = ScheduleSimulation.Supplies()
        let chunks = 8
        let clock = ContinuousClock()
        let began = clock.now
        let tally = await withTaskGroup(of: ScheduleSimulation.Tally.self) { group in
            for chunk in 0..<chunks {
                group.addTask {
                    var tally = ScheduleSimulation.Tally()
                    for number in stride(from: chunk, to: total, by: chunks) where tally.violations.count < 3 {
                        let simulation = ScheduleSimulation(seed: seed &+ UInt64(number), supplies: supplies)
                        simulation.run(into: &tally)
                    }
                    return tally
                }
            }
            return await group.reduce(into: ScheduleSimulation.Tally()) { $0.add($1) }
        }
        print("random schedules: \(tally.schedules) with \(tally.events) events in \(clock.now - began)")
        for (what, count) in tally.counts.sorted(by: { $0.key < $1.key }) { print("  \(what): \(count)") }
        #expect(tally.violations == [])
        if total >= 10_000 {
            #expect(Self.mustHappen.filter { tally.counts[$0, default: 0] == 0 } == [], "never happened")
        }
    }
}
